"""Places in the list of records."""

import msgspec
import pytest
from tests.services.audit.trail_events import opened

from sonarium.faces.ui_api.audit_model import audit_list, audit_record, place_in
from sonarium.index.audit_search import FoundRecord
from sonarium.services.audit.reading import AuditPage


def test_a_place_is_read_as_it_was_written() -> None:
    found = FoundRecord(7, opened())
    shown = audit_list(AuditPage([found], found.place))
    assert shown.next is not None
    assert place_in(shown.next) == found.place
    assert audit_list(AuditPage([found], None)).next is None


@pytest.mark.parametrize(
    "wrong",
    ["", "x~1", "2030-01-01T00:00:00~1", "2030-01-01T00:00:00Z~0", "2030-01-01T00:00:00Z~x"],
)
def test_what_was_never_a_place_is_refused(wrong: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError)):
        place_in(wrong)


def test_a_record_names_who_whom_and_what() -> None:
    shown = audit_record(FoundRecord(7, opened("1.2")))
    assert (shown.who, shown.act, shown.patient_id) == ("Alice Ash", "opened a study", "P1")
    assert (shown.study_instance_uid, shown.refused) == ("1.2", False)
