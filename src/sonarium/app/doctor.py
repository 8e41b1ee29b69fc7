"""`sonarium doctor`: looks at everything that the archive needs, and names the remedy."""

import ctypes
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from importlib import import_module, resources
from pathlib import Path
from typing import Final

from sonarium.app.database import all_migrations, dsn_of
from sonarium.app.folder_lock import is_served
from sonarium.app.folders import DataFolder
from sonarium.app.keys import key_room
from sonarium.app.open_files import NEEDED, REMEDY, most_open_files
from sonarium.app.ports import PortTaken, refuse_taken_port
from sonarium.app.settings import Settings
from sonarium.base.clock import utc_now
from sonarium.base.errors import SonariumError
from sonarium.db.cluster import READER, Cluster
from sonarium.db.migrate import can_read_on_behalf, missing_migrations
from sonarium.db.pool import Database
from sonarium.db.postgres_binaries import find_binaries
from sonarium.dicom.pixels.video_library import video_is_installed
from sonarium.index.open_blobs import count_open_instances
from sonarium.storage.key_room import KeyRoom

_ROOM_FOR_A_DAY_BYTES: Final = 8 * 2**30
_CODECS: Final = ("imagecodecs", "jpeg_ls.CharLS", "rle.rle", "simplejpeg")
_CLOCK_SLACK: Final = timedelta(minutes=5)
_CLOCK_UNSYNCHRONIZED: Final = 5
"""TIME_ERROR of adjtimex(2)."""
_TIMEX_BYTES: Final = 512


class State(Enum):
    """How something that was looked at is."""

    WELL = "✓"
    WORTH_KNOWING = "!"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; what is not well has a remedy."""

    state: State
    what: str
    remedy: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """Look at folder, disk, clock, keys, limits, codecs, web build, ports and PostgreSQL."""
    folder = DataFolder(settings.data.absolute())
    found = [_data_folder(folder)]
    if found[0].state is State.WRONG:
        return found
    served = folder.root.exists() and is_served(folder)
    found += [_free_space(folder, settings.storage.reserve_bytes), *_clock(folder)]
    found += _keys(key_room(settings), is_used=folder.holds_archive)
    found += [_open_files(), *_codecs(_CODECS), _video(), _web_build()]
    if not served:
        dimse, http = settings.dimse, settings.http
        found += [
            _port("DICOM", dimse.host, dimse.port, "--dimse-port"),
            _port("web", http.host, http.port, "--http-port"),
        ]
    if settings.database.dsn is not None:
        found += await _rows(dsn_of(settings, None))
    else:
        found += await _embedded(folder, served=served)
    return [*found, _serving(folder, served=served)]


def _data_folder(folder: DataFolder) -> Finding:
    place = _nearest(folder.root)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return Finding(
            State.WRONG,
            f"nothing can be written to the data folder {folder.root} ({error.strerror})",
            f"make {place} writable for the user that runs Sonarium, or give another by --data",
        )
    return Finding(State.WELL, f"the data folder {folder.root} can be written")


def _free_space(folder: DataFolder, reserve_bytes: int) -> Finding:
    free = shutil.disk_usage(_nearest(folder.root)).free
    what = f"{free / 2**30:,.1f} GiB are free for it"
    if free > reserve_bytes + _ROOM_FOR_A_DAY_BYTES:
        return Finding(State.WELL, what)
    return Finding(
        State.WRONG if free <= reserve_bytes else State.WORTH_KNOWING,
        what,
        f"make room or move the folder to a larger disk: below {reserve_bytes / 2**30:,.1f} GiB "
        "new objects are refused (A700H, HTTP 503)",
    )


def _clock(folder: DataFolder) -> Iterable[Finding]:
    """Compare the clock with the database's last write, and ask the kernel whether it drifts."""
    try:
        last = (folder.postgresql / "cluster" / "global" / "pg_control").stat().st_mtime
    except OSError:
        last = 0.0
    written_at = datetime.fromtimestamp(last, UTC)
    if written_at > utc_now() + _CLOCK_SLACK:
        yield Finding(
            State.WRONG,
            f"the clock says {utc_now():%Y-%m-%d %H:%M}, before the archive's last write "
            f"({written_at:%Y-%m-%d %H:%M} UTC)",
            "set the clock: every object is kept with the time of its arrival",
        )
    elif ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)) == (
        _CLOCK_UNSYNCHRONIZED
    ):
        yield Finding(
            State.WORTH_KNOWING,
            "nothing keeps the clock right",
            "install a time service, for instance Debian's package `chrony`",
        )
    else:
        yield Finding(State.WELL, "the clock is kept right")


def _keys(room: KeyRoom, *, is_used: bool) -> Iterable[Finding]:
    if not room.folder.exists():
        if is_used:
            yield Finding(
                State.WORTH_KNOWING,
                "this archive has no keys yet",
                "start Sonarium once: it makes them. Where there were some, do not: run "
                "`sonarium keys restore` with the recovery kit first",
            )
        return
    try:
        keys = room.open()
        open_to_others = room.open_to_others()
    except SonariumError as error:
        what, _, remedy = str(error).partition(": ")
        yield Finding(State.WRONG, what, remedy)
        return
    except OSError as error:
        what = f"the keys in {room.folder} cannot be read ({error.strerror})"
        yield Finding(State.WRONG, what, "let the user that runs Sonarium own them")
        return
    for place in open_to_others:
        what = f"others on this machine may read {place}"
        mode = "700" if place == room.folder else "600"
        yield Finding(State.WRONG, what, f"chmod {mode} {place}, then sonarium keys rotate")
    if not open_to_others:
        what = f"the root key {keys.root.key_id} is there and opens what it wrapped"
        yield Finding(State.WELL, what)
    if room.kit_waits:
        yield Finding(
            State.WORTH_KNOWING,
            "nobody printed the recovery kit: should this disk die, the images die with it",
            "sonarium keys kit",
        )


def _open_files() -> Finding:
    most = most_open_files()
    return Finding(
        State.WELL if most >= NEEDED else State.WRONG,
        f"{most:,} files and connections may be open at once",
        f"{NEEDED:,} are needed: {REMEDY}",
    )


def _codecs(modules: Iterable[str]) -> Iterable[Finding]:
    missing = [name for name in modules if not _can_be_loaded(name)]
    if not missing:
        yield Finding(State.WELL, "the codecs of JPEG, JPEG-LS, JPEG 2000 and RLE are there")
    for name in missing:
        yield Finding(
            State.WRONG,
            f"the codec library {name} cannot be loaded",
            "install Sonarium's packages again: in a source tree ./dev install, else "
            "pip install --force-reinstall sonarium",
        )


def _can_be_loaded(module: str) -> bool:
    try:
        import_module(module)
    except ImportError:
        return False
    return True


def _video() -> Finding:
    if video_is_installed():
        return Finding(State.WELL, "cine loops can be given out as films (MP4)")
    return Finding(
        State.WORTH_KNOWING,
        "cine loops are not given out as films (MP4)",
        "where that is wanted: pip install 'sonarium[video]'; its libraries are under the GPL",
    )


def _web_build() -> Finding:
    if (resources.files("sonarium") / "web_assets" / "index.html").is_file():
        return Finding(State.WELL, "the web application is built")
    return Finding(
        State.WRONG,
        "the web application is not built",
        "in a source tree run ./dev install; a wheel carries it",
    )


def _port(service: str, host: str, port: int, option: str) -> Finding:
    try:
        refuse_taken_port(service, host, port, option)
    except PortTaken as error:
        what, _, remedy = str(error).partition(": ")
        return Finding(State.WRONG, what, remedy)
    return Finding(State.WELL, f"the {service} port {port} on {host} is free")


async def _embedded(folder: DataFolder, *, served: bool) -> list[Finding]:
    cluster = Cluster(folder.postgresql)
    try:
        binaries = find_binaries(cluster.major())
    except SonariumError as error:
        what, _, remedy = str(error).partition(": ")
        return [Finding(State.WRONG, what, remedy)]
    found = [Finding(State.WELL, f"PostgreSQL {binaries.major} can be run")]
    if cluster.server_pid() is not None:
        found += await _rows(cluster.dsn())
    elif served:
        found.append(
            Finding(
                State.WRONG,
                "Sonarium serves and its PostgreSQL does not run",
                f"it is started again by itself; if not, see {cluster.first_words} and "
                f"{cluster.folder}/log",
            )
        )
    return found


async def _rows(dsn: str) -> list[Finding]:
    """Look at the database, and where it is well at what it says of the objects."""
    answers = await _database(dsn)
    if answers.state is not State.WELL:
        return [answers]
    async with Database(dsn, connections=1) as database, database.statement() as tx:
        found = await count_open_instances(tx)
    count = found.instances + found.set_aside
    if not count:
        return [answers]
    what = f"{count:,} objects lie in clear, from before objects were encrypted"
    return [answers, Finding(State.WORTH_KNOWING, what, "sonarium keys encrypt")]


async def _database(dsn: str) -> Finding:
    try:
        missing = await missing_migrations(dsn, all_migrations())
    except SonariumError as error:
        return Finding(
            State.WRONG,
            str(error),
            "start PostgreSQL, or correct SONARIUM_DATABASE__DSN: address, user and password",
        )
    if missing:
        return Finding(
            State.WORTH_KNOWING,
            f"the database answers, and {len(missing)} changes of its schema are due",
            "start Sonarium once: it brings the schema up to date by itself",
        )
    if not await can_read_on_behalf(dsn):
        return Finding(
            State.WRONG,
            f"the database has no role {READER} that ours may become",
            f"a database administrator runs once: CREATE ROLE {READER} NOLOGIN; "
            f"GRANT {READER} TO <the role of SONARIUM_DATABASE__DSN>;",
        )
    return Finding(State.WELL, "the database answers, with the schema of this release")


def _serving(folder: DataFolder, *, served: bool) -> Finding:
    if served:
        return Finding(State.WELL, "Sonarium is serving")
    return Finding(
        State.WORTH_KNOWING,
        "Sonarium is not serving",
        f"start it: sonarium serve --data {folder.root}",
    )


def _nearest(place: Path) -> Path:
    """Return the folder itself, or the one in which it would be made."""
    while not place.exists() and place != place.parent:
        place = place.parent
    return place
