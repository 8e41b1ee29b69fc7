"""Runs the PostgreSQL that comes with us, private to one data folder.

The server listens on a Unix socket alone, in a folder that only its own user may enter, and
asks for a password (scram). PostgreSQL refuses to run as root: there it runs under a user
number that no account has, and only its data and socket folders belong to that number.
"""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from time import monotonic

import psycopg
from psycopg.conninfo import make_conninfo

from sonarium.base.log import get_logger
from sonarium.db.errors import DatabaseUnavailable
from sonarium.db.postgres_binaries import find_binaries

log = get_logger(__name__)

UNPRIVILEGED_UID = 61_997
"""Outside the ranges of Debian's accounts: no user has it."""
_INITDB_UID = 65_534  # initdb looks its user up: nobody exists everywhere
_LONGEST_SOCKET_FOLDER = 80
_SETTLE_S = 1.0
_USER = "sonarium"
_SETTINGS = """
listen_addresses = ''
max_connections = 80
shared_buffers = '192MB'
work_mem = '16MB'
maintenance_work_mem = '128MB'
effective_cache_size = '1GB'
wal_compression = on
max_wal_size = '2GB'
checkpoint_timeout = '15min'
random_page_cost = 1.1
jit = off
log_min_messages = warning
log_statement = none
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""


@dataclass(frozen=True, slots=True)
class EmbeddedPlace:
    """The folders of one embedded server."""

    root: Path

    @property
    def cluster(self) -> Path:
        """What PostgreSQL calls its data directory."""
        return self.root / "cluster"

    @property
    def password_file(self) -> Path:
        """Holds the password of our one role."""
        return self.root / "password"

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies; paths of sockets are short, so deep folders get a stand-in."""
        folder = self.root / "socket"
        if len(str(folder)) <= _LONGEST_SOCKET_FOLDER:
            return folder
        name = sha256(str(self.root).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"sonarium-{name}"


class EmbeddedPostgres:
    """Starts, adopts and stops the server of one data folder.

    Args:
        root: folder of ours inside the data folder.
        start_within: how long recovery after a crash may take.
    """

    def __init__(self, root: Path, start_within: timedelta = timedelta(seconds=60)) -> None:
        self._place = EmbeddedPlace(root.absolute())
        self._start_within = start_within

    @property
    def dsn(self) -> str:
        """The connection string; it holds the password."""
        return make_conninfo(
            host=str(self._place.socket_folder),
            port=5432,
            user=_USER,
            password=self._place.password_file.read_text().strip(),
            dbname="postgres",
        )

    async def ensure_running(self) -> bool:
        """Start the server unless it runs; tell whether we started it.

        Raises:
            DatabaseUnavailable: it does not come up; the log in the folder says why.
        """
        if not (self._place.cluster / "PG_VERSION").exists():
            await asyncio.to_thread(self._create)
        if self.pid() is not None:
            await self._until_it_answers()
            return False
        self._spawn()
        await self._until_it_answers()
        log.info("postgresql_started", pid=self.pid())
        return True

    def pid(self) -> int | None:
        """Return the process id of the server that runs on this folder, if any."""
        try:
            pid = int((self._place.cluster / "postmaster.pid").read_text().split("\n", 1)[0])
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            folder = Path(f"/proc/{pid}/cwd").readlink()
        except (OSError, ValueError):
            return None
        return pid if name == "postgres" and folder == self._place.cluster else None

    async def stop(self) -> None:
        """Stop the server, if it runs, after its clients finished their statements."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGINT)
        for _ in range(600):
            if self.pid() is None:
                return
            await asyncio.sleep(0.05)
        os.kill(pid, signal.SIGQUIT)

    def _create(self) -> None:
        """Make the cluster; a half-made one from an interrupted attempt is thrown away."""
        place = self._place
        place.root.mkdir(parents=True, exist_ok=True)
        place.root.chmod(0o755 if os.geteuid() == 0 else 0o700)
        with tempfile.TemporaryDirectory(prefix="sonarium-initdb-") as work:
            fresh, password = Path(work) / "cluster", Path(work) / "password"
            password.write_text(secrets.token_urlsafe(32))
            account = _INITDB_UID if os.geteuid() == 0 else None
            if account is not None:
                for path in (Path(work), password):
                    os.chown(path, account, account)
            made = subprocess.run(
                [
                    *(find_binaries().folder / "initdb", "-D", fresh, "-U", _USER),
                    *("-A", "scram-sha-256", "--pwfile", password, "--data-checksums"),
                    *("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
                ],
                check=False,
                capture_output=True,
                text=True,
                user=account,
                group=account,
                extra_groups=None if account is None else [],
            )
            if made.returncode != 0:
                raise DatabaseUnavailable(f"initdb failed: {made.stderr.strip()[-500:]}")
            with (fresh / "postgresql.conf").open("a") as settings:
                settings.write(_SETTINGS)
            place.password_file.touch(mode=0o600)
            place.password_file.write_text(password.read_text())
            shutil.rmtree(place.cluster, ignore_errors=True)
            shutil.move(fresh, place.cluster)
        _give(place.cluster)

    def _spawn(self) -> None:
        place = self._place
        place.socket_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.socket_folder.chmod(0o700)
        _give(place.socket_folder)
        account = UNPRIVILEGED_UID if os.geteuid() == 0 else None
        with (place.root / "postgresql.log").open("ab") as said:
            subprocess.Popen(
                [
                    *(find_binaries().folder / "postgres", "-D", place.cluster),
                    *("-k", place.socket_folder, "-p", "5432"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                cwd="/",
                user=account,
                group=account,
                extra_groups=None if account is None else [],
            )

    async def _until_it_answers(self) -> None:
        """Wait through recovery; a server that refused once is started again."""
        deadline = monotonic() + self._start_within.total_seconds()
        restarted_at = monotonic()
        while monotonic() < deadline:
            try:
                connection = await psycopg.AsyncConnection.connect(self.dsn, connect_timeout=5)
            except psycopg.OperationalError:
                await asyncio.sleep(0.05)
            else:
                await connection.close()
                return
            if self.pid() is None and monotonic() - restarted_at > _SETTLE_S:
                restarted_at = monotonic()
                self._spawn()
        raise DatabaseUnavailable(
            f"PostgreSQL did not start; {self._place.root / 'postgresql.log'} says why"
        )


def _give(folder: Path) -> None:
    """Let the unprivileged user own a folder, when we are root."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, UNPRIVILEGED_UID, UNPRIVILEGED_UID)
