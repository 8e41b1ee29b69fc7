"""What lies where in the data folder."""

import errno
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sonarium.base.errors import UnavailableError


class FolderUnusable(UnavailableError):
    """The data folder cannot be made or written; the message says what to do."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The folder of everything that one Sonarium keeps."""

    root: Path

    def ensure(self) -> None:
        """Make the folder.

        Raises:
            FolderUnusable: it cannot be made, or we may not write to it.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            reason = "" if os.access(self.root, os.W_OK | os.X_OK) else os.strerror(errno.EACCES)
        except OSError as error:
            reason = error.strerror or "unknown"
        if reason:
            raise FolderUnusable(
                f"the data folder {self.root} cannot be used ({reason}): make it writable for the "
                "user that runs Sonarium, or give another by --data"
            )

    @property
    def holds_archive(self) -> bool:
        """Whether something was ever kept here."""
        return self.postgresql.is_dir() or self.blobs.is_dir()

    @property
    def postgresql(self) -> Path:
        """The embedded PostgreSQL."""
        return self.root / "postgresql"

    @property
    def blobs(self) -> Path:
        """The bytes of every object."""
        return self.root / "blobs"

    @property
    def keys(self) -> Path:
        """The keys, where no other folder is set for them."""
        return self.root / "keys"

    @property
    def study_keys(self) -> Path:
        """The wrapped keys of studies, beside the bytes that they open."""
        return self.root / "study-keys"

    @property
    def audit_anchors(self) -> Path:
        """The signed heads of the audit trail, where no other folder is set for them."""
        return self.root / "audit-anchors"

    @property
    def cache(self) -> Path:
        """What can be made again: thumbnails, frames drawn ahead."""
        return self.root / "cache"

    @property
    def ohif(self) -> Path:
        """The OHIF viewer, where it was installed here."""
        return self.root / "add-ons" / "ohif"


_LONGEST_TEMPORARY: Final = 107 - len("/pymp-12345678/listener-12345678")
"""Worker processes are reached by sockets below the folder of temporary files, whose addresses
have 107 bytes at most."""


def refuse_deep_temporary_folder() -> None:
    """See that worker processes can be reached, for a plain word before anything is started.

    Raises:
        FolderUnusable: the folder of temporary files lies too deep.
    """
    folder = tempfile.gettempdir()
    if len(os.fsencode(folder)) > _LONGEST_TEMPORARY:
        raise FolderUnusable(
            f"the folder of temporary files {folder} lies too deep for the addresses of sockets: "
            f"set TMPDIR to one of {_LONGEST_TEMPORARY} characters or fewer, such as /tmp"
        )
