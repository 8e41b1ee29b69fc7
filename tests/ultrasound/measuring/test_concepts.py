"""Every quantity and tool has its code, and codes do not collide."""

from sonarium.ultrasound.measuring.concepts import PRIVATE_SCHEME, QUANTITIES, TOOLS
from sonarium.ultrasound.measuring.measurement import Quantity, Tool


def test_every_quantity_has_a_code_and_a_unit_of_its_own() -> None:
    assert set(QUANTITIES) == set(Quantity)
    codes = {(concept.code.value, concept.code.scheme) for concept in QUANTITIES.values()}
    assert len(codes) == len(Quantity)
    assert all(concept.unit.scheme == "UCUM" for concept in QUANTITIES.values())


def test_every_tool_has_a_code() -> None:
    assert set(TOOLS) == set(Tool)
    assert {code.scheme for code in TOOLS.values()} == {PRIVATE_SCHEME}


def test_codes_fit_their_attributes() -> None:
    for code in (*TOOLS.values(), *(concept.code for concept in QUANTITIES.values())):
        assert len(code.value) <= 16
        assert len(code.scheme) <= 16
        assert len(code.meaning) <= 64
