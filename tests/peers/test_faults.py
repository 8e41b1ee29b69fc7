"""Disks that fill up or fail and processes that are killed, under `sonarium serve`.

Whatever happens, a success that was said is an object that can be fetched, a refusal leaves
nothing behind, and the service is well again when the fault has ended.
"""

import asyncio
import hashlib
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic

import pytest
from bench.crash_clients import EXPLICIT, US_IMAGE, Sent, make_object, part10
from tests.peers.service import AE_TITLE, Service, running_service
from tests.peers.test_served_round_trip import fetch, stow

from sonarium.net.errors import AssociationLost
from sonarium.net.requestor import PeerAddress, Proposal, associate
from sonarium.net.settings import AssociationSettings
from sonarium.peers.storage_scu import StorageSCU, plan_associations

pytestmark = pytest.mark.peers

OUT_OF_RESOURCES = 0xA700
SMALL_DISK_MIB = 64
HEALED_WITHIN_S = 20.0


@asynccontextmanager
async def scu_of(service: Service) -> AsyncIterator[StorageSCU]:
    """Associate for ultrasound images."""
    [(contexts, _)] = plan_associations({(US_IMAGE, EXPLICIT)}, 128)
    proposal = Proposal(
        calling_ae_title="FAULTS", called_ae_title=AE_TITLE, presentation_contexts=contexts
    )
    address = PeerAddress("127.0.0.1", service.dimse_port)
    async with await associate(address, proposal, AssociationSettings()) as association:
        yield StorageSCU(association)


async def store(scu: StorageSCU, number: int) -> tuple[Sent, int]:
    """Store object `number`; returns what it was and the status."""
    sent, data_set = make_object(number)
    return sent, await scu.store(US_IMAGE, sent.sop_instance_uid, EXPLICIT, data_set)


async def store_patiently(service: Service, number: int) -> float:
    """Store until it succeeds; returns how long that took."""
    began = monotonic()
    while monotonic() - began < HEALED_WITHIN_S:
        try:
            async with scu_of(service) as scu:
                _, status = await store(scu, number)
        except (AssociationLost, OSError):
            status = -1
        if status == 0:
            return monotonic() - began
        await asyncio.sleep(0.2)
    raise AssertionError(f"still refused after {HEALED_WITHIN_S:.0f} s: {service.log[-3000:]}")


async def assert_exactly(service: Service, acknowledged: list[Sent], others: list[Sent]) -> None:
    """Fetch everything: each acknowledged object is whole, and of the others none is half there.

    An object may be kept although its answer was lost; then it is whole.
    """
    everything = {one.sop_instance_uid: one.sha256 for one in [*acknowledged, *others]}
    kept = await fetch(service, {one.study_instance_uid for one in acknowledged})
    assert {one.sop_instance_uid for one in acknowledged} <= {it.sop_instance_uid for it in kept}
    assert all(everything[it.sop_instance_uid] == it.sha256.hex() for it in kept)


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a file system that is soon full."""
    folder.mkdir(parents=True)
    options = f"size={SMALL_DISK_MIB}m,mode=0700"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("this account may not mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def test_a_full_disk_refuses_until_there_is_room_again(tmp_path: Path) -> None:
    blobs = tmp_path / "service" / "data" / "blobs"
    with small_disk(blobs):
        async with running_service(
            tmp_path / "service", SONARIUM_STORAGE__RESERVE_BYTES=str(4 * 2**20)
        ) as service:
            acknowledged: list[Sent] = []
            refused: list[Sent] = []
            statuses: set[int] = set()
            async with scu_of(service) as scu:
                for number in range(200):
                    sent, status = await store(scu, number)
                    (refused if status else acknowledged).append(sent)
                    statuses.add(status)
            assert statuses == {0, OUT_OF_RESOURCES}
            last, data_set = make_object(999)
            answer = await stow(service, part10(last, data_set))
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            await assert_exactly(service, acknowledged, [])
            subprocess.run(["mount", "-o", "remount,size=160m", str(blobs)], check=True)
            await store_patiently(service, 1_000)
            await assert_exactly(service, acknowledged, refused)


@pytest.mark.parametrize("victim", ["postgresql", "dimse", "web"])
async def test_a_killed_process_costs_no_object(tmp_path: Path, victim: str) -> None:
    async with running_service(tmp_path) as service:
        pids = {
            "postgresql": service.pid_of_postgres,
            "dimse": service.pid_of_dimse,
            "web": service.pid_of_web,
        }
        acknowledged: list[Sent] = []
        others: list[Sent] = []
        for number in range(60):
            if number == 20:
                os.kill(pids[victim](), signal.SIGKILL)
            sent, _ = make_object(number)
            try:
                async with scu_of(service) as scu:
                    _, status = await store(scu, number)
            except (AssociationLost, OSError):
                status = -1
            (others if status else acknowledged).append(sent)
        assert len(acknowledged) >= 20
        await service.until_well(HEALED_WITHIN_S)
        await store_patiently(service, 1_000)
        await assert_exactly(service, acknowledged, others)


def test_objects_are_made_alike_each_time() -> None:
    assert make_object(5) == make_object(5)
    sent, data_set = make_object(5)
    assert sent.sha256 == hashlib.sha256(data_set).hexdigest()
