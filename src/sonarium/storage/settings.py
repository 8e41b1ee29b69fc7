"""Where blobs live and how they are written."""

from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, Field, SecretStr

MIB = 2**20


class LocalStorageSettings(BaseModel, frozen=True, extra="forbid"):
    """Blobs on local disk, in `blobs` inside the data folder."""

    large_blob_bytes: int = Field(default=2 * MIB, ge=64 * 1024, le=64 * MIB)
    """A blob above this size gets a file of its own; smaller ones share segments."""
    segment_bytes: int = Field(default=64 * MIB, ge=8 * MIB, le=1024 * MIB)
    """Length that a segment is given when it is made."""
    reserve_bytes: int = Field(default=512 * MIB, ge=0)
    """Refuse new objects below this much free space, so that PostgreSQL keeps room."""
    probe_interval: timedelta = timedelta(seconds=1)
    """After a failed write, try the disk at most this often."""
    open_files: int = Field(default=256, ge=8)
    """Blob files that are kept open for reading."""
    blobs_in_folder: int = Field(default=1000, ge=1)
    """Large blobs in one folder before the next is begun."""


class S3StorageSettings(BaseModel, frozen=True, extra="forbid"):
    """Blobs in an S3-compatible bucket; several Sonarium may share it."""

    bucket: str = Field(min_length=3)
    """Name of the bucket; setting it keeps the bytes there instead of in the data folder."""
    endpoint: str = ""
    """Empty: the AWS endpoint of `region`."""
    region: str = "us-east-1"
    """Region of the bucket."""
    prefix: str = ""
    """Put before every object name."""
    access_key_id: str = ""
    """Key that may read, write and delete in the bucket."""
    secret_access_key: SecretStr = SecretStr("")
    """Secret of `access_key_id`."""
    allow_http: bool = False
    """Permit an endpoint without TLS: for a bucket on this machine only."""
    timeout: timedelta = timedelta(seconds=60)
    """Longest wait for one request."""
    retries: int = Field(default=3, ge=0)
    """How often a request that failed is sent again."""
    large_blob_bytes: int = Field(default=8 * MIB, ge=5 * MIB)
    """A blob above this size goes through a temporary file and is sent in parts."""


class KeySettings(BaseModel, frozen=True, extra="forbid"):
    """The keys of this archive."""

    folder: Path | None = None
    """Folder of the keys, for instance on a disk of its own; none: `keys` inside the data
    folder. Every machine that serves the same archive needs the same keys."""
    encrypt_objects: bool = True
    """Encrypt every object that arrives before it is kept; what was kept in clear stays so
    until `sonarium keys encrypt`."""
    backup_retention: timedelta = timedelta(days=35)
    """How long you keep backups of the database and of the data folder: until then a copy of a
    deleted study can be opened with them."""
