"""Codes are compared by value and scheme, and a tree can be walked."""

from sonarium.dicom.sr.content import Code, Container, ContentItem, Text, same_code

COMMENT = Code("121106", "DCM", "Comment")


def test_codes_of_other_meanings_are_the_same_code() -> None:
    assert same_code(COMMENT, Code("121106", "DCM", "Kommentar"))
    assert not same_code(COMMENT, Code("121106", "LN", "Comment"))
    assert not same_code(None, COMMENT)


def test_a_child_is_found_by_its_concept() -> None:
    first, second = ContentItem(COMMENT, Text("one")), ContentItem(COMMENT, Text("two"))
    root = ContentItem(None, Container(), (first, second))
    assert root.find(COMMENT) is first
    assert list(root.iter_children(COMMENT)) == [first, second]
    assert root.find(Code("1", "DCM", "")) is None
    assert list(root.walk()) == [root, first, second]
