"""Where the keys of an archive are, and that there are some before anything is kept."""

from sonarium.app.folders import DataFolder
from sonarium.app.settings import Settings
from sonarium.db.pool import Database
from sonarium.services.study_keys import StudyKeyService
from sonarium.storage.errors import KeysMissing
from sonarium.storage.key_files import KeyFiles
from sonarium.storage.key_room import KeyRoom, Keys


def key_room(settings: Settings) -> KeyRoom:
    """Return the key room that the settings name."""
    folder = settings.keys.folder or DataFolder(settings.data.absolute()).keys
    return KeyRoom(folder.absolute())


def key_files(settings: Settings) -> KeyFiles | None:
    """Return where the wrapped keys lie beside the blobs; None where those are in a bucket."""
    if settings.s3 is not None:
        return None
    return KeyFiles(DataFolder(settings.data.absolute()).study_keys)


def open_keys(settings: Settings) -> Keys:
    """Open the keys; an archive that never had any gets its own.

    Raises:
        KeysMissing, KeysDamaged: the message says how to bring them back.
    """
    room = key_room(settings)
    files = key_files(settings)
    if not room.has_root and files is not None and not files.is_empty:
        raise _gone(room)
    room.ensure()
    return room.open()


async def refuse_new_keys(settings: Settings, dsn: str) -> None:
    """Refuse to go on where the index knows keys that only a lost root key opens.

    With a bucket nothing else tells: no wrapped key lies on this machine.

    Raises:
        KeysMissing: the message says how to bring them back.
        DatabaseUnavailable: nobody can say.
    """
    room = key_room(settings)
    if room.has_root:
        return
    async with Database(dsn, connections=1) as database:
        if await StudyKeyService(database, None).count_by_root():
            raise _gone(room)


def _gone(room: KeyRoom) -> KeysMissing:
    return KeysMissing(
        f"the keys of this archive are gone from {room.folder}, and new ones would not open "
        "what is kept: bring the folder back from where you keep it, or run `sonarium keys "
        "restore` with the recovery kit"
    )
