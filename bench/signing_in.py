"""How a trial comes in: programs by a token of the command line, people by setting up sign-in."""

import subprocess
import sys
from pathlib import Path

import httpx
import pyotp

_PROGRAM = str(Path(sys.executable).with_name("sonarium"))
_CLIENT_ID = "trial"
_SCOPES = ("system/ImagingStudy.rs", "system/ImagingStudy.c")


def bearer_of(data: Path) -> dict[str, str]:
    """Add a program to a data folder and return the header that lets it in for a day."""
    scopes = [part for scope in _SCOPES for part in ("--scope", scope)]
    _run("client", "add", _CLIENT_ID, *scopes, "--data", str(data))
    token = _run("client", "token", _CLIENT_ID, "--hours", "24", "--data", str(data))
    return {"Authorization": f"Bearer {token}"}


def person(data: Path, site: str, user_name: str, *options: str) -> dict[str, str]:
    """Add somebody to a data folder that is served at `site`, and return their cookie.

    Args:
        data: the data folder.
        site: where it is served, as `http://127.0.0.1:8042`.
        user_name: theirs, in small letters.
        options: of `sonarium user add`.
    """
    said = _run("user", "add", user_name, *options, "--data", str(data))
    secret = said.rpartition("#")[2].split()[0]
    with httpx.Client(base_url=site, headers={"Origin": site}) as browser:
        offer = browser.post("/api/enrolment/offer", json={"secret": secret}).raise_for_status()
        totp_secret = offer.json()["totpSecret"]
        choice = {
            "secret": secret,
            "userName": user_name,
            "displayName": user_name,
            "password": "four words of a trial",
            "totpSecret": totp_secret,
            "code": pyotp.TOTP(totp_secret).now(),
        }
        enrolled = browser.post("/api/enrolment", json=choice).raise_for_status()
    return {"Cookie": enrolled.headers["Set-Cookie"].partition(";")[0]}


def _run(*arguments: str) -> str:
    finished = subprocess.run([_PROGRAM, *arguments], check=True, capture_output=True, text=True)
    return finished.stdout.strip()
