"""How many connections one address may have at a door that does not count them itself."""

import asyncio
import errno
import itertools
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from ipaddress import IPv4Address, IPv6Address

import pytest

from sonarium.net.crowding import keep_room, nobody_new, refuse_addresses

HOG, OTHER = "127.0.0.7", "127.0.0.8"


@contextmanager
def listening(host: str = "127.0.0.1") -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family, backlog=256) as listener:
        yield listener


def connected(listener: socket.socket, address: str) -> socket.socket | None:
    """Connect from an address of this machine; None where nobody answers."""
    caller = socket.socket(listener.family)
    caller.settimeout(0.3)
    caller.bind((address, 0))
    try:
        caller.connect(listener.getsockname()[:2])
    except TimeoutError:
        caller.close()
        return None
    return caller


def test_who_is_refused_gets_no_answer_and_everybody_else_does() -> None:
    with listening() as listener, ExitStack() as opened:
        before = connected(listener, HOG)
        assert before is not None
        opened.enter_context(before)
        inside, _ = listener.accept()
        opened.enter_context(inside)
        refuse_addresses(listener, {IPv4Address(HOG).packed, IPv4Address("192.0.2.1").packed})
        assert connected(listener, HOG) is None
        other = connected(listener, OTHER)
        assert other is not None
        opened.enter_context(other)
        before.sendall(b"still heard")
        assert inside.recv(20) == b"still heard"
        refuse_addresses(listener, ())
        again = connected(listener, HOG)
        assert again is not None
        again.close()


def test_a_network_of_ipv6_is_one_address() -> None:
    with listening("::1") as listener:
        refuse_addresses(listener, {IPv6Address("::1").packed[:8]})
        assert connected(listener, "::1") is None
        refuse_addresses(listener, {IPv6Address("2001:db8::").packed[:8]})
        caller = connected(listener, "::1")
        assert caller is not None
        caller.close()


def test_nobody_is_refused_before_somebody_was() -> None:
    with listening() as listener:
        refuse_addresses(listener, ())
        caller = connected(listener, HOG)
        assert caller is not None
        caller.close()


def test_whoever_comes_while_nobody_is_let_in_comes_in_afterwards() -> None:
    with listening() as listener, ExitStack() as opened:
        before = connected(listener, HOG)
        assert before is not None
        opened.enter_context(before)
        late = opened.enter_context(socket.socket())
        late.setblocking(False)
        with nobody_new(listener):
            assert connected(listener, OTHER) is None
            late.connect_ex(listener.getsockname())
            opened.enter_context(listener.accept()[0]).sendall(b"still heard")
        assert before.recv(20) == b"still heard"
        late.settimeout(10)
        listener.settimeout(10)
        opened.enter_context(listener.accept()[0]).sendall(b"in")
        assert late.recv(20) == b"in"


async def ends(caller: socket.socket) -> bool:
    """Wait until a connection is over."""
    caller.setblocking(False)
    try:
        return await asyncio.get_running_loop().sock_recv(caller, 1) == b""
    except ConnectionError:
        return True


@pytest.mark.timeout(60)
async def test_one_address_keeps_no_more_than_its_share_and_others_come_in() -> None:
    async with AsyncExitStack() as opened:
        listener = opened.enter_context(listening())
        hogs: list[socket.socket] = []
        inside: list[socket.socket] = []
        for _ in range(60):
            caller = connected(listener, HOG)
            assert caller is not None
            hogs.append(opened.enter_context(caller))
            inside.append(opened.enter_context(listener.accept()[0]))
        tasks = await opened.enter_async_context(asyncio.TaskGroup())
        guard = tasks.create_task(keep_room(listener, 40))
        over = [tasks.create_task(ends(one)) for one in hogs]
        for ended in itertools.islice(asyncio.as_completed(over, timeout=20), 20):
            assert await ended
        assert await asyncio.to_thread(connected, listener, HOG) is None
        other = await asyncio.to_thread(connected, listener, OTHER)
        assert other is not None
        other.close()
        assert sum(task.done() for task in over) == 20
        for task in over:
            task.cancel()
        await asyncio.wait(over)
        for one in (*hogs, *inside):
            one.close()
        assert await until_heard(listener)
        guard.cancel()


async def until_heard(listener: socket.socket) -> bool:
    """Try again until the connections of before have been forgotten."""
    while True:
        caller = await asyncio.to_thread(connected, listener, HOG)
        if caller is not None:
            caller.close()
            return True


async def test_where_the_kernel_takes_no_filter_the_surplus_is_shut_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EINVAL, "no filters here")

    monkeypatch.setattr("sonarium.net.crowding.refuse_addresses", refuse)
    async with AsyncExitStack() as opened:
        listener = opened.enter_context(listening())
        hogs: list[socket.socket] = []
        for _ in range(60):
            caller = connected(listener, HOG)
            assert caller is not None
            hogs.append(opened.enter_context(caller))
            opened.enter_context(listener.accept()[0])
        guard = asyncio.create_task(keep_room(listener, 40))
        over = [asyncio.create_task(ends(one)) for one in hogs]
        for ended in itertools.islice(asyncio.as_completed(over, timeout=20), 20):
            assert await ended
        assert not guard.done()
        for task in (guard, *over):
            task.cancel()
        await asyncio.wait([guard, *over])
