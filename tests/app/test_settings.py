"""Settings are read once, and what does not fit is refused in words."""

from datetime import timedelta
from pathlib import Path

import pytest

from sonarium.app.settings import SettingsRefused, load_settings


def test_the_command_line_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONARIUM_DATA", "/from/environment")
    monkeypatch.setenv("SONARIUM_HTTP__PORT", "8001")
    settings = load_settings(data=Path("/from/command/line"))
    assert settings.data == Path("/from/command/line")
    assert settings.http.port == 8001


def test_one_value_from_the_command_line_leaves_its_branch_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SONARIUM_DIMSE__AE_TITLE", "ECHOLAB")
    settings = load_settings(dimse={"port": 4104})
    assert (settings.dimse.ae_title, settings.dimse.port) == ("ECHOLAB", 4104)


def test_durations_are_iso_8601_or_hours_minutes_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONARIUM_DRAIN_TIMEOUT", "PT2M")
    monkeypatch.setenv("SONARIUM_START_TIMEOUT", "00:00:07")
    settings = load_settings()
    assert settings.drain_timeout == timedelta(minutes=2)
    assert settings.start_timeout == timedelta(seconds=7)


def test_a_misspelt_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONARIUM_DIMSE_PORT", "104")
    with pytest.raises(SettingsRefused, match="there is no setting SONARIUM_DIMSE_PORT"):
        load_settings()


def test_a_misspelt_name_within_a_branch_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONARIUM_HTTP__PROT", "8001")
    with pytest.raises(SettingsRefused, match=r"setting http\.PROT|setting http\.prot"):
        load_settings()


def test_a_value_that_does_not_fit_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsRefused, match=r"setting http\.port: .*65535") as refused:
        load_settings(http={"port": 70000})
    assert "70000" not in str(refused.value)


@pytest.mark.parametrize("branch", ["http", "dimse"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "pacs.example.org"])
def test_an_address_beyond_this_machine_is_refused(branch: str, host: str) -> None:
    with pytest.raises(SettingsRefused, match=f"setting {branch}.host: .* beyond this machine"):
        load_settings(**{branch: {"host": host}})


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_is_served(host: str) -> None:
    assert load_settings(http={"host": host}).http.host == host


def test_the_password_in_the_connection_string_is_not_shown() -> None:
    settings = load_settings(database={"dsn": "postgresql://u:secret@db/pacs"})
    assert "secret" not in repr(settings)


TLS = {"certificate": "cert.pem", "private_key": "key.pem", "names": ["pacs.example.org"]}


def test_another_machine_is_served_over_tls_under_a_name() -> None:
    http = load_settings(http={"host": "0.0.0.0", **TLS}).http
    assert http.origin == "https://pacs.example.org:8042"
    with pytest.raises(SettingsRefused, match=r"http\.names"):
        load_settings(http={"host": "0.0.0.0", **TLS, "names": []})
    with pytest.raises(SettingsRefused, match="go together"):
        load_settings(http={"certificate": "cert.pem"})


def test_scanners_elsewhere_are_served_over_tls_or_by_a_word_that_says_otherwise() -> None:
    wide = {"host": "0.0.0.0"}
    assert load_settings(dimse={**wide, "tls": {"certificate": "c", "private_key": "k"}})
    assert load_settings(dimse={**wide, "unencrypted_network": True})
    with pytest.raises(SettingsRefused, match="unknown callers are refused"):
        load_settings(dimse={**wide, "unencrypted_network": True, "unknown_callers": "accepted"})
