"""What must hold after a crash: nothing acknowledged is lost, and no row without its bytes."""

import asyncio
import hashlib
import json
import random
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bench.crash_clients import Sent
from sonarium.app.archive import sealed_store
from sonarium.app.folders import DataFolder
from sonarium.app.settings import Settings
from sonarium.db.cluster import Cluster
from sonarium.db.pool import Database
from sonarium.index.instances import InstanceRow, instances_after
from sonarium.storage.blob_store import BlobStore
from sonarium.storage.errors import BlobDamaged, BlobMissing

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found."""

    acknowledged: int
    rows: int
    lost: int
    phantom: int
    unlike: int
    """Acknowledged, there, and not the bytes that were sent."""

    @property
    def is_sound(self) -> bool:
        """Nothing is wrong."""
        return not (self.lost or self.phantom or self.unlike)


def read_ledgers(folder: Path) -> dict[str, Sent]:
    """Read what clients know to be stored; the last line may be torn."""
    found: dict[str, Sent] = {}
    for ledger in folder.glob("*.ledger"):
        for line in ledger.read_text().splitlines():
            try:
                sent = Sent(**json.loads(line))
            except ValueError:
                continue
            found[sent.sop_instance_uid] = sent
    return found


class Checker:
    """Compares ledgers, rows and blobs; rows that were sound once are not read again."""

    def __init__(self, data: Path, ledgers: Path) -> None:
        self._folder = DataFolder(data)
        self._ledgers = ledgers
        self._digests: dict[str, str] = {}
        self._after = 0
        self._phantom = 0

    def check(self) -> Verdict:
        """Read every row since the last check, and every ledger."""
        asyncio.run(self._read_rows())
        acknowledged = read_ledgers(self._ledgers)
        stored = {uid: self._digests.get(uid) for uid in acknowledged}
        return Verdict(
            acknowledged=len(acknowledged),
            rows=len(self._digests),
            lost=sum(digest is None for digest in stored.values()),
            phantom=self._phantom,
            unlike=sum(
                digest is not None and digest != acknowledged[uid].sha256
                for uid, digest in stored.items()
            ),
        )

    def forget(self) -> None:
        """Read everything again at the next check."""
        self._digests.clear()
        self._after = self._phantom = 0

    async def _read_rows(self) -> None:
        dsn = Cluster(self._folder.postgresql).dsn()
        async with Database(dsn, connections=2, wait=timedelta(seconds=30)) as database:
            blobs = sealed_store(database, Settings(data=self._folder.root))
            while True:
                async with database.transaction() as tx:
                    rows = await instances_after(tx, self._after, _ROWS_AT_ONCE)
                if not rows:
                    break
                for row in rows:
                    await self._read(blobs, row)
                self._after = rows[-1].instance_ref
            await blobs.close()

    async def _read(self, blobs: BlobStore, row: InstanceRow) -> None:
        digest = hashlib.sha256()
        stored = blobs.iter_range(row.blob_key, row.data_set_offset, row.data_set_length)
        try:
            async for chunk in stored:
                digest.update(chunk)
        except (BlobDamaged, BlobMissing):
            digest = hashlib.sha256()
        if digest.digest() != row.sha256:
            self._phantom += 1
        self._digests[row.sop_instance_uid] = digest.hexdigest()


def fetched_unlike(
    http_port: int, headers: Mapping[str, str], ledgers: Path, sample: int, seed: int
) -> int:
    """Fetch some acknowledged objects over WADO-RS; return how many are not what was sent."""
    acknowledged = list(read_ledgers(ledgers).values())
    chosen = random.Random(seed).sample(acknowledged, min(sample, len(acknowledged)))
    return sum(_fetch(http_port, headers, sent) != sent.sha256 for sent in chosen)


def _fetch(http_port: int, headers: Mapping[str, str], sent: Sent) -> str:
    url = (
        f"http://127.0.0.1:{http_port}/dicom-web/studies/{sent.study_instance_uid}"
        f"/series/{sent.series_instance_uid}/instances/{sent.sop_instance_uid}"
    )
    accept = 'multipart/related; type="application/dicom"; transfer-syntax=*'
    request = urllib.request.Request(url, headers={"Accept": accept, **headers})
    with urllib.request.urlopen(request, timeout=30) as answer:
        kind = answer.headers["Content-Type"]
        body = answer.read()
    boundary = kind.partition("boundary=")[2].split(";")[0].strip('" ')
    file = body.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--" + boundary.encode())[0]
    meta_length = int.from_bytes(file[140:144], "little")
    return hashlib.sha256(file[144 + meta_length :]).hexdigest()
