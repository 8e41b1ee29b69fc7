"""The queue's tables: the steps that the library procrastinate ships, as migrations of ours.

Every step since the library's first runs once, in its order; a later release of the library
only adds steps at the end. Their numbers lie above those of our own tables.
"""

import re
from importlib import resources
from typing import Final

from sonarium.db.migrate import Migration

_FIRST_NUMBER: Final = 5000
_NAME: Final = re.compile(r"\d\d\.\d\d\.\d\d_\d\d_\w+\.sql")


def queue_migrations() -> list[Migration]:
    """Return the steps to the queue's present schema, ascending."""
    folder = resources.files("procrastinate.sql") / "migrations"
    steps = sorted(
        (entry for entry in folder.iterdir() if _NAME.fullmatch(entry.name)),
        key=lambda entry: entry.name,
    )
    return [
        Migration(_FIRST_NUMBER + at, f"procrastinate_{entry.name[:-4]}", entry.read_bytes())
        for at, entry in enumerate(steps)
    ]
