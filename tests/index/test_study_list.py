"""The study list: one text box over everything that a person remembers."""

import pytest
from tests.index.synthetic import instance, patient, study

from sonarium.db.pool import Database
from sonarium.domain.access import SYSTEM, Viewer, program_viewer
from sonarium.domain.attributes import Attributes
from sonarium.index.ingest import add_instances
from sonarium.index.study_list import (
    Listed,
    archive_counts,
    find_study_line,
    patient_timeline,
    studies_with_words,
)
from sonarium.index.study_marks import mark_studies_read
from sonarium.index.visibility import opening

STUDIES = {
    "1.1": ("SYN1", "Müller^Ana", "20240229", "A100", "Stress Echo"),
    "1.2": ("SYN1", "Müller^Ana", "20250301", "A200", "Echo adult"),
    "1.3": ("SYN2", "DOE^JOHN", "20250715", "100%_X", "Carotid duplex"),
    "1.4": ("", "Yamada^Tarou=山田^太郎", "", "", ""),
}


@pytest.fixture
async def filled(database: Database) -> Database:
    arrivals = [
        instance(uid, f"{uid}.1", f"{uid}.1.1", patient_attributes=patient(pid, named),
                 study_attributes=study(date, accession, description))
        for uid, (pid, named, date, accession, description) in STUDIES.items()
    ]  # fmt: skip
    async with database.transaction() as tx:
        await add_instances(tx, arrivals)
    return database


async def found(database: Database, text: str, offset: int = 0, limit: int = 10) -> list[str]:
    async with database.transaction() as tx:
        lines = await studies_with_words(tx, SYSTEM, text, limit=limit, offset=offset)
    return [line.study_instance_uid for line in lines]


@pytest.mark.parametrize(
    ("text", "uids"),
    [
        ("", ["1.3", "1.2", "1.1", "1.4"]),
        ("muller", ["1.2", "1.1"]),
        ("MÜLLER echo", ["1.2", "1.1"]),
        ("stress mul", ["1.1"]),
        ("uller", ["1.2", "1.1"]),
        ("ho", []),
        ("jo", ["1.3"]),
        ("a200", ["1.2"]),
        ("2025-03-01", ["1.2"]),
        ("01.03.2025", ["1.2"]),
        ("20250301", ["1.2"]),
        ("2025", ["1.3", "1.2"]),
        ("2024 echo", ["1.1"]),
        ("2024 2025", []),
        ("100%_x", ["1.3"]),
        ("1_0%", []),
        ("山田", ["1.4"]),
        ("echo adult muller a200", ["1.2"]),
    ],
)
async def test_every_word_is_looked_for(filled: Database, text: str, uids: list[str]) -> None:
    assert await found(filled, text) == uids


async def test_pages_follow_each_other(filled: Database) -> None:
    for text in ("", "2025", "muller"):
        whole = await found(filled, text)
        paged = [uid for at in range(len(whole)) for uid in await found(filled, text, at, 1)]
        assert paged == whole


@pytest.mark.parametrize("viewer", [SYSTEM, program_viewer("X")])
async def test_unread_studies_alone_are_listed_in_pages(filled: Database, viewer: Viewer) -> None:
    async with filled.transaction() as tx:
        await mark_studies_read(tx, ["1.2", "1.4"], "SYNTHETIC Paul", is_read=True)

    async def unread(text: str, offset: int = 0, limit: int = 10) -> list[str]:
        async with filled.transaction(opening(viewer)) as tx:
            lines = await studies_with_words(
                tx, viewer, text, limit=limit, offset=offset, listed=Listed.UNREAD
            )
        return [line.study_instance_uid for line in lines]

    assert await unread("") == ["1.3", "1.1"]
    assert await unread("", 1, 1) == ["1.1"]
    assert await unread("2025") == ["1.3"]
    assert await unread("muller") == ["1.1"]


async def test_a_study_that_grew_is_unread_again(filled: Database) -> None:
    async with filled.transaction() as tx:
        await mark_studies_read(tx, list(STUDIES), "SYNTHETIC Paul", is_read=True)
        await add_instances(tx, [instance("1.3", "1.3.1", "1.3.1.2")])
        lines = await studies_with_words(tx, SYSTEM, "", limit=9, offset=0, listed=Listed.UNREAD)
        assert [line.study_instance_uid for line in lines] == ["1.3"]
        await mark_studies_read(tx, ["1.3"], "SYNTHETIC Paul", is_read=True)
        await mark_studies_read(tx, ["1.2"], "SYNTHETIC Paul", is_read=False)
        lines = await studies_with_words(tx, SYSTEM, "", limit=9, offset=0, listed=Listed.UNREAD)
    assert [line.study_instance_uid for line in lines] == ["1.2"]


async def test_a_patients_studies_come_newest_first(filled: Database) -> None:
    async with filled.transaction() as tx:
        lines = await patient_timeline(tx, "1.1", limit=5)
        assert [one.study_instance_uid for one in lines] == ["1.2", "1.1"]
        assert [one.study_instance_uid for one in await patient_timeline(tx, "1.4", limit=5)] == [
            "1.4"
        ]
        assert await patient_timeline(tx, "9.9", limit=5) == []


async def test_a_timeline_counts_pictures_and_not_reports(filled: Database) -> None:
    async with filled.transaction() as tx:
        is_report: Attributes = {"00080060": {"vr": "CS", "Value": ["SR"]}}
        report = instance("1.1", "1.1.2", "1.1.2.1", series_attributes=is_report)
        await add_instances(tx, [report])
        _, line = await patient_timeline(tx, "1.1", limit=5)
    assert (line.number_of_instances, line.number_of_images) == (2, 1)


async def test_a_timeline_leaves_out_what_is_out_of_sight(filled: Database) -> None:
    async with filled.transaction() as tx:
        await tx.execute(b"UPDATE study SET department = 'ob' WHERE study_instance_uid = '1.1'")
    async with filled.transaction(opening(program_viewer("X", ("ob",)))) as tx:
        lines = await patient_timeline(tx, "1.1", limit=5)
        assert [one.study_instance_uid for one in lines] == ["1.1"]
        assert await patient_timeline(tx, "1.2", limit=5) == []


async def test_one_line_can_be_read_alone(filled: Database) -> None:
    async with filled.transaction() as tx:
        line = await find_study_line(tx, "1.3")
        assert line is not None
        assert (line.patient_id, line.number_of_instances) == ("SYN2", 1)
        assert await find_study_line(tx, "9.9") is None


async def test_counts_stay_right_when_differences_are_added_up(filled: Database) -> None:
    async with filled.transaction() as tx:
        first, again = await archive_counts(tx), await archive_counts(tx)
    assert first == again
    assert (first.studies, first.series, first.instances) == (4, 4, 4)
