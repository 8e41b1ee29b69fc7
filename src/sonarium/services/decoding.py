"""Where hostile pixels are decoded: worker processes that can be killed.

The one offload function of the archive: whatever may meet a codec runs through
`DecodingPool.run`. A worker that crashes, hangs or eats memory fails the one call
that it was busy with, and is replaced.
"""

import asyncio
import os
import pickle
import socket
import subprocess
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final, TypeVarTuple, cast

from pydantic import BaseModel, Field

from sonarium.base.errors import SonariumError, UnavailableError
from sonarium.base.log import get_logger
from sonarium.dicom.pixels import errors as pixel_errors
from sonarium.dicom.pixels.errors import DecodeFailed
from sonarium.services import decoding_worker as worker_side

Arguments = TypeVarTuple("Arguments")

_START_TIMEOUT: Final = 60.0
_REAP_TIMEOUT: Final = 2.0
_ERRORS: Final[dict[str, type[SonariumError]]] = {
    name: kind
    for name, kind in vars(pixel_errors).items()
    if isinstance(kind, type) and issubclass(kind, SonariumError)
}
_ENVIRONMENT: Final = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}
"""All that a worker gets: no secrets of ours, and one thread."""

log = get_logger(__name__)


class DecodingSettings(BaseModel, frozen=True, extra="forbid"):
    """Worker processes that decode pixels."""

    workers: int = Field(default=2, ge=1, le=64)
    """How many processes decode at once."""
    films: int = Field(default=1, ge=1, le=16)
    """How many more may make films at once, each in a process of its own."""
    waiting: int = Field(default=512, ge=1)
    """How many frames may wait for a worker; more are refused for now."""
    timeout: timedelta = timedelta(seconds=20)
    """How long one frame may take before its worker is killed."""
    memory_bytes: int = Field(default=400 * 2**20, ge=64 * 2**20)
    """What a worker may take beyond what it has after its start."""


class DecodersBusy(UnavailableError):
    """Too many frames wait to be decoded."""


class DecodersUnavailable(UnavailableError):
    """A worker process cannot be started."""


class _Worker(asyncio.Protocol):
    """One worker process and our end of its socket.

    One request at a time. Its caller may go away before the answer: the worker then
    stays busy until the answer comes, and nobody else sees it.
    """

    def __init__(
        self, process: "subprocess.Popen[bytes]", release: "Callable[[_Worker], None]"
    ) -> None:
        loop = asyncio.get_running_loop()
        self.process = process
        self.is_lost = False
        self._release = release
        self._end = "its decoder crashed"
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bytes] = loop.create_future()
        self._alarm = loop.call_later(_START_TIMEOUT, self._time_out)
        self._received: list[bytes] = []
        self._missing = worker_side.REPLY_HEAD.size
        self._kind = 0

    async def ready(self) -> None:
        """Wait until the process has loaded its codecs."""
        await asyncio.shield(self._answer)

    async def ask(self, kind: int, request: object, timeout_seconds: float) -> bytes:
        """Send a request and wait for its answer."""
        assert self._transport is not None  # noqa: S101 - connected before anybody has it
        loop = asyncio.get_running_loop()
        pickled = pickle.dumps(request, protocol=5)
        self._answer = loop.create_future()
        self._alarm = loop.call_later(timeout_seconds, self._time_out)
        head = worker_side.REQUEST_HEAD.pack(kind, timeout_seconds, len(pickled))
        self._transport.write(head)
        self._transport.write(pickled)
        return await asyncio.shield(self._answer)

    def kill(self) -> None:
        """End the process; whoever waits for it gets `DecodeFailed`."""
        self.is_lost = True
        self.process.kill()
        if self._transport is not None:
            self._transport.abort()

    def _time_out(self) -> None:
        self._end = "it takes too long"
        self.kill()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take note of the socket."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        """Collect an answer: its head, then its bytes."""
        while data:
            part, data = data[: self._missing], data[self._missing :]
            self._received.append(part)
            self._missing -= len(part)
            if self._missing:
                return
            whole = part if len(self._received) == 1 else b"".join(self._received)
            self._received.clear()
            if not self._kind:
                self._kind, self._missing = worker_side.REPLY_HEAD.unpack(whole)
                whole = b""
            if self._kind and not self._missing:
                kind, self._kind = self._kind, 0
                self._missing = worker_side.REPLY_HEAD.size
                self._settle(kind, whole)

    def connection_lost(self, _error: Exception | None) -> None:
        """Fail the request under way: the process is gone."""
        self.is_lost = True
        self._alarm.cancel()
        if self.process.poll() is None:
            self.process.kill()
        if not self._answer.done():
            self._answer.set_exception(DecodeFailed(f"a frame could not be decoded: {self._end}"))
            self._answer.exception()  # nobody may be left to ask
        self._release(self)

    def _settle(self, kind: int, answer: bytes) -> None:
        self._alarm.cancel()
        if self._answer.done():
            self.kill()  # it speaks unasked
            return
        if kind in {worker_side.READY, worker_side.RETURNED}:
            self._answer.set_result(answer)
        else:
            self._answer.set_exception(_error_of(kind, answer))
            self._answer.exception()
        if kind == worker_side.OUT_OF_MEMORY:
            self.kill()
        else:
            self._release(self)


def _spawn(memory_bytes: int) -> tuple[socket.socket, "subprocess.Popen[bytes]"]:
    """Start a worker; return our end of its socket, and the process."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with theirs:
        process = subprocess.Popen(
            (
                sys.executable,
                "-P",
                "-m",
                worker_side.__name__,
                str(theirs.fileno()),
                str(memory_bytes),
            ),
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    return ours, process


def _error_of(kind: int, answer: bytes) -> SonariumError:
    """Return the error that a worker names; only pixel errors, whatever it says."""
    if kind == worker_side.OUT_OF_MEMORY:
        return DecodeFailed("a frame needs more memory than allowed")
    name, _, message = answer.decode("utf-8", "replace").partition("\n")
    return _ERRORS.get(name, DecodeFailed)(message)


class Conversation:
    """A computation in a worker of its own that is fed step by step."""

    def __init__(self, worker: _Worker, opening: bytes, timeout_seconds: float) -> None:
        self.opening = opening
        """What the computation gave before it was fed anything."""
        self._worker = worker
        self._timeout_seconds = timeout_seconds

    async def send(self, item: object) -> bytes:
        """Feed the next item; return what the computation gives for it.

        Raises:
            PixelError: as `DecodingPool.run`.
        """
        return await self._worker.ask(worker_side.SEND, item, self._timeout_seconds)


class DecodingPool:
    """Runs module-level functions that return bytes, each in a worker process."""

    def __init__(self, settings: DecodingSettings) -> None:
        self._settings = settings
        self._timeout_seconds = settings.timeout.total_seconds()
        self._workers: set[_Worker] = set()
        self._starting = 0
        self._idle: list[_Worker] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._films = asyncio.Semaphore(settings.films)
        self._dying: list[subprocess.Popen[bytes]] = []
        self._is_closed = False

    async def run(
        self,
        function: Callable[[*Arguments], bytes],
        *arguments: *Arguments,
        timeout: timedelta | None = None,  # noqa: ASYNC109 - the worker's, not the caller's
    ) -> bytes:
        """Call `function(*arguments)` in a worker; both have to be picklable.

        Raises:
            DecodeFailed: the worker crashed, hung or ran out of memory.
            PixelError: what the function raised.
            DecodersBusy: too many calls wait already.
            DecodersUnavailable: no worker can be started.
        """
        worker = await self._acquire()
        seconds = self._timeout_seconds if timeout is None else timeout.total_seconds()
        return await worker.ask(worker_side.CALL, (function, arguments), seconds)

    @asynccontextmanager
    async def converse(
        self,
        function: Callable[[*Arguments], Generator[bytes, Any, None]],
        *arguments: *Arguments,
    ) -> AsyncIterator[Conversation]:
        """Start a generator function in a worker of its own, which ends with the conversation.

        Raises:
            PixelError, DecodersUnavailable: as `run`.
        """
        async with self._films:
            worker = await self._start(lambda _worker: None)
            try:
                opening = await worker.ask(
                    worker_side.START, (function, arguments), self._timeout_seconds
                )
                yield Conversation(worker, opening, self._timeout_seconds)
            finally:
                worker.kill()
                self._dying.append(worker.process)
                self._reap()

    async def close(self) -> None:
        """Kill all workers; calls under way or waiting fail."""
        self._is_closed = True
        while self._waiting:
            self._wake_next()
        for worker in tuple(self._workers):
            worker.kill()
        for process in [*self._dying, *(worker.process for worker in self._workers)]:
            await asyncio.to_thread(process.wait, _REAP_TIMEOUT)
        self._dying.clear()

    async def _acquire(self) -> _Worker:
        """Return a worker that is nobody else's; it comes back by itself when it has answered."""
        while True:
            while self._idle:
                worker = self._idle.pop()
                if not worker.is_lost:
                    return worker
            if len(self._workers) + self._starting < self._settings.workers:
                return await self._start_for_pool()
            if len(self._waiting) >= self._settings.waiting:
                raise DecodersBusy("too many frames wait to be decoded")
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._wake_next()
                raise

    async def _start_for_pool(self) -> _Worker:
        self._starting += 1
        try:
            worker = await self._start(self._release)
        except BaseException:
            self._wake_next()
            raise
        finally:
            self._starting -= 1
        self._workers.add(worker)
        return worker

    async def _start(self, release: "Callable[[_Worker], None]") -> _Worker:
        """Start a process and wait until it has loaded its codecs."""
        if self._is_closed:
            raise DecodersUnavailable("the decoders have been stopped")
        self._reap()
        ours, process = _spawn(self._settings.memory_bytes)
        is_started = False

        def release_started(worker: _Worker) -> None:
            if is_started:
                release(worker)

        worker = _Worker(process, release_started)
        try:
            await asyncio.get_running_loop().create_unix_connection(lambda: worker, sock=ours)
            await worker.ready()
        except DecodeFailed as error:
            self._dying.append(process)
            log.error("decoding_worker_failed_to_start", exit_code=process.poll())
            raise DecodersUnavailable("no decoding process can be started") from error
        except BaseException:
            worker.kill()
            self._dying.append(process)
            raise
        is_started = True
        return worker

    def _release(self, worker: _Worker) -> None:
        """Take back a worker that has answered, or forget one that is lost."""
        if worker.is_lost:
            self._workers.discard(worker)
            self._dying.append(worker.process)
            if not self._is_closed:
                log.warning("decoding_worker_lost", exit_code=worker.process.poll())
        else:
            self._idle.append(worker)
        self._wake_next()

    def _wake_next(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    def _reap(self) -> None:
        self._dying = [process for process in self._dying if process.poll() is None]
