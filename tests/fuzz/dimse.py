"""Talks nonsense to a running archive, beyond A-ASSOCIATE: in every state that a peer can reach.

    python -m tests.fuzz.dimse --runs 10000 --seed 1

Each trial is an association that was agreed upon, and then messages whose command sets, fragments,
data sets and PDUs are changed, cut, repeated or out of order. Every trial must end within seconds,
with an answer, an abort or a closed connection; nothing may be our mistake, no process may end, and
C-ECHO must be answered at the end. A seed says the same again.
"""

import argparse
import asyncio
import random
import ssl
import struct
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Final

from tests.faces.dimse.entity import CONTEXTS
from tests.fuzz.data_set import INTERESTING, mutate
from tests.peers.secure_service import SecureService, running_secure_service
from tests.peers.service import AE_TITLE, Service, running_service
from tests.services.data_sets import still

from sonarium.wire.dimse.command import Command, CommandField, encode_command
from sonarium.wire.dimse.message import command_pdus
from sonarium.wire.upper_layer.pdu import (
    Abort,
    AssociateRQ,
    PDUType,
    ReleaseRP,
    ReleaseRQ,
    data_header,
    encode_pdu,
)
from sonarium.wire.upper_layer.user_information import UserInformation

AT_ONCE: Final = 8
ENDS_WITHIN_S: Final = 15.0
"""Ours is to answer at once; the rest is for a busy machine."""
QUIET_S: Final = 0.3
OUR_MISTAKES: Final = ("dimse_request_failed", "association_failed", "Traceback")
UIDS: Final = ("2.25.1", "", "1." * 40, "../../etc/passwd", "1.2.3\0", "é", "*", "2.25.10001")
TITLES: Final = (AE_TITLE, "NOBODY", "A" * 16, "", "\\", "../x")


@dataclass(slots=True)
class Outcome:
    """What was seen."""

    ends: Counter[str] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)
    slowest_s: float = 0.0


def hello() -> bytes:
    """Ask for an association as a scanner does."""
    return encode_pdu(AssociateRQ(AE_TITLE, "FUZZER", CONTEXTS, UserInformation(16384, "2.25.9")))


def conversation(chance: random.Random) -> bytes:
    """Return what is said once the association is there."""
    said = [_message(chance) for _ in range(chance.choice((1, 1, 2, 4)))]
    for _ in range(chance.choice((0, 0, 1, 2))):
        said.insert(chance.randrange(len(said) + 1), chance.choice(_ASIDES)(chance))
    whole = b"".join(said)
    if chance.random() < 0.2:
        whole = mutate(chance, whole)
    if chance.random() < 0.1:
        whole = whole[: chance.randrange(len(whole) + 1)]
    return whole


def _message(chance: random.Random) -> bytes:
    """Return one message, whose parts may be changed one by one."""
    has_data_set = chance.random() < 0.7
    command = Command(
        field=chance.choice(list(CommandField)),
        has_data_set=has_data_set,
        message_id=chance.choice((0, 1, 1, 2, 65535)),
        message_id_responded_to=chance.choice((None, None, 1, 9)),
        affected_sop_class_uid=chance.choice((*UIDS, *(it.abstract_syntax for it in CONTEXTS))),
        requested_sop_class_uid=chance.choice((None, None, *UIDS)),
        affected_sop_instance_uid=chance.choice((None, *UIDS)),
        requested_sop_instance_uid=chance.choice((None, None, *UIDS)),
        priority=chance.choice((0, 1, 2, 7, 65535)),
        move_destination=chance.choice((None, None, *TITLES)),
        status=chance.choice((None, None, 0, 0xFF00, 0xB000)),
        action_type_id=chance.choice((None, 1, 2)),
        event_type_id=chance.choice((None, 1)),
    )
    encoded = encode_command(command)
    if chance.random() < 0.4:
        encoded = mutate(chance, encoded)
    context_id = chance.choice((*(it.context_id for it in CONTEXTS), 0, 2, 255))
    pdus = command_pdus(context_id, encoded, chance.choice((16384, 256, 64)))
    if not has_data_set and chance.random() < 0.8:
        return pdus
    data_set = chance.choice((still(chance.randrange(1, 5)), b"", b"\0" * 300))
    if chance.random() < 0.6:
        data_set = mutate(chance, data_set)
    return pdus + _fragments(chance, context_id, data_set)


def _fragments(chance: random.Random, context_id: int, data_set: bytes) -> bytes:
    """Cut a data set as a peer may, or may not."""
    parts = []
    size = chance.choice((1, 50, 300, 8000))
    pieces = [data_set[at : at + size] for at in range(0, len(data_set), size)][:200] or [b""]
    for at, piece in enumerate(pieces):
        is_last = at == len(pieces) - 1 if chance.random() < 0.95 else chance.random() < 0.5
        is_command = chance.random() < 0.02
        other = context_id if chance.random() < 0.98 else chance.choice((0, 1, 3, 4))
        header = data_header(other, len(piece), is_command=is_command, is_last=is_last)
        parts.append(header + piece)
    return b"".join(parts)


def _lies_about_length(chance: random.Random) -> bytes:
    length = chance.choice((0, 1, 5, 6, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF))
    kind = chance.choice((*PDUType, 0, 8, 255))
    return struct.pack(">BBI", kind, chance.randrange(2), length) + bytes(chance.randrange(40))


def _values_that_overlap(chance: random.Random) -> bytes:
    """A P-DATA-TF whose items say other lengths than it has."""
    items = b"".join(
        struct.pack(">IBB", chance.choice((0, 1, 2, 3, 9, 0xFFFFFFFF)), 1, chance.randrange(256))
        + chance.choice(INTERESTING)
        for _ in range(chance.randrange(1, 5))
    )
    return struct.pack(">BBI", PDUType.P_DATA_TF, 0, len(items)) + items


_ASIDES: Final[tuple[Callable[[random.Random], bytes], ...]] = (
    lambda _: hello(),
    lambda _: encode_pdu(ReleaseRQ()),
    lambda _: encode_pdu(ReleaseRP()),
    lambda chance: encode_pdu(Abort(chance.choice((0, 1, 2)), chance.choice((0, 1, 6)))),
    _lies_about_length,
    _values_that_overlap,
    lambda chance: chance.randbytes(chance.randrange(1, 200)),
)


async def talk(port: int, seed: int, trust: ssl.SSLContext | None) -> tuple[str, float]:
    """Have one conversation, over TLS where given; tell how it ended, and after how long."""
    began = monotonic()
    try:
        async with asyncio.timeout(ENDS_WITHIN_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust)
            try:
                writer.write(hello())
                head = await reader.readexactly(6)
                await reader.readexactly(int.from_bytes(head[2:], "big"))
                if head[0] != PDUType.A_ASSOCIATE_AC:
                    return "refused", monotonic() - began
                writer.write(conversation(random.Random(seed)))
                if trust is not None:
                    return await _until_quiet(reader), monotonic() - began
                writer.write_eof()
                answer = await reader.read(-1)
                return ("answered" if answer else "closed"), monotonic() - began
            finally:
                writer.close()
    except (OSError, asyncio.IncompleteReadError):
        return "closed", monotonic() - began
    except TimeoutError:
        return "hangs", monotonic() - began


async def _until_quiet(reader: asyncio.StreamReader) -> str:
    """Hear the answer; there is no end of one direction in TLS, so whoever is silent is left."""
    is_answered = False
    try:
        while True:
            async with asyncio.timeout(QUIET_S):
                answer = await reader.read(65536)
            if not answer:
                return "answered" if is_answered else "closed"
            is_answered = True
    except TimeoutError:
        return "answered" if is_answered else "left"


async def trial(service: Service, runs: int, seed: int) -> Outcome:
    """Have many conversations, some at once, and look at the archive afterwards."""
    outcome = Outcome()
    processes = service.family()
    trust = service.trust if isinstance(service, SecureService) else None
    seeds = iter(range(seed * 1_000_000, seed * 1_000_000 + runs))

    async def one_after_another() -> None:
        for one in seeds:
            end, took = await talk(service.dimse_port, one, trust)
            outcome.ends[end] += 1
            outcome.slowest_s = max(outcome.slowest_s, took)
            if end == "hangs":
                outcome.mistakes.append(f"seed {one} hangs")

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    if not set(processes) <= set(service.family()):
        outcome.mistakes.append("a process ended")
    if not await service.is_well():
        outcome.mistakes.append("C-ECHO or a search is not answered any more")
    outcome.mistakes += [
        line for line in service.log.splitlines() if any(one in line for one in OUR_MISTAKES)
    ]
    return outcome


async def main(runs: int, seed: int) -> int:
    """Run an archive and talk to it, in clear and then over TLS; returns the exit code."""
    mistakes: list[str] = []
    for name, running in (("in clear", running_service), ("over TLS", running_secure_service)):
        with tempfile.TemporaryDirectory() as folder:
            async with running(Path(folder)) as service:
                outcome = await trial(service, runs, seed)
        print(f"{name}: {dict(outcome.ends)}, the slowest {outcome.slowest_s:.1f} s")
        mistakes += outcome.mistakes
    print("\n".join(mistakes[:50]) or "no mistake of ours")
    return 1 if mistakes else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    raise SystemExit(asyncio.run(main(given.runs, given.seed)))
