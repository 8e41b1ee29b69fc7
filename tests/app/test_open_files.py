"""A busy archive may open the files that it needs."""

import resource
import subprocess
import sys

from sonarium.app.open_files import NEEDED

TRIAL = """
import resource
from sonarium.app.open_files import TooFewOpenFiles, raise_open_files
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
try:
    print(raise_open_files(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
except TooFewOpenFiles as error:
    print(error)
"""


def trial(soft: int, hard: int) -> str:
    """Raise the limit in a process of its own: a lowered one cannot be raised again."""
    script = TRIAL.format(soft=soft, hard=hard)
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return ran.stdout.strip()


def test_the_limit_is_raised_as_far_as_the_system_lets_us() -> None:
    assert trial(256, NEEDED + 7) == f"{NEEDED + 7} {NEEDED + 7}"


def test_a_limit_that_is_high_already_stays() -> None:
    assert trial(NEEDED + 1, NEEDED + 1) == f"{NEEDED + 1} {NEEDED + 1}"


def test_a_limit_beyond_all_need_is_not_taken() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == resource.RLIM_INFINITY or hard >= NEEDED
    raised = int(trial(1024, hard).split()[1])
    assert NEEDED <= raised <= 65536


def test_a_system_that_lets_us_open_too_few_is_refused_with_the_remedy() -> None:
    said = trial(512, 1024)
    assert said.startswith(f"only 1024 files may be open at once, and {NEEDED} are needed")
    assert "LimitNOFILE=65536" in said
