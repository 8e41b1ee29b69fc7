"""Settings of the audit trail."""

import pytest
from pydantic import ValidationError

from sonarium.services.audit.settings import AuditSettings


def test_without_settings_records_are_sent_nowhere() -> None:
    assert AuditSettings().collector is None


def test_a_collector_needs_a_host() -> None:
    with pytest.raises(ValidationError):
        AuditSettings.model_validate({"collector": {}})
