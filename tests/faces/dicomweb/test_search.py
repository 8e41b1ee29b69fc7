"""QIDO-RS: from query parameters to a query, and the answers."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.faces.conftest import Shelf

from sonarium.dicom.dictionary import tag_of
from sonarium.domain.query import QueryLevel
from sonarium.faces.dicomweb.search import DEFAULTS, InvalidQuery, query_of

STILL = "toshiba-xario-mmode"


def test_attributes_are_named_by_keyword_tag_or_path() -> None:
    query = query_of(
        "PatientName=A*&00100020=1&RequestAttributesSequence.ScheduledProcedureStepID=S"
        "&includefield=OperatorsName,00080070&limit=3&offset=2&fuzzymatching=true",
        QueryLevel.STUDY,
    )
    assert [(key.tag, key.path) for key in query.keys] == [
        (0x00100010, ()),
        (0x00100020, ()),
        (0x00400009, (0x00400275,)),
    ]
    assert {0x00081070, 0x00080070} <= query.returned
    assert (query.limit, query.offset, query.fuzzy_person_names) == (3, 2, True)


def test_lists_of_uids_are_parted_by_commas_or_backslashes() -> None:
    for text in ("StudyInstanceUID=1.2,1.3", "StudyInstanceUID=1.2%5C1.3"):
        (key,) = query_of(text, QueryLevel.STUDY).keys
        assert key.values == ("1.2", "1.3")


@pytest.mark.parametrize(
    "text",
    ["NoSuchAttribute=1", "limit=x", "limit=-1", "offset=1e3", "fuzzymatching=perhaps",
     "includefield=Nothing", "=1"],
)  # fmt: skip
def test_a_wrong_parameter_is_named(text: str) -> None:
    with pytest.raises(InvalidQuery):
        query_of(text, QueryLevel.STUDY)


@given(st.text(max_size=60))
def test_any_text_is_a_query_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidQuery):
        assert query_of(text, QueryLevel.IMAGE).level is QueryLevel.IMAGE


async def test_answers_hold_the_attributes_that_the_standard_lists(shelf: Shelf) -> None:
    for path, level in (("studies", QueryLevel.STUDY), ("series", QueryLevel.SERIES)):
        answers = (await shelf.get(f"/{path}")).json()
        keys = {f"{tag:08X}" for tag in DEFAULTS[level]}
        assert all(set(answer) <= keys | {"00081190", "00080054", "00080005"} | KEYS_ABOVE
                   for answer in answers)  # fmt: skip


KEYS_ABOVE = {"00100020", "0020000D", "0020000E", "00080056"}


async def test_an_object_is_found_on_every_level(shelf: Shelf) -> None:
    one = shelf.selections[STILL]
    study = f"/studies/{one.study_instance_uid}"
    for path in (
        f"/studies?StudyInstanceUID={one.study_instance_uid}",
        f"{study}/series?SeriesInstanceUID={one.series_instance_uid}",
        f"{study}/series/{one.series_instance_uid}/instances",
        f"{study}/instances?SOPInstanceUID={one.sop_instance_uid}",
        f"/series?SeriesInstanceUID={one.series_instance_uid}",
        f"/instances?SOPInstanceUID={one.sop_instance_uid}",
    ):
        (found,) = (await shelf.get(path)).json()
        assert found["0020000D"]["Value"] == [one.study_instance_uid]


async def test_a_page_tells_that_there_is_more(shelf: Shelf) -> None:
    first = await shelf.get("/instances?limit=2")
    assert len(first.json()) == 2
    assert first.headers["warning"].startswith("299")
    second = await shelf.get("/instances?limit=2&offset=2")
    uids = {one["00080018"]["Value"][0] for one in first.json()}
    assert not uids & {one["00080018"]["Value"][0] for one in second.json()}
    last = await shelf.get("/instances?limit=500")
    assert "warning" not in last.headers


async def test_an_attribute_without_an_index_is_compared_and_returned(shelf: Shelf) -> None:
    keyword = "TransferSyntaxUID"
    assert tag_of(keyword) is not None
    found = (await shelf.get("/instances?BitsStored=8&includefield=HighBit")).json()
    assert found
    assert {one["00280102"]["Value"][0] for one in found} == {7}
    assert (await shelf.get("/instances?BitsStored=31")).json() == []


async def test_everything_can_be_asked_for(shelf: Shelf) -> None:
    one = shelf.selections[STILL]
    (found,) = (
        await shelf.get(f"/instances?SOPInstanceUID={one.sop_instance_uid}&includefield=all")
    ).json()
    assert found["00280010"]["Value"] == [537]
    assert "00186011" in found


async def test_a_name_is_found_without_case_and_by_its_words(shelf: Shelf) -> None:
    every = (await shelf.get("/studies")).json()
    name = next(
        study["00100010"]["Value"][0]["Alphabetic"]
        for study in every
        if study.get("00100010", {}).get("Value", [{}])[0].get("Alphabetic", "").isascii()
        and len(study["00100010"]["Value"][0]["Alphabetic"]) > 3
    )
    family = name.split("^")[0]
    assert (await shelf.get(f"/studies?PatientName={family.lower()}*")).json()
    assert (await shelf.get(f"/studies?PatientName={family[:3]}&fuzzymatching=true")).json()


async def test_answers_can_be_had_as_xml(shelf: Shelf) -> None:
    answer = await shelf.get("/studies", Accept='multipart/related; type="application/dicom+xml"')
    assert answer.headers["content-type"].startswith("multipart/related")
    assert b"<NativeDicomModel" in answer.content


async def test_a_bad_date_is_refused_in_a_sentence(shelf: Shelf) -> None:
    answer = await shelf.get("/studies?StudyDate=yesterday")
    assert answer.status_code == 400
    assert "StudyDate" in answer.json()["detail"] or "0008,0020" in answer.json()["detail"]
