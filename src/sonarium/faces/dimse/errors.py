"""What is wrong with a request, in words that its sender may read."""

from sonarium.base.errors import RequestError


class InvalidIdentifier(RequestError):
    """An identifier that its information model does not allow; names the elements."""

    def __init__(self, message: str, *offending_elements: int) -> None:
        super().__init__(message)
        self.offending_elements = offending_elements


class InvalidSOPInstance(RequestError):
    """A SOP Instance UID that is none."""


class SOPClassNotSupported(RequestError):
    """A SOP class that the presentation context was not opened for, or not in this role."""


class UnrecognizedOperation(RequestError):
    """An operation that the SOP class of the presentation context does not have."""


class MistypedArgument(RequestError):
    """A command set or data set that lacks what the operation needs."""


class NoSuchAction(RequestError):
    """An Action Type ID that the SOP class does not have."""


class NoSuchInstance(RequestError):
    """A well-known SOP instance was asked for by a wrong UID."""
