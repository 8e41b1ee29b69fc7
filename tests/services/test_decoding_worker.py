"""A worker leaves when nobody holds its other end."""

import socket
import subprocess
import sys

from sonarium.services import decoding_worker as worker


def test_a_worker_says_it_is_ready_and_leaves_with_its_parent() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            (sys.executable, "-m", worker.__name__, str(theirs.fileno()), str(2**28)),
            pass_fds=(theirs.fileno(),),
        )
        theirs.close()
        ours.settimeout(30)
        kind, length = worker.REPLY_HEAD.unpack(ours.recv(worker.REPLY_HEAD.size))
        assert (kind, length) == (worker.READY, 0)
        ours.close()
        assert process.wait(timeout=30) == 0
