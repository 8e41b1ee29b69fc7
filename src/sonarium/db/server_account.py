"""Who PostgreSQL runs as: it refuses to be root.

An ordinary user runs it as itself. Root runs it under a user number that nobody has; only the
cluster's folder is given to that number. Where the programs lie in a folder closed to others
(a virtual environment under `/root`), root uses a user namespace instead: inside it the server
has that number, outside its files stay root's. ADR 0003 weighs the ways.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

from sonarium.db.errors import PostgreSQLRefused

SERVER_UID: Final = 61_997
"""Outside the ranges of Debian's accounts: no user has it."""
_NOBODY: Final = 65_534


class Identity(TypedDict, total=False):
    """What `subprocess` takes to give up being root, after it has changed folder."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class ServerAccount:
    """A way to run PostgreSQL's programs as somebody who is not root."""

    def as_server(self, command: Sequence[str], cluster: Path) -> list[str]:  # noqa: ARG002  # it is ours already
        """Return the command to run, and let its account own the cluster's folder."""
        return list(command)

    def as_initdb(self, command: Sequence[str], give: Iterable[Path]) -> list[str]:  # noqa: ARG002  # same for all ways
        """Return the command to run, and let its account own some paths."""
        return list(command)

    def server_identity(self) -> Identity:
        """Return how the process gives up being root."""
        return {}

    def initdb_identity(self) -> Identity:
        """As `server_identity`, for initdb, which wants a user that has a name."""
        return {}


@dataclass(frozen=True, slots=True)
class UnnamedUser(ServerAccount):
    """Root becomes a user number that nobody has."""

    def as_server(self, command: Sequence[str], cluster: Path) -> list[str]:
        """See the base."""
        _give(cluster, SERVER_UID)
        return list(command)

    def as_initdb(self, command: Sequence[str], give: Iterable[Path]) -> list[str]:
        """See the base."""
        for path in give:
            os.chown(path, _named_uid(), -1)
        return list(command)

    def server_identity(self) -> Identity:
        """See the base."""
        return {"user": SERVER_UID, "group": SERVER_UID, "extra_groups": []}

    def initdb_identity(self) -> Identity:
        """See the base."""
        return {"user": _named_uid(), "group": _named_uid(), "extra_groups": []}


@dataclass(frozen=True, slots=True)
class UserNamespace(ServerAccount):
    """Root stays root outside, and is an unprivileged number inside a namespace."""

    def as_server(self, command: Sequence[str], cluster: Path) -> list[str]:
        """See the base."""
        _give(cluster, 0)
        return _in_namespace(SERVER_UID, command)

    def as_initdb(self, command: Sequence[str], give: Iterable[Path]) -> list[str]:  # noqa: ARG002  # files stay root's
        """See the base."""
        return _in_namespace(_named_uid(), command)


def choose_account(programs: Path) -> ServerAccount:
    """Choose how to run the programs of a folder.

    Raises:
        PostgreSQLRefused: we are root, and neither way is open.
    """
    if os.geteuid() != 0:
        return ServerAccount()
    if _runs([str(programs / "postgres"), "--version"], UnnamedUser().server_identity()):
        return UnnamedUser()
    if shutil.which("unshare") and _runs(
        _in_namespace(SERVER_UID, [str(programs / "postgres"), "--version"]), {}
    ):
        return UserNamespace()
    raise PostgreSQLRefused(
        f"PostgreSQL does not run as root, and others cannot reach its programs in {programs}: "
        "run Sonarium as an ordinary user, or install it where others can read, such as /opt"
    )


def _runs(command: Sequence[str], identity: Identity) -> bool:
    try:
        tried = subprocess.run(
            command, check=False, capture_output=True, timeout=10, cwd="/", **identity
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0


def _in_namespace(uid: int, command: Sequence[str]) -> list[str]:
    return ["unshare", "--user", f"--map-user={uid}", f"--map-group={uid}", "--", *command]


def _named_uid() -> int:
    """Return a user number without rights that has a name; initdb looks its user up."""
    numbers = {entry.pw_uid for entry in pwd.getpwall()}
    return _NOBODY if _NOBODY in numbers else min(numbers - {0}, default=_NOBODY)


def _give(folder: Path, uid: int) -> None:
    """Let a user own a folder and all in it, unless it does already."""
    if os.geteuid() == 0 and folder.stat().st_uid != uid:
        for path in folder.rglob("*"):
            os.chown(path, uid, uid, follow_symlinks=False)
        os.chown(folder, uid, uid)
    elif os.geteuid() == 0:
        for name in ("sonarium.conf", "site.conf"):
            if (folder / name).exists():
                os.chown(folder / name, uid, uid)
