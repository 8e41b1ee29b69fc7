from sonarium.base.errors import PeerError, RequestError, SonariumError, UnavailableError


def test_every_failure_is_sorted_by_who_must_act() -> None:
    for kind in (PeerError, RequestError, UnavailableError):
        assert issubclass(kind, SonariumError)
