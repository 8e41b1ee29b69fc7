"""The inside of a decoding worker: a process that may be killed at any moment.

Started by `sonarium.services.decoding` with one end of a socket pair as its only
link to the world. It may not write files, dump core, or take much memory; an
alarm of the kernel ends it when it hangs, even if its parent is gone by then.
"""

import pickle
import resource
import signal
import socket
import sys
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path
from struct import Struct
from typing import Any, Final, NoReturn

import imagecodecs
from PIL import Image

from sonarium.base.errors import SonariumError
from sonarium.dicom.pixels import recode, render

REQUEST_HEAD: Final = Struct("<BdQ")
"""Kind, seconds until the alarm, length of the pickled request."""
REPLY_HEAD: Final = Struct("<BQ")
"""Kind, length of the reply: plain bytes, because the parent must not unpickle what we say."""

CALL, START, SEND = 1, 2, 3
READY, RETURNED, REFUSED, OUT_OF_MEMORY = 1, 2, 3, 4

_FEW_FILES: Final = 64
_GRACE_SECONDS: Final = 2.0
_PRELOADED: Final = (
    render.render_frame,
    recode.recode_frame,
    imagecodecs.jpeg8_decode,
    imagecodecs.jpegls_decode,
    imagecodecs.jpeg2k_decode,
    imagecodecs.htj2k_encode,
    imagecodecs.png_encode,
)
"""Touched so that their libraries are in memory before the limit is drawn."""


def main() -> None:
    """Serve requests until the other end of the socket closes."""
    link = socket.socket(fileno=int(sys.argv[1]))
    Image.preinit()
    _confine(int(sys.argv[2]))
    _reply(link, READY, b"")
    conversation: Generator[bytes, Any, None] | None = None
    while True:
        kind, seconds, length = REQUEST_HEAD.unpack(_receive(link, REQUEST_HEAD.size))
        request = _receive(link, length)
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_SECONDS)
        try:
            asked = pickle.loads(request)  # noqa: S301 - from our parent, whom we trust
            del request
            if kind == CALL:
                function, arguments = asked
                answer = function(*arguments)
            elif kind == START:
                conversation = _start(*asked)
                answer = next(conversation)
            else:
                answer = _continue(conversation, asked)
        except SonariumError as error:
            _reply(link, REFUSED, f"{type(error).__name__}\n{error}".encode())
        except MemoryError:
            _reply(link, OUT_OF_MEMORY, b"")
        else:
            _reply(link, RETURNED, answer)
            del answer
        signal.setitimer(signal.ITIMER_REAL, 0)


def _start(
    function: Callable[..., Generator[bytes, Any, None]], arguments: tuple[object, ...]
) -> Generator[bytes, Any, None]:
    return function(*arguments)


def _continue(conversation: Generator[bytes, Any, None] | None, item: object) -> bytes:
    if conversation is None:
        raise RuntimeError("nothing was started")
    return conversation.send(item)


def _confine(memory_bytes: int) -> None:
    """Give up what a decoder never needs; what it has now is its start."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FEW_FILES, _FEW_FILES))
    with suppress(OSError):  # some containers forbid it
        Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _receive(link: socket.socket, length: int) -> bytearray:
    received = bytearray(length)
    view = memoryview(received)
    while view:
        count = link.recv_into(view)
        if not count:
            _leave()
        view = view[count:]
    return received


def _reply(link: socket.socket, kind: int, answer: bytes) -> None:
    try:
        link.sendall(REPLY_HEAD.pack(kind, len(answer)))
        link.sendall(answer)
    except ConnectionError:
        _leave()


def _leave() -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    main()
