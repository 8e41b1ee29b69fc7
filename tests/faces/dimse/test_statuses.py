import pytest

from sonarium.base.errors import PeerError, RequestError, SonariumError, UnavailableError
from sonarium.faces.dimse.sop_classes import ServiceClass
from sonarium.faces.dimse.statuses import STATUS_TABLES, comment_of, status_of
from sonarium.services.store import OutOfSpace
from sonarium.wire.dimse.status import StatusCategory, status_category


@pytest.mark.parametrize("service", ServiceClass)
@pytest.mark.parametrize("kind", [RequestError, UnavailableError, PeerError, SonariumError])
def test_every_kind_of_error_is_a_failure_of_every_service(
    service: ServiceClass, kind: type[SonariumError]
) -> None:
    assert status_category(status_of(kind(), service)) is StatusCategory.FAILURE


def test_every_service_has_its_table() -> None:
    assert set(STATUS_TABLES) == set(ServiceClass)


def test_the_most_special_class_decides() -> None:
    assert status_of(OutOfSpace("full"), ServiceClass.STORAGE) == 0xA700


def test_a_comment_is_one_short_ascii_value() -> None:
    assert comment_of(SonariumError("a\\b " + "ü" * 100)) == "a/b " + "?" * 60
    assert comment_of(SonariumError()) is None
