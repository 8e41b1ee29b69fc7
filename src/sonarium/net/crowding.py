"""Keeps one address from taking every place at a door whose server does not count at accept.

A web server takes connections by itself. So we look at them from outside: how many each address
has, a few times a second. Of an address with too many, the surplus is shut, and the kernel drops
further attempts at our listener (a classic BPF filter, which needs no rights) until it has fewer.
Those of others never wait behind them in the queue.
"""

import asyncio
import ctypes
import os
import socket
import stat
import struct
from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from sonarium.base.log import get_logger

log = get_logger(__name__)

LOOK_EVERY_S: Final = 0.25
_SO_ATTACH_FILTER: Final = 26  # asm-generic/socket.h; Python does not name them
_SO_DETACH_FILTER: Final = 27
_LOAD_WORD, _RETURN, _JUMP_IF_EQUAL = 0x20, 0x06, 0x15  # linux/bpf_common.h
_NETWORK_HEADER: Final = 0xFFF00000
"""SKF_NET_OFF: offsets from here on count from the IP header (linux/filter.h)."""
_SOURCE_V4, _SOURCE_V6 = 12, 8
"""Where the source address stands in the header (RFC 791 3.1, RFC 8200 3)."""
_ALL: Final = 0xFFFFFFFF


async def keep_room(listener: socket.socket, limit: int) -> None:
    """Bound the connections of each address at a listener of this process, for as long as we run.

    Where the kernel takes no filter, the surplus is shut all the same, at each look.

    An IPv6 network of 64 bits counts as one address: whoever has one has all of it.
    """
    port = listener.getsockname()[1]
    kept_out: set[bytes] = set()
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        if not kept_out and len(_descriptors()) <= limit:
            continue
        crowded = _thin_out(port, limit)
        if crowded != kept_out:
            kept_out = crowded
            try:
                refuse_addresses(listener, crowded)
            except OSError as error:  # a kernel without filters, or more addresses than one holds
                log.warning("connections_not_kept_out", count=len(crowded), errno=error.errno)
            else:
                log.warning("connections_kept_out", count=len(crowded))


def refuse_addresses(listener: socket.socket, prefixes: Collection[bytes]) -> None:
    """Let the kernel drop whatever comes from these addresses to a listener.

    Connections that were accepted before are heard as ever.

    Args:
        prefixes: IPv4 addresses, or the first 64 bits of IPv6 ones, as the listener has them.
    """
    if prefixes:
        _attach(listener, b"".join(_instructions(sorted(prefixes))))
    else:
        _detach(listener)


@contextmanager
def nobody_new(listener: socket.socket) -> Iterator[None]:
    """Let the kernel drop whoever comes inside the block; they try again within a second or so.

    No other filter may be wanted at that listener meanwhile.
    """
    _attach(listener, struct.pack("HBBI", _RETURN, 0, 0, 0))
    try:
        yield
    finally:
        _detach(listener)


def _detach(listener: socket.socket) -> None:
    with suppress(FileNotFoundError):  # there was none
        listener.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)


def _attach(listener: socket.socket, program: bytes) -> None:
    kept = ctypes.create_string_buffer(program, len(program))
    count = len(program) // struct.calcsize("HBBI")
    header = struct.pack("HL", count, ctypes.addressof(kept))  # struct sock_fprog
    listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, header)


def _instructions(prefixes: Collection[bytes]) -> Iterator[bytes]:
    """Write the filter: drop what comes from any of these, take the rest."""
    for prefix in prefixes:
        words = struct.unpack(f"!{len(prefix) // 4}I", prefix)
        begin = _SOURCE_V4 if len(words) == 1 else _SOURCE_V6
        for at, word in enumerate(words):
            # A word that differs leads past the rest of this address: two each, and the return.
            away = 2 * (len(words) - at - 1) + 1
            yield struct.pack("HBBI", _LOAD_WORD, 0, 0, _NETWORK_HEADER + begin + 4 * at)
            yield struct.pack("HBBI", _JUMP_IF_EQUAL, 0, away, word)
        yield struct.pack("HBBI", _RETURN, 0, 0, 0)
    yield struct.pack("HBBI", _RETURN, 0, 0, _ALL)


def _thin_out(port: int, limit: int) -> set[bytes]:
    """Shut what an address has beyond the limit; return the addresses that have reached it."""
    inside: dict[bytes, list[int]] = defaultdict(list)
    for descriptor, prefix in _accepted(port):
        inside[prefix].append(descriptor)
    for prefix, descriptors in inside.items():
        for descriptor in descriptors[limit:]:
            _shut(descriptor, prefix, port)
    return {prefix for prefix, descriptors in inside.items() if len(descriptors) >= limit}


def _accepted(port: int) -> Iterator[tuple[int, bytes]]:
    """Walk over this process's connections at a port: descriptor, and whose it is."""
    for descriptor in sorted(map(int, _descriptors())):
        prefix = _peer(descriptor, port)
        if prefix is not None:
            yield descriptor, prefix


def _descriptors() -> list[str]:
    return os.listdir("/proc/self/fd")  # noqa: PTH208  # thousands, some times a second


def _shut(descriptor: int, prefix: bytes, port: int) -> None:
    """Shut a connection, unless its descriptor means another one by now."""
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as own:
        if _prefix(own, port) == prefix:
            own.shutdown(socket.SHUT_RDWR)


def _peer(descriptor: int, port: int) -> bytes | None:
    """Return from where a descriptor of ours is connected to a port of ours, if it is."""
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return None
        with socket.socket(fileno=os.dup(descriptor)) as own:
            return _prefix(own, port)
    except OSError:  # closed meanwhile, or not connected
        return None


def _prefix(own: socket.socket, port: int) -> bytes | None:
    if own.family == socket.AF_INET and own.getsockname()[1] == port:
        return IPv4Address(own.getpeername()[0]).packed
    if own.family == socket.AF_INET6 and own.getsockname()[1] == port:
        return IPv6Address(own.getpeername()[0].partition("%")[0]).packed[:8]
    return None
