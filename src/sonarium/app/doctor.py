"""`sonarium doctor`: looks at everything that the archive needs, and names the remedy."""

import os
import shutil
import socket
from dataclasses import dataclass
from importlib import resources

from sonarium.app.database import all_migrations, dsn_of, embedded_postgres
from sonarium.app.folder_lock import is_served
from sonarium.app.folders import DataFolder
from sonarium.app.settings import Settings
from sonarium.base.errors import SonariumError
from sonarium.db.migrate import missing_migrations
from sonarium.db.postgres_binaries import find_binaries

_LEAST_FREE_BYTES = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    is_well: bool
    remedy: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """Look at the data folder, the disk, the ports, PostgreSQL, its schema and the web build."""
    folder = DataFolder(settings.data.absolute())
    served = is_served(folder) if folder.root.exists() else False
    found = [_data_folder(folder), _free_space(folder), _web_build()]
    if not served:
        found += [
            _port("DICOM", settings.dimse.host, settings.dimse.port, "--dimse-port"),
            _port("web", settings.http.host, settings.http.port, "--http-port"),
        ]
    found += await _database(settings)
    found.append(
        Finding(
            "Sonarium is serving" if served else "Sonarium is not serving",
            served,
            f"start it: sonarium serve --data {folder.root}",
        )
    )
    return found


def _data_folder(folder: DataFolder) -> Finding:
    place = folder.root if folder.root.exists() else folder.root.parent
    return Finding(
        f"the data folder {folder.root} can be written",
        os.access(place, os.W_OK | os.X_OK),
        f"make {place} writable for the user that runs Sonarium, or give another by --data",
    )


def _free_space(folder: DataFolder) -> Finding:
    place = folder.root
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    return Finding(
        f"{free / 2**30:.1f} GiB are free for it",
        free > _LEAST_FREE_BYTES,
        "free some space: objects are refused (A700H) before the disk is full",
    )


def _web_build() -> Finding:
    return Finding(
        "the web application is built",
        (resources.files("sonarium") / "web_assets" / "index.html").is_file(),
        "in a source tree run ./dev install; a wheel carries it",
    )


def _port(name: str, host: str, port: int, option: str) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return Finding(
                f"port {port} ({name}) is free", is_well=False, remedy=f"choose another: {option}"
            )
    return Finding(f"port {port} ({name}) is free", is_well=True)


async def _database(settings: Settings) -> list[Finding]:
    embedded = embedded_postgres(settings)
    found = []
    if embedded is not None:
        try:
            binaries = find_binaries()
        except SonariumError as error:
            return [Finding("PostgreSQL can be run", is_well=False, remedy=str(error))]
        found.append(Finding(f"PostgreSQL {binaries.major} can be run", is_well=True))
        if embedded.pid() is None:
            return found
    try:
        missing = await missing_migrations(dsn_of(settings, embedded), all_migrations())
    except SonariumError as error:
        return [*found, Finding("the database answers", is_well=False, remedy=str(error))]
    found.append(Finding("the database answers", is_well=True))
    found.append(
        Finding(
            "its schema is that of this release",
            not missing,
            "start Sonarium once: it brings the schema up to date by itself",
        )
    )
    return found
