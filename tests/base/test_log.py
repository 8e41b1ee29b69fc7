import contextlib
import io
import json

import pytest

from sonarium.base.log import LogFormat, configure_logging, get_logger


def test_a_field_that_is_not_listed_never_reaches_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("json")
    get_logger("test").info("instance_stored", size_bytes=7, patient_name="CANARY^PATIENT")
    line = json.loads(capsys.readouterr().err)
    assert line["event"] == "instance_stored"
    assert line["size_bytes"] == 7
    assert "CANARY" not in str(line)


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_an_exception_tells_where_it_was_and_none_of_its_words(
    capsys: pytest.CaptureFixture[str], log_format: LogFormat
) -> None:
    configure_logging(log_format)
    patient = "CANARY^PATIENT"
    try:
        raise ValueError(patient)
    except ValueError as error:
        get_logger("test").error("request_failed", exc_info=error)
    line = capsys.readouterr().err
    assert "test_log.py" in line
    assert "test_an_exception_tells_where" in line
    assert "CANARY" not in line


def test_a_logger_outlives_the_redirection_of_standard_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = get_logger("test")
    with contextlib.redirect_stderr(io.StringIO()) as redirected:
        configure_logging("json")
        log.info("role_ready", role="first")
    redirected.close()
    log.info("role_ready", role="second")
    assert json.loads(capsys.readouterr().err)["role"] == "second"
