"""Leases of writers, and what is settled."""

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sonarium.storage.volumes import (
    SettlementLedger,
    WriterLease,
    lease_holders,
    lease_of,
    volume_name,
)


def test_a_lease_is_live_until_released(tmp_path: Path) -> None:
    lease = WriterLease.acquire(tmp_path)
    assert lease_holders(tmp_path) == ({lease.name}, set())
    lease.release()
    assert lease_holders(tmp_path) == (set(), set())


DIE_HOLDING_A_LEASE = """
import os, pathlib, sys
from sonarium.storage.volumes import WriterLease
lease = WriterLease.acquire(pathlib.Path(sys.argv[1]))
os._exit(0)
"""


def test_a_lease_dies_with_its_process(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", DIE_HOLDING_A_LEASE, str(tmp_path)], check=True)
    live, dead = lease_holders(tmp_path)
    assert live == set()
    assert len(dead) == 1


def test_a_forked_child_does_not_prolong_a_lease(tmp_path: Path) -> None:
    lease = WriterLease.acquire(tmp_path)
    ready_read, ready_write = os.pipe()
    end_read, end_write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(ready_write, b"x")
        os.read(end_read, 1)
        os._exit(0)
    os.read(ready_read, 1)
    lease.forget()
    holders = lease_holders(tmp_path)
    os.write(end_write, b"x")
    os.waitpid(child, 0)
    for fd in (ready_read, ready_write, end_read, end_write):
        os.close(fd)
    assert holders == (set(), {lease.name})


def test_two_leases_never_share_a_name(tmp_path: Path) -> None:
    names = {WriterLease.acquire(tmp_path).name for _ in range(50)}
    assert len(names) == 50


def test_a_volume_names_its_lease() -> None:
    assert lease_of(volume_name("0123456789abcdef0123", 7)) == "0123456789abcdef0123"


@given(blobs=st.lists(st.sampled_from("ab")), closed=st.sets(st.sampled_from("ab")))
def test_a_volume_is_settled_when_closed_and_all_its_blobs_are(
    blobs: list[str], closed: set[str]
) -> None:
    ledger = SettlementLedger()
    for volume in blobs:
        ledger.add(volume)
    for volume in closed:
        ledger.close(volume)
    assert set(ledger.settled()) == closed - set(blobs)
    for volume in blobs:
        ledger.settle(volume)
    assert set(ledger.settled()) == closed
    ledger.forget(closed)
    ledger.settle("a")
    assert ledger.settled() == []
