from sonarium.base.errors import PeerError, RequestError
from sonarium.net.errors import AssociationLost, DataSetTooLong


def test_failures_are_sorted_by_who_must_act() -> None:
    assert issubclass(AssociationLost, PeerError)
    assert issubclass(DataSetTooLong, RequestError)
