"""What can be wrong with an encoded or described data set."""

from sonarium.base.errors import RequestError


class MalformedDataSet(RequestError):
    """The bytes are not a DICOM data set, or exceed what we are willing to parse."""


class TruncatedDataSet(MalformedDataSet):
    """The bytes end before the data set does."""


class IncompletePrefix(MalformedDataSet):
    """More leading bytes are needed before a Part 10 file can be told apart."""

    def __init__(self, needed: int) -> None:
        super().__init__("the file ends within its File Meta Information")
        self.needed = needed


class InvalidAttribute(RequestError):
    """An attribute given as JSON or XML cannot be encoded; the message names it."""

    def __init__(self, attribute: str, reason: str) -> None:
        super().__init__(f"{attribute}: {reason}")
        self.attribute = attribute
        self.reason = reason
