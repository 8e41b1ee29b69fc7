import inspect
from datetime import timedelta

import pytest
from pydantic import ValidationError

from sonarium.net.settings import (
    AssociationSettings,
    ClientCertificates,
    DimseNetSettings,
    TLSSettings,
)


def test_nobody_who_is_silent_stays_longer_than_ten_seconds_by_default() -> None:
    assert DimseNetSettings().artim <= timedelta(seconds=10)


def test_a_still_of_65_kb_is_one_pdu_by_default() -> None:
    assert AssociationSettings().maximum_length_received >= 65 * 1024 + 6


def test_the_listener_is_on_loopback_by_default() -> None:
    assert DimseNetSettings().host == "127.0.0.1"


def test_tls_asks_for_a_client_certificate_by_default() -> None:
    assert TLSSettings().client_certificates is ClientCertificates.REQUIRED


def test_unknown_and_impossible_settings_are_refused() -> None:
    with pytest.raises(ValidationError):
        DimseNetSettings.model_validate({"prot": 104})
    with pytest.raises(ValidationError):
        DimseNetSettings(port=70000)


@pytest.mark.parametrize("model", [AssociationSettings, DimseNetSettings, TLSSettings])
def test_every_setting_says_what_it_is(model: type) -> None:
    lines = inspect.getsource(model).splitlines()
    for name in model.__annotations__:
        (at,) = (n for n, line in enumerate(lines) if line.startswith(f"    {name}: "))
        assert lines[at + 1].startswith('    """'), name
