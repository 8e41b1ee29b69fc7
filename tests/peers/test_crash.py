"""The short form of `./dev crash`: ten kills at random moments, nothing acknowledged is lost."""

from pathlib import Path

import pytest
from bench.crash import trial
from tests.peers.dcmtk import free_port

pytestmark = pytest.mark.peers

CYCLES = 10


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_over_ten_kills(tmp_path: Path) -> None:
    verdict = trial(tmp_path, CYCLES, senders=3, first_port=free_port(), seed=1)
    assert verdict.is_sound
    assert verdict.acknowledged > 10 * CYCLES
