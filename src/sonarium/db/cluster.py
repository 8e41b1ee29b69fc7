"""The folder of an embedded PostgreSQL: made once, configured at every start.

PostgreSQL is told of the folder as `/proc/self/cwd`, its own working directory, which it
enters before it gives up being root. So neither it nor its socket path depends on the folders
above, which may be closed to it, or deep beyond the 107 bytes of a socket's address.
"""

import os
import re
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from psycopg.conninfo import make_conninfo

from sonarium.db.errors import PostgreSQLRefused
from sonarium.db.postgres_binaries import PostgresBinaries
from sonarium.db.server_account import ServerAccount

HERE: Final = "/proc/self/cwd"
DATABASE: Final = "sonarium"
ROLE: Final = "sonarium"
READER: Final = "sonarium_reader"
"""Reads on somebody's behalf, under row-level security; owns nothing and cannot sign in."""
SUPERUSER: Final = "sonarium_admin"
PORT: Final = 5432

_LAST_WORDS: Final = 20_000
_LONGEST_SOCKET_FOLDER: Final = 107 - len(f"/.s.PGSQL.{PORT}")
_INCLUDES: Final = """
include 'sonarium.conf'
include_if_exists 'site.conf'
"""
_SETTINGS: Final = f"""\
# Written by Sonarium at every start: put settings of your own into site.conf.
listen_addresses = ''
unix_socket_directories = '{HERE}'
unix_socket_permissions = 0700
port = {PORT}
password_encryption = scram-sha-256
max_connections = 60

shared_buffers = '256MB'
work_mem = '16MB'
maintenance_work_mem = '128MB'
effective_cache_size = '2GB'
random_page_cost = 1.1
jit = off
max_locks_per_transaction = 256

fsync = on
synchronous_commit = on
full_page_writes = on
wal_compression = on
max_wal_size = '2GB'
checkpoint_timeout = '15min'
autovacuum_analyze_scale_factor = 0.02
autovacuum_vacuum_insert_scale_factor = 0.05

# No statement, parameter or row value may reach the log: they hold patient data.
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = '1d'
log_truncate_on_rotation = on
log_min_messages = log
log_min_error_statement = panic
log_statement = none
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One embedded server's folder.

    `root` holds `cluster`, which PostgreSQL calls its data directory, and our passwords.
    """

    root: Path

    @property
    def folder(self) -> Path:
        """What PostgreSQL calls its data directory."""
        return self.root / "cluster"

    @property
    def first_words(self) -> Path:
        """What the server says before its log file is open."""
        return self.root / "start.log"

    def major(self) -> int | None:
        """Return the major version that made the cluster; None before it is made."""
        try:
            return int((self.folder / "PG_VERSION").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def dsn(self, role: str = ROLE, database: str = DATABASE) -> str:
        """Return a connection string; it holds a password."""
        return make_conninfo(
            host=str(self._socket_folder()),
            port=PORT,
            user=role,
            password=(self.root / f"{role}.password").read_text().strip(),
            dbname=database,
        )

    def password_of(self, role: str) -> str:
        """Return the password of a role, made when it is first asked for."""
        path = self.root / f"{role}.password"
        if not path.exists():
            fresh = path.with_suffix(".new")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
                f.write(secrets.token_urlsafe(32))
            fresh.rename(path)
        return path.read_text().strip()

    def create(self, binaries: PostgresBinaries, account: ServerAccount) -> None:
        """Run initdb beside the final place and move the result there.

        What an interrupted attempt left is thrown away.

        Raises:
            PostgreSQLRefused: initdb failed; its last words are in the message.
        """
        staging = self.root / "making"
        shutil.rmtree(staging, ignore_errors=True)
        fresh, password = staging / "cluster", staging / "password"
        for path in (staging, fresh):
            path.mkdir(mode=0o700)
        password.write_text(self.password_of(SUPERUSER))
        with password.open("rb") as secret:
            made = subprocess.run(
                account.as_initdb(
                    [
                        *(str(binaries.folder / "initdb"), "-D", HERE, "-U", SUPERUSER),
                        *("-A", "scram-sha-256", "--pwfile", "/proc/self/fd/0", "--data-checksums"),
                        *("--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"),
                        *(() if binaries.major < 17 else ("--locale-provider=builtin",)),
                    ],
                    give=[staging, fresh, password],
                ),
                stdin=secret,
                check=False,
                capture_output=True,
                text=True,
                cwd=fresh,
                **account.initdb_identity(),
            )
        if made.returncode != 0:
            raise PostgreSQLRefused(f"initdb failed: {made.stderr.strip()[-500:]}")
        with (fresh / "postgresql.conf").open("a") as settings:
            settings.write(_INCLUDES)
        fresh.rename(self.folder)
        _sync(self.root)
        shutil.rmtree(staging)

    def configure(self) -> None:
        """Write this release's settings."""
        settings = self.folder / "sonarium.conf"
        fresh = settings.with_suffix(".new")
        fresh.write_text(_SETTINGS)
        fresh.rename(settings)

    def server_pid(self) -> int | None:
        """Return the process id of the server that runs on this folder, if any."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
            is_postgres = "postgres" in Path(f"/proc/{pid}/comm").read_text()
            works_here = Path(f"/proc/{pid}/cwd").samefile(self.folder)
        except (OSError, ValueError):
            return None
        return pid if is_postgres and works_here else None

    def forget_stale_pid(self) -> None:
        """Drop a pid file that names a process which is not our server.

        PostgreSQL sees for itself when no such process exists. It cannot know that the number
        was given to another process since, as happens in containers, where numbers are low.
        Its shared memory still tells it of backends that outlived their server.
        """
        if self.server_pid() is None:
            (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _socket_folder(self) -> Path:
        """Return a path to the socket short enough for an address; a link where ours is not."""
        if len(os.fsencode(self.folder)) <= _LONGEST_SOCKET_FOLDER:
            return self.folder
        name = f"sonarium-{os.geteuid()}-{sha256(os.fsencode(self.folder)).hexdigest()[:16]}"
        link = _folder_of_links(len(name)) / name
        try:
            link.symlink_to(self.folder)
        except FileExistsError:
            is_ours = link.is_symlink() and link.lstat().st_uid == os.geteuid()
            if not is_ours or link.readlink() != self.folder:
                raise PostgreSQLRefused(
                    f"{link} is in the way: remove it, or choose a shorter data folder"
                ) from None
        return link


def _folder_of_links(name_length: int) -> Path:
    """Return a folder for links of such names, in which a socket's address is short enough.

    Raises:
        PostgreSQLRefused: none of the usual ones is.
    """
    usual = (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp", "/var/tmp")  # noqa: S108  # links refuse whatever is not ours
    for folder in filter(None, usual):
        length = len(os.fsencode(folder)) + 1 + name_length
        if length <= _LONGEST_SOCKET_FOLDER and os.access(folder, os.W_OK | os.X_OK):
            return Path(folder)
    raise PostgreSQLRefused(
        "the data folder is too deep for the address of a socket, and no folder for a short link "
        "to it can be written: choose a shorter data folder, or set TMPDIR to a short one"
    )


def last_words(cluster: Cluster) -> str:
    """Return the end of what a server said that did not start, for a person."""
    logs = sorted(cluster.folder.glob("log/*"), key=lambda path: path.stat().st_mtime)
    places = [*logs[-1:], cluster.first_words]
    try:
        said = "".join(path.read_text(errors="replace")[-_LAST_WORDS:] for path in places)
    except FileNotFoundError:
        return ""
    found = re.findall(r"(?:FATAL|PANIC|could not|error).*", said)
    return str(found[-1])[:300] if found else ""


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
