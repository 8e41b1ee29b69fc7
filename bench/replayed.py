"""The least that a conversation can take: its recorded answers, sent again by nobody's archive."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

_PIECE = 65_536
_LOOPBACK = "127.0.0.1"


class Recording:
    """What two sides said in one conversation, in turns."""

    def __init__(self) -> None:
        self.turns: list[tuple[bool, bytearray]] = []
        """Whether the server spoke, and what it said."""

    def add(self, said: bytes, *, by_server: bool) -> None:
        """Note what one side said next."""
        if not self.turns or self.turns[-1][0] is not by_server:
            self.turns.append((by_server, bytearray()))
        self.turns[-1][1].extend(said)


def record(port: int, converse: Callable[[int], None]) -> Recording:
    """Let a client converse, once, with the server at a port; it is given the port to call."""
    recording = Recording()
    with socket.create_server((_LOOPBACK, 0)) as door:
        caller = Thread(target=converse, args=(door.getsockname()[1],))
        caller.start()
        client, _ = door.accept()
        server = socket.create_connection((_LOOPBACK, port))
        with client, server:
            answers = Thread(
                target=_pass_on, args=(server, client, recording), kwargs={"by_server": True}
            )
            answers.start()
            _pass_on(client, server, recording, by_server=False)
            answers.join()
        caller.join()
    return recording


def _pass_on(
    here: socket.socket, there: socket.socket, notes: Recording, *, by_server: bool
) -> None:
    while said := here.recv(_PIECE):
        notes.add(said, by_server=by_server)
        there.sendall(said)
    there.shutdown(socket.SHUT_WR)


@contextmanager
def replaying(recording: Recording) -> Iterator[int]:
    """Answer every caller as it was recorded; gives the port."""
    with socket.create_server((_LOOPBACK, 0)) as door:
        Thread(target=_replay, args=(door, recording), daemon=True).start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)


def _replay(door: socket.socket, recording: Recording) -> None:
    while True:
        try:
            caller, _ = door.accept()
        except OSError:  # the door is shut
            return
        caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with caller:
            for by_server, said in recording.turns:
                if by_server:
                    caller.sendall(said)
                else:
                    _hear(caller, len(said))


def _hear(caller: socket.socket, length: int) -> None:
    while length > 0:
        heard = len(caller.recv(min(length, _PIECE)))
        length -= heard or length
