import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeAlias

import pytest

from sonarium.net.acceptor import DimseServer
from sonarium.net.association import Association, AssociationLost
from sonarium.net.requestor import (
    AssociationRejected,
    PeerAddress,
    PeerUnreachable,
    Proposal,
    associate,
    number_contexts,
)
from sonarium.net.settings import AssociationSettings
from sonarium.wire.upper_layer.pdu import (
    Abort,
    AssociateRJ,
    AssociateRQ,
    ReleaseRQ,
    data_header,
    encode_pdu,
)
from sonarium.wire.upper_layer.presentation_context import ProposedContext
from sonarium.wire.upper_layer.user_information import UserInformation

Serve: TypeAlias = Callable[..., Awaitable[DimseServer]]
Call: TypeAlias = Callable[..., Awaitable[Association]]

SOON = timedelta(milliseconds=60)
QUICK = AssociationSettings(artim=SOON, connect_timeout=SOON, associate_timeout=SOON)
PROPOSAL = Proposal(
    calling_ae_title="ARCHIVE",
    called_ae_title="SCANNER",
    presentation_contexts=number_contexts(("1.2.840.10008.1.1", ("1.2.840.10008.1.2",))),
)
ODD_REQUEST = AssociateRQ(
    "A", "B", (ProposedContext(1, "1.2", ("1.3",)),), UserInformation(0, "1.2")
)


async def answering(answer: bytes) -> tuple[asyncio.Server, PeerAddress, list[bytes]]:
    """Listen, give one answer to whatever comes first, and keep what was heard after it."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(answer)
        heard.append(await reader.read(65536))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, PeerAddress("127.0.0.1", server.sockets[0].getsockname()[1]), heard


def test_contexts_get_odd_numbers() -> None:
    contexts = number_contexts(("1.2", ("1.3",)), ("1.4", ("1.5", "1.6")))
    assert contexts == (
        ProposedContext(1, "1.2", ("1.3",)),
        ProposedContext(3, "1.4", ("1.5", "1.6")),
    )


@pytest.mark.parametrize(
    "change",
    [
        {"called_ae_title": "A" * 17},
        {"calling_ae_title": ""},
        {"presentation_contexts": number_contexts(*([("1.2", ("1.3",))] * 129))},
    ],
    ids=["a long AE title", "no AE title", "too many contexts"],
)
async def test_an_impossible_request_is_refused_before_connecting(
    change: dict[str, Any],
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each says it in its own words
        await associate(PeerAddress("nowhere.invalid", 104), replace(PROPOSAL, **change), QUICK)


async def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(PeerUnreachable, match="refused"):
        await associate(PeerAddress("127.0.0.1", port), PROPOSAL, QUICK)


async def test_a_host_without_address_is_told() -> None:
    with pytest.raises(PeerUnreachable):
        await associate(PeerAddress("nowhere.invalid", 104), PROPOSAL, QUICK)


async def test_a_peer_that_never_answers_is_given_up() -> None:
    server, address, _ = await answering(b"")
    async with server:
        with pytest.raises(PeerUnreachable, match="no answer in time"):
            await associate(address, PROPOSAL, QUICK)


async def test_a_rejection_is_told_with_its_reason() -> None:
    server, address, _ = await answering(encode_pdu(AssociateRJ(2, 3, 1)))
    async with server:
        with pytest.raises(AssociationRejected) as rejected:
            await associate(address, PROPOSAL, QUICK)
    rejection = rejected.value.rejection
    assert (rejection.result, rejection.source, rejection.reason) == (2, 3, 1)


@pytest.mark.parametrize(
    ("answer", "abort"),
    [
        (encode_pdu(Abort(2, 1)), b""),
        (encode_pdu(ReleaseRQ()), encode_pdu(Abort(2, 2))),
        (encode_pdu(ODD_REQUEST), encode_pdu(Abort(2, 2))),
        (data_header(1, 0, is_command=True, is_last=True), encode_pdu(Abort(2, 2))),
        (b"HTTP/1.1 400 Bad Request\r\n", encode_pdu(Abort(2, 1))),
        (b"\2\0\xff\xff\xff\xff", encode_pdu(Abort(2, 6))),
    ],
    ids=["an abort", "a release", "a request", "data", "HTTP", "a huge answer"],
)
async def test_an_answer_that_is_none_loses_the_association(answer: bytes, abort: bytes) -> None:
    server, address, heard = await answering(answer)
    async with server:
        with pytest.raises(AssociationLost):
            await associate(address, PROPOSAL, QUICK)
        async with asyncio.timeout(5):
            while not heard:
                await asyncio.sleep(0)
    assert heard == [abort]


async def test_the_association_knows_both_sides(serve: Serve, call: Call) -> None:
    server = await serve()
    async with await call(server, PROPOSAL) as association:
        assert association.calling_ae_title == "ARCHIVE"
        assert association.called_ae_title == "SCANNER"
        assert association.peer_address == "127.0.0.1"
        assert association.is_established


async def test_a_cancelled_request_leaves_nothing_open() -> None:
    server, address, _ = await answering(b"")
    patient = AssociationSettings(associate_timeout=timedelta(minutes=1))
    async with server:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(associate(address, PROPOSAL, patient))
            await asyncio.sleep(0.02)
            task.cancel()
        assert task.cancelled()
