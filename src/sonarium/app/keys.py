"""Where the keys of an archive are, and that there are some before anything is kept."""

from sonarium.app.folders import DataFolder
from sonarium.app.settings import Settings
from sonarium.storage.key_room import KeyRoom, Keys


def key_room(settings: Settings) -> KeyRoom:
    """Return the key room that the settings name."""
    folder = settings.keys.folder or DataFolder(settings.data.absolute()).keys
    return KeyRoom(folder.absolute())


def open_keys(settings: Settings) -> Keys:
    """Open the keys; an archive that never had any gets its own.

    Raises:
        KeysMissing, KeysDamaged: the message says how to bring them back.
    """
    room = key_room(settings)
    room.ensure()
    return room.open()
