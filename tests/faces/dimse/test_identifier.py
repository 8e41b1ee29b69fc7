import pytest

from sonarium.domain.attributes import Attributes, JSONValue
from sonarium.domain.query import MatchKey, QueryLevel
from sonarium.faces.dimse.errors import InvalidIdentifier
from sonarium.faces.dimse.identifier import (
    Extensions,
    check_bounds,
    find_identifier,
    retrieve_identifier,
)
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.faces.dimse.sop_classes import PATIENT_ROOT, PATIENT_STUDY_ONLY, STUDY_ROOT

HIERARCHICAL = Extensions()
RELATIONAL = Extensions(relational=True)


def keys(**elements: tuple[str, list[JSONValue]]) -> Attributes:
    return {
        tag.removeprefix("t").upper(): {"vr": vr, "Value": values} if values else {"vr": vr}
        for tag, (vr, values) in elements.items()
    }


def level(name: str) -> Attributes:
    return keys(t00080052=("CS", [name]))


def test_keys_become_match_keys_with_values_as_dicom_writes_them() -> None:
    found = find_identifier(
        level("STUDY")
        | keys(
            t00080005=("CS", ["ISO_IR 100", "ISO_IR 144"]),
            t00080020=("DA", ["20200101-"]),
            t00100010=("PN", [{"Alphabetic": "A*", "Phonetic": "B"}]),
            t0020000d=("UI", ["1.2", "1.3"]),
            t00200010=("SH", []),
            t00201206=("IS", [3]),
        ),
        STUDY_ROOT,
        Extensions(combined_date_time=True, fuzzy_person_names=True),
    )
    assert found.query.level is QueryLevel.STUDY
    assert found.query.combined_date_time
    assert found.query.fuzzy_person_names
    assert found.query.keys == (
        MatchKey(0x00080020, "DA", ("20200101-",)),
        MatchKey(0x00100010, "PN", ("A*==B",)),
        MatchKey(0x0020000D, "UI", ("1.2", "1.3")),
        MatchKey(0x00200010, "SH", ()),
        MatchKey(0x00201206, "IS", ("3",)),
    )
    assert found.character_set == "ISO_IR 100\\ISO_IR 144"
    assert "00080052" not in found.blanks
    assert found.blanks["00200010"] == {"vr": "SH"}
    assert found.unsupported == ()


def test_what_describes_the_answer_is_never_matched() -> None:
    found = find_identifier(
        level("STUDY") | keys(t00080054=("AE", ["X"]), t00080056=("CS", ["OFFLINE"])),
        STUDY_ROOT,
        HIERARCHICAL,
    )
    assert found.query.keys == ()
    assert set(found.blanks) == {"00080054", "00080056"}


def test_keys_inside_sequences_are_told_to_be_unsupported() -> None:
    found = find_identifier(
        level("STUDY")
        | keys(t00400275=("SQ", [{"00400009": {"vr": "SH", "Value": ["X"]}}]))
        | keys(t00081110=("SQ", [{"00081150": {"vr": "UI"}}])),
        STUDY_ROOT,
        HIERARCHICAL,
    )
    assert found.unsupported == (0x00400275,)
    assert found.query.keys == (MatchKey(0x00081110, "SQ", ()),)


@pytest.mark.parametrize("name", ["", "STUDIES", "study", "PATIENT"])
def test_a_level_that_the_model_does_not_have_is_refused(name: str) -> None:
    with pytest.raises(InvalidIdentifier) as refused:
        find_identifier(level(name), STUDY_ROOT, HIERARCHICAL)
    assert refused.value.offending_elements == (0x00080052,)
    with pytest.raises(InvalidIdentifier):
        find_identifier(level("SERIES"), PATIENT_STUDY_ONLY, HIERARCHICAL)


def test_a_hierarchical_query_names_one_entity_of_each_level_above() -> None:
    series = level("SERIES")
    for value in ([], ["1.2", "1.3"], ["1.*"]):
        with pytest.raises(InvalidIdentifier) as refused:
            find_identifier(series | keys(t0020000d=("UI", [*value])), STUDY_ROOT, HIERARCHICAL)
        assert refused.value.offending_elements == (0x0020000D,)
    one = series | keys(t0020000d=("UI", ["1.2"]))
    assert find_identifier(one, STUDY_ROOT, HIERARCHICAL).query.level is QueryLevel.SERIES
    with pytest.raises(InvalidIdentifier) as refused:
        find_identifier(one, PATIENT_ROOT, HIERARCHICAL)
    assert refused.value.offending_elements == (0x00100020,)


def test_a_relational_query_may_leave_the_levels_above_out() -> None:
    found = find_identifier(level("IMAGE"), PATIENT_ROOT, RELATIONAL)
    assert found.query.level is QueryLevel.IMAGE


def test_a_retrieval_takes_lists_of_uids_at_its_own_level() -> None:
    wanted = retrieve_identifier(
        level("SERIES")
        | keys(
            t0020000d=("UI", ["1.2"]),
            t0020000e=("UI", ["1.2.1", "1.2.2"]),
            t00080060=("CS", ["US"]),
        ),
        STUDY_ROOT,
        HIERARCHICAL,
    )
    assert wanted.study_instance_uids == ("1.2",)
    assert wanted.series_instance_uids == ("1.2.1", "1.2.2")
    assert wanted.sop_instance_uids == ()
    assert wanted.patient_id is None


def test_a_retrieval_without_its_unique_key_is_refused() -> None:
    with pytest.raises(InvalidIdentifier) as refused:
        retrieve_identifier(level("STUDY"), STUDY_ROOT, RELATIONAL)
    assert refused.value.offending_elements == (0x0020000D,)
    with pytest.raises(InvalidIdentifier):
        retrieve_identifier(level("STUDY") | keys(t0020000d=("UI", ["*"])), STUDY_ROOT, RELATIONAL)


def test_a_patient_is_retrieved_by_one_patient_id() -> None:
    wanted = retrieve_identifier(
        level("PATIENT") | keys(t00100020=("LO", ["P1"])), PATIENT_ROOT, HIERARCHICAL
    )
    assert wanted.patient_id == "P1"
    with pytest.raises(InvalidIdentifier):
        retrieve_identifier(
            level("PATIENT") | keys(t00100020=("LO", ["P1", "P2"])), PATIENT_ROOT, HIERARCHICAL
        )


def test_identifiers_are_bounded_in_keys_and_values() -> None:
    settings = DimseSettings(maximum_identifier_keys=16, maximum_identifier_values=3)
    nested = keys(t00081110=("SQ", [{f"{tag:08X}": {"vr": "LO"} for tag in range(16)}]))
    with pytest.raises(InvalidIdentifier, match="more than 16 keys"):
        check_bounds(nested, settings)
    with pytest.raises(InvalidIdentifier, match="more than 3 values"):
        check_bounds(keys(t0020000d=("UI", ["1", "2", "3", "4"])), settings)
    check_bounds(keys(t0020000d=("UI", ["1", "2", "3"])), settings)
