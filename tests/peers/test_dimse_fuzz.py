"""Nonsense within an association harms nobody; `./dev fuzz dimse` talks more of it."""

from pathlib import Path

import pytest
from tests.fuzz.dimse import trial
from tests.peers.service import running_service


@pytest.mark.peers
@pytest.mark.timeout(300)
async def test_nonsense_after_the_greeting_is_answered_or_ended(tmp_path: Path) -> None:
    async with running_service(tmp_path) as service:
        outcome = await trial(service, runs=400, seed=7)
    assert outcome.mistakes == []
    assert outcome.ends["answered"] > 100
