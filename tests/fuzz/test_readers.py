"""What reads a stranger's bytes takes what is good, and refuses the rest by an error of ours.

`./dev fuzz guided` goes on for longer, led by what it reaches.
"""

import contextlib
from pathlib import Path

import pytest
from tests.fuzz.guided import HAS_ATHERIS, run
from tests.fuzz.readers import READERS, REFUSALS


@pytest.mark.parametrize("name", READERS)
def test_good_inputs_are_read(name: str, testdata: Path) -> None:
    taken = 0
    for good in READERS[name].begins_with(testdata):
        with contextlib.suppress(*REFUSALS):
            READERS[name].read(good)
            taken += 1
    assert taken > 0


@pytest.mark.skipif(not HAS_ATHERIS, reason="there is a wheel of Atheris for Linux on x86-64 alone")
@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", READERS)
def test_changed_inputs_are_read_or_refused(name: str, tmp_path: Path) -> None:
    assert run(name, tmp_path, "-runs=1000", "-seed=1", "-print_pcs=0") == 0
