"""Nonsense within an association harms nobody; `./dev fuzz dimse` talks more of it."""

from pathlib import Path

import pytest
from tests.fuzz.dimse import trial
from tests.peers.secure_service import running_secure_service
from tests.peers.service import running_service

pytestmark = [pytest.mark.peers, pytest.mark.timeout(300)]


async def test_nonsense_after_the_greeting_is_answered_or_ended(tmp_path: Path) -> None:
    async with running_service(tmp_path) as service:
        outcome = await trial(service, runs=400, seed=7)
    assert outcome.mistakes == []
    assert outcome.ends["answered"] > 100


async def test_nonsense_within_tls_is_answered_or_ended(tmp_path: Path) -> None:
    async with running_secure_service(tmp_path) as service:
        outcome = await trial(service, runs=200, seed=11)
    assert outcome.mistakes == []
    assert outcome.ends["answered"] > 50
