"""Structured logging: a fixed snake_case event and allow-listed fields."""

import io
import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, Literal, TextIO, cast

import structlog

LogFormat = Literal["console", "json"]

ALLOWED_FIELDS = frozenset(
    {
        "address", "association", "attempt", "blob", "bytes", "count", "door", "duration_ms",
        "error", "error_type", "event", "exit_code", "failed", "job", "level", "matches",
        "module", "operations", "passkey", "path_kind", "pid", "port", "reason", "refused", "role",
        "segment", "sent", "series", "signal", "size_bytes", "status", "stored", "study",
        "timestamp", "traceback", "version",
    }
)  # fmt: skip


def _drop_unlisted_fields(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> Mapping[str, Any]:
    """Keep only fields that are known to hold no patient data."""
    dropped = [name for name in event if name not in ALLOWED_FIELDS]
    for name in dropped:
        del event[name]
    return event


def _tell_where(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> Mapping[str, Any]:
    """Put where an exception came from in its stead: its words may be a patient's."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["traceback"] = [
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
    return event


class _StandardError(io.TextIOBase):
    """Whatever standard error is at the moment: loggers outlive its redirection."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure_logging(log_format: LogFormat, level: str = "INFO") -> None:
    """Send our events to standard error, one line each."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_where,
            _drop_unlisted_fields,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _StandardError())),
        cache_logger_on_first_use=True,
    )


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return the logger of one module."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)
    return logger
