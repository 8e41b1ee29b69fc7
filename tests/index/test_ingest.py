import asyncio
from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from tests.index.synthetic import US_MULTI_FRAME, element, instance, many, patient, series

from sonarium.db.pool import Database
from sonarium.domain.arrival import Door, Source
from sonarium.domain.device import Device
from sonarium.domain.selection import Selection
from sonarium.index.changes import BEGINNING, changes_after
from sonarium.index.devices import put_device
from sonarium.index.ingest import NewInstance, Placement, add_instances
from sonarium.index.instances import delete_study, instances_of, study_version
from sonarium.index.quarantine import quarantined
from sonarium.index.study_list import archive_counts

STORED, PRESENT, CONFLICT = Placement.STORED, Placement.ALREADY_PRESENT, Placement.CONFLICT
COUNTS = (
    b"SELECT number_of_series, number_of_instances, modalities, sop_classes, demographics_clash"
    b" FROM study ORDER BY study_instance_uid"
)


async def add(database: Database, *arrivals: NewInstance) -> list[Placement]:
    async with database.transaction() as tx:
        return await add_instances(tx, arrivals)


async def values(database: Database, statement: bytes) -> list[tuple[object, ...]]:
    async with database.transaction() as tx:
        return await tx.values(statement)


async def test_a_study_is_counted_with_all_that_is_in_it(database: Database) -> None:
    placements = await add(
        database,
        *many("1.2.1", range(1, 4)),
        instance(
            series_uid="1.2.1.2",
            sop_uid="1.2.1.2.1",
            sop_class_uid=US_MULTI_FRAME,
            series_attributes=series(2, "SR"),
        ),
    )
    assert placements == [STORED] * 4
    counted = await values(database, COUNTS)
    classes = [US_MULTI_FRAME, "1.2.840.10008.5.1.4.1.1.6.1"]
    assert counted == [(2, 4, ["SR", "US"], classes, False)]


async def test_the_same_bytes_are_one_row(database: Database) -> None:
    await add(database, instance())
    assert await add(database, instance()) == [PRESENT]
    assert await values(database, b"SELECT count(*) FROM instance") == [(1,)]


async def test_other_bytes_go_to_quarantine_and_leave_the_row_alone(database: Database) -> None:
    kept = instance()
    await add(database, kept)
    assert await add(database, instance(content=b"other")) == [CONFLICT]
    async with database.transaction() as tx:
        [row] = await instances_of(tx, Selection("1.2.1"))
        assert row.blob_key == kept.blob_key
        assert [o.sop_instance_uid for o in await quarantined(tx, 10)] == ["1.2.1.1.1"]


async def test_bytes_that_wait_in_quarantine_are_not_kept_twice(database: Database) -> None:
    await add(database, instance(), instance(content=b"other"))
    assert await add(database, instance(content=b"other")) == [PRESENT]


async def test_a_replayed_blob_is_stored_again_and_again(database: Database) -> None:
    kept, other = instance(), instance(content=b"other")
    assert await add(database, kept, other) == [STORED, CONFLICT]
    assert await add(database, kept, other) == [STORED, CONFLICT]
    assert await values(database, b"SELECT count(*) FROM quarantine") == [(1,)]


async def test_one_batch_may_hold_one_instance_several_times(database: Database) -> None:
    twice = [instance(), instance(), instance(content=b"other"), instance(content=b"other")]
    assert await add(database, *twice) == [STORED, PRESENT, CONFLICT, PRESENT]


async def test_a_conflict_alone_makes_no_study(database: Database) -> None:
    await add(database, instance())
    await add(database, instance("9.9", "9.9.1", content=b"other"))
    assert await values(database, b"SELECT study_instance_uid FROM study") == [("1.2.1",)]


async def test_a_series_uid_used_in_two_studies_is_a_series_of_each(database: Database) -> None:
    both = [instance("1.1", "7.7", "1.1.1"), instance("2.2", "7.7", "2.2.1")]
    assert await add(database, *both) == [STORED, STORED]
    assert [row[:2] for row in await values(database, COUNTS)] == [(1, 1), (1, 1)]


async def test_another_patient_in_a_study_is_flagged_and_the_study_keeps_its_own(
    database: Database,
) -> None:
    await add(database, instance())
    stranger = instance(sop_uid="1.2.1.1.2", patient_attributes=patient("SYN2"))
    assert await add(database, stranger) == [STORED]
    found = await values(database, b"SELECT patient_id, demographics_clash FROM study")
    assert found == [("SYN1", True)]


async def test_studies_without_a_patient_id_are_not_one_patient(database: Database) -> None:
    nobody = patient("")
    await add(
        database,
        instance("1.1", "1.1.1", "1.1.1.1", patient_attributes=nobody),
        instance("2.2", "2.2.1", "2.2.1.1", patient_attributes=nobody),
    )
    assert await values(database, b"SELECT count(DISTINCT patient_ref) FROM study") == [(2,)]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (["", ""], "echo lab"),
        (["Vascular", ""], "vascular"),
        (["", "Vascular"], "vascular"),
        (["", "Vascular", "Other"], "vascular"),
    ],
)
async def test_what_names_no_department_is_of_its_senders_until_something_does(
    database: Database, sent: list[str], kept: str
) -> None:
    source = Source(Door.DIMSE, calling_ae_title="CART1")
    async with database.transaction() as tx:
        await put_device(tx, Device("CART1", "192.0.2.7", 104, department="Echo  LAB"))
    for number, department in enumerate(sent):
        named = {"00081040": element("LO", department)} if department else {}
        arrival = instance(
            series_uid=f"1.2.1.{number}",
            sop_uid=f"1.2.1.{number}.1",
            series_attributes={**series(number), **named},
        )
        await add(database, replace(arrival, source=source))
    assert await values(database, b"SELECT department FROM study") == [(kept,)]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ([("", "")], ""),
        ([("", "Echo  LAB")], "echo lab"),
        ([("Vascular", "Echo Lab")], "vascular"),
        ([("", "Echo Lab"), ("", "Other"), ("", "")], "echo lab"),
        ([("", "Echo Lab"), ("Vascular", ""), ("", "Other")], "vascular"),
    ],
)
async def test_what_names_no_department_is_of_the_one_that_was_said_for_it(
    database: Database, sent: list[tuple[str, str]], kept: str
) -> None:
    for number, (department, said) in enumerate(sent):
        named = {"00081040": element("LO", department)} if department else {}
        arrival = instance(
            series_uid=f"1.2.1.{number}",
            sop_uid=f"1.2.1.{number}.1",
            series_attributes={**series(number), **named},
        )
        await add(database, replace(arrival, source=Source(Door.STOW, department=said)))
    assert await values(database, b"SELECT department FROM study") == [(kept,)]


async def test_who_is_no_device_gives_no_department(database: Database) -> None:
    await add(database, replace(instance(), source=Source(Door.DIMSE, calling_ae_title="CART2")))
    assert await values(database, b"SELECT department FROM study") == [("",)]


@pytest.mark.parametrize(
    "bad", ["with \0 zero", "half a pair \ud800", "\\u0000 as text", "x" * 5000, "%_\\"]
)
async def test_strange_text_never_fails_a_batch(database: Database, bad: str) -> None:
    strange = {
        **patient(bad),
        "00100010": element("PN", {"Alphabetic": bad}),
        "00104000": element("LT", bad),
    }
    assert await add(database, instance(patient_attributes=strange)) == [STORED]


async def test_numbers_beyond_a_column_are_left_out(database: Database) -> None:
    huge = replace(instance(series_attributes=series(2**40)), instance_number=2**40)
    assert await add(database, huge) == [STORED]


async def test_an_empty_batch_is_no_work(database: Database) -> None:
    assert await add(database) == []


async def test_four_writers_of_the_same_studies_lose_nothing(database: Database) -> None:
    studies = [f"1.2.{s}" for s in range(1, 6)]
    arrivals = [arrival for uid in studies for arrival in many(uid, range(1, 41))]
    chance = Random(5)

    async def write(share: Sequence[NewInstance]) -> list[Placement]:
        placed = []
        for at in range(0, len(share), 17):
            placed += await add(database, *share[at : at + 17])
        return placed

    shares = []
    for writer in range(4):
        fresh = [replace(a, blob_key=f"{a.blob_key}-{writer}") for a in arrivals]
        chance.shuffle(fresh)
        shares.append(fresh)
    placed = [p for share in await asyncio.gather(*map(write, shares)) for p in share]
    assert placed.count(STORED) == len(arrivals)
    assert placed.count(PRESENT) == 3 * len(arrivals)
    assert [row[:2] for row in await values(database, COUNTS)] == [(1, 40)] * 5
    async with database.transaction() as tx:
        counts = await archive_counts(tx)
    assert (counts.studies, counts.series, counts.instances) == (5, 5, 200)


async def test_a_study_deleted_while_it_grows_is_whole_or_gone(database: Database) -> None:
    async def remove() -> int:
        async with database.transaction() as tx:
            return len(await delete_study(tx, "1.2.1"))

    arrivals = many("1.2.1", range(1, 61))
    adding = [add(database, *arrivals[at : at + 10]) for at in range(0, 60, 10)]
    removed = (await asyncio.gather(*adding[:3], remove(), *adding[3:]))[3]
    left = await values(database, b"SELECT count(*) FROM instance")
    assert left == [(60 - int(str(removed)),)]
    async with database.transaction() as tx:
        assert (await archive_counts(tx)).instances == left[0][0]


async def test_every_change_gives_a_version_never_seen_before(database: Database) -> None:
    seen = set()
    for number in range(1, 4):
        await add(database, *many("1.2.1", [number]))
        async with database.transaction() as tx:
            seen.add(await study_version(tx, "1.2.1"))
    async with database.transaction() as tx:
        await delete_study(tx, "1.2.1")
    await add(database, *many("1.2.1", [1]))
    async with database.transaction() as tx:
        seen.add(await study_version(tx, "1.2.1"))
    assert len(seen) == 4


async def test_the_feed_tells_what_came_grew_and_went(database: Database) -> None:
    await add(database, *many("1.2.1", [1, 2]))
    await add(database, *many("1.2.1", [3]))
    async with database.transaction() as tx:
        await delete_study(tx, "1.2.1")
    async with database.transaction() as tx:
        told = [(c.kind, c.instances) for c in await changes_after(tx, BEGINNING)]
    assert told == [("added", 2), ("grew", 1), ("deleted", 3)]
