"""How programs of a trial come in: by an access token that the command line gives out."""

import subprocess
import sys
from pathlib import Path

_PROGRAM = str(Path(sys.executable).with_name("sonarium"))
_CLIENT_ID = "trial"
_SCOPES = ("system/ImagingStudy.rs", "system/ImagingStudy.c")


def bearer_of(data: Path) -> dict[str, str]:
    """Add a program to a data folder and return the header that lets it in for a day."""
    scopes = [part for scope in _SCOPES for part in ("--scope", scope)]
    _run("client", "add", _CLIENT_ID, *scopes, "--data", str(data))
    token = _run("client", "token", _CLIENT_ID, "--hours", "24", "--data", str(data))
    return {"Authorization": f"Bearer {token}"}


def _run(*arguments: str) -> str:
    finished = subprocess.run([_PROGRAM, *arguments], check=True, capture_output=True, text=True)
    return finished.stdout.strip()
