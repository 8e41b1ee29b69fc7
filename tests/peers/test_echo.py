import pytest
from tests.peers.loopback import QUICK, Peer, listening

from sonarium.net.requestor import PeerAddress, PeerUnreachable
from sonarium.peers.echo import echo
from sonarium.peers.errors import ContextRefused


async def status_from(address: PeerAddress) -> int:
    return await echo(address, QUICK, calling_ae_title="SONARIUM", called_ae_title="SCANNER")


async def test_a_peer_that_answers_is_alive() -> None:
    peer = Peer()
    async with listening(peer) as address:
        assert await status_from(address) == 0
    assert peer.requests[0].calling_ae_title == "SONARIUM"
    assert peer.requests[0].called_ae_title == "SCANNER"


async def test_the_status_is_the_peers() -> None:
    async with listening(Peer(status_of=lambda _: 0x0122)) as address:
        assert await status_from(address) == 0x0122


async def test_a_peer_that_does_not_verify_is_told_from_one_that_is_gone() -> None:
    async with listening(Peer(takes=lambda _: None)) as address:
        with pytest.raises(ContextRefused):
            await status_from(address)
    with pytest.raises(PeerUnreachable):
        await status_from(address)
