"""Where hostile pixels are decoded: worker processes that can be killed.

The one offload function of the archive: whatever may meet a codec runs through
`DecodingPool.run`.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol, TypeVarTuple

from pydantic import BaseModel, Field

Arguments = TypeVarTuple("Arguments")


class DecodingSettings(BaseModel, frozen=True, extra="forbid"):
    """Worker processes that decode pixels."""

    workers: int = Field(default=2, ge=1, le=64)
    """How many processes decode at once."""
    timeout: timedelta = timedelta(seconds=20)
    """How long one frame may take before its worker is killed."""
    memory_bytes: int = Field(default=400 * 2**20, ge=64 * 2**20)
    """What a worker may take beyond what it has after its start."""


class Conversation(Protocol):
    """A computation in one worker that is fed step by step."""

    async def send(self, item: object) -> bytes:
        """Feed the next item; return what the computation gives for it."""


class DecodingPool:
    """Runs module-level functions that return bytes, each in a worker process."""

    def __init__(self, settings: DecodingSettings) -> None:
        raise NotImplementedError

    async def run(
        self,
        function: Callable[[*Arguments], bytes],
        *arguments: *Arguments,
        timeout: timedelta | None = None,  # noqa: ASYNC109
    ) -> bytes:
        """Call `function(*arguments)` in a worker.

        Raises:
            DecodeFailed: the worker crashed, hung or ran out of memory.
            PixelError: what the function raised.
        """
        raise NotImplementedError

    def converse(
        self, function: Callable[..., object], *arguments: object
    ) -> AbstractAsyncContextManager[Conversation]:
        """Start a generator function in a worker of its own; see `Conversation`."""
        raise NotImplementedError

    async def close(self) -> None:
        """Kill all workers."""
        raise NotImplementedError
