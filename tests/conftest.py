"""Fixtures that every test may use."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def testdata() -> Path:
    """The folder of real objects that lies beside the repository."""
    return Path(__file__).resolve().parents[2] / "shared" / "testdata"
