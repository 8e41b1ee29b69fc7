"""Settings of background work."""

from datetime import timedelta

from pydantic import BaseModel, Field


class QueueSettings(BaseModel, frozen=True, extra="forbid"):
    """Background work, and how long failing work is tried again."""

    concurrency: int = Field(default=4, ge=1, le=64)
    """Jobs that one worker process runs at once."""
    first_retry: timedelta = timedelta(seconds=5)
    """Pause after the first failure; it doubles with each further one."""
    longest_retry: timedelta = timedelta(hours=1)
    """The longest pause between two attempts."""
    attempts: int = Field(default=32, ge=1)
    """Attempts until a job is a dead letter and waits for a person: 32 take about a day."""
    poll: timedelta = timedelta(seconds=5)
    """How often a worker looks for jobs whose time has come."""
