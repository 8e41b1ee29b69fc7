"""What the tests of the decoding pool let workers do."""

import os
import signal
import time
from collections.abc import Generator

import numpy as np

from sonarium.dicom.pixels.errors import UnsupportedPixels


def repeat(text: bytes, times: int) -> bytes:
    return text * times


def crash() -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return b""


def hang() -> bytes:
    while True:
        time.sleep(60)


def refuse() -> bytes:
    raise UnsupportedPixels("these pixels are not for us")


def break_off() -> bytes:
    raise RuntimeError("an error nobody foresaw")


def eat(byte_count: int) -> bytes:
    return np.ones(byte_count, np.uint8)[:2].tobytes()


def write_file(path: str) -> bytes:
    try:
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(b"x")
    except OSError:
        return b"refused"
    return b"written"


def environment() -> bytes:
    return "\n".join(os.environ).encode()


def own_pid() -> bytes:
    return str(os.getpid()).encode()


def count_up(start: int) -> Generator[bytes, int, None]:
    total = start
    while True:
        step = yield str(total).encode()
        if step < 0:
            raise UnsupportedPixels("downwards is not supported")
        total += step
