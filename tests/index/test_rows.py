"""From the attributes of a level to the columns of its row."""

import orjson
from tests.index.synthetic import element, name, patient, study

from sonarium.index.rows import (
    json_text,
    name_groups,
    names_text,
    number_of,
    small,
    text_of,
    words_of,
)


def test_a_column_holds_the_first_value_bounded_and_without_nul() -> None:
    attributes = {"00100020": element("LO", " A\0B " + "x" * 1000, "second")}
    text = text_of(attributes, "00100020")
    assert text.startswith("A")
    assert "\0" not in text
    assert len(text) <= 256
    assert text_of({}, "00100020") == ""


def test_numbers_that_a_column_cannot_hold_are_not_known() -> None:
    assert number_of({"00200011": element("IS", 7)}, "00200011") == 7
    assert number_of({"00200011": element("IS", "x")}, "00200011") is None
    assert small(2**31) is None
    assert small(-(2**31)) == -(2**31)


def test_names_are_folded_into_their_groups() -> None:
    groups = name_groups({"00100010": name("Müller^ANA=山田=やまだ")}, "00100010")
    assert groups == ("muller^ana", "山田", "やまだ")


def test_names_without_a_column_are_kept_together() -> None:
    attributes = {"00081070": name("OP^ONE"), "00100010": name("X^Y")}
    assert orjson.loads(names_text(attributes)) == {"00081070": [["op^one", "", ""]]}


def test_every_word_that_a_person_remembers_follows_a_space() -> None:
    words = words_of(
        patient("SYN7", "Müller^Ana"), study(accession="A9", description="Stress Echo")
    )
    for word in (" muller", " ana", " syn7", " a9", " stress", " echo", " 20260304"):
        assert word in words


def test_text_that_json_cannot_hold_is_mended() -> None:
    assert "\\u0000" not in json_text({"00100020": element("LO", "a\0b")})
    assert orjson.loads(json_text({"00100020": element("LO", "\ud800")}))
