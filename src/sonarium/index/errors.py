"""What the index refuses to look for."""

from sonarium.base.errors import RequestError


class InvalidMatchKey(RequestError):
    """A matching key has a value that its VR cannot have; the message names the tag."""

    def __init__(self, reason: str, tag: int) -> None:
        super().__init__(f"({tag >> 16:04X},{tag & 0xFFFF:04X}) {reason}")
        self.tag = tag


class SearchTooBroad(RequestError):
    """Keys without an index leave too many candidates: another key must narrow the search."""
