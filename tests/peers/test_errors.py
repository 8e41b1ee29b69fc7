from sonarium.base.errors import PeerError, UnavailableError
from sonarium.peers.errors import ContextRefused, UnexpectedResponse


def test_a_refused_context_may_be_accepted_later_and_nonsense_may_not() -> None:
    assert issubclass(ContextRefused, UnavailableError)
    assert issubclass(UnexpectedResponse, PeerError)
