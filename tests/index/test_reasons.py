from tests.index.synthetic import element

from sonarium.domain.attributes import Attributes, JSONValue
from sonarium.index.reasons import department_of, is_identity_removed, physician_ids_of


def physician(value: str, scheme: str = "", tag: str = "00080100") -> dict[str, JSONValue]:
    code: dict[str, JSONValue] = {tag: element("SH", value)}
    if scheme:
        code["00080102"] = element("SH", scheme)
    return {"00401101": element("SQ", code)}


def test_the_first_department_that_is_named_counts_folded() -> None:
    named: Attributes = {"00081040": element("LO", "Écho  Lab")}
    assert department_of([{}, named, {"00081040": element("LO", "Other")}]) == "echo lab"
    assert department_of([{}]) == ""


def test_physicians_count_by_code_with_its_scheme_and_never_by_name() -> None:
    attributes: Attributes = {
        "00080090": element("PN", {"Alphabetic": "4711"}),
        "00080096": element("SQ", physician("4711", "LOCAL")),
        "0008009D": element("SQ", physician("1"), physician("2", "NPI")),
        "00081052": element("SQ", physician("a long code", "LOCAL", "00080119")),
        "00081062": element("SQ", {"00401101": element("SQ", {"00080104": element("LO", "x")})}),
    }
    assert physician_ids_of(attributes) == {"4711^LOCAL", "1", "2^NPI", "a long code^LOCAL"}


def test_a_malformed_sequence_names_nobody() -> None:
    assert physician_ids_of({"00080096": {"vr": "SQ", "Value": ["x", None]}}) == set()
    assert physician_ids_of({"00080096": element("SQ", physician("1\n2", "X"))}) == set()


def test_identity_is_removed_only_where_the_object_says_so() -> None:
    assert is_identity_removed({"00120062": element("CS", "YES")})
    assert not is_identity_removed({"00120062": element("CS", "NO")})
    assert not is_identity_removed({})
