"""Errors of the room."""

from sonarium.base.errors import RequestError
from sonarium.dicom.errors import IncompletePrefix, InvalidAttribute, MalformedDataSet


def test_an_incomplete_prefix_says_how_much_is_needed() -> None:
    error = IncompletePrefix(400)
    assert error.needed == 400
    assert isinstance(error, MalformedDataSet)


def test_an_invalid_attribute_names_the_attribute_and_the_reason() -> None:
    error = InvalidAttribute("PatientName (0010,0010)", "its value 1 is not a PN")
    assert isinstance(error, RequestError)
    assert str(error) == "PatientName (0010,0010): its value 1 is not a PN"
    assert (error.attribute, error.reason) == ("PatientName (0010,0010)", "its value 1 is not a PN")
