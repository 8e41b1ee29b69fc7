from sonarium.faces.dimse.errors import InvalidIdentifier


def test_an_invalid_identifier_names_its_elements() -> None:
    error = InvalidIdentifier("a key is missing", 0x0020000D)
    assert str(error) == "a key is missing"
    assert error.offending_elements == (0x0020000D,)
