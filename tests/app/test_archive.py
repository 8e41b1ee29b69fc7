"""The services over one folder and one database, opened and closed together."""

from pathlib import Path

import pytest
from tests.services.data_sets import EXPLICIT, still

from sonarium.app.archive import (
    blob_store,
    measurement_service,
    open_archive,
    system_status_service,
)
from sonarium.app.settings import Settings
from sonarium.db.errors import DatabaseUnavailable
from sonarium.domain.arrival import Door, Source
from sonarium.services.store import Arrival
from sonarium.storage.local import LocalBlobStore
from sonarium.storage.s3 import S3BlobStore


async def test_what_was_accepted_is_indexed_before_the_archive_closes(
    dsn: str, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path)
    async with open_archive(settings, dsn) as archive:
        for number in range(5):
            reception = archive.store.receive(Arrival(EXPLICIT, Source(Door.IMPORT)))
            reception.feed(still(number))
            await reception.commit()
    async with open_archive(settings, dsn) as archive:
        counts = await system_status_service(archive, settings).counts()
    assert (counts.studies, counts.instances) == (1, 5)


async def test_the_archive_closes_when_its_user_fails(dsn: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    with pytest.raises(ZeroDivisionError):
        async with open_archive(settings, dsn) as archive:
            raise ZeroDivisionError
    with pytest.raises(DatabaseUnavailable):
        async with archive.database.transaction():
            pass


async def test_bytes_are_kept_in_the_data_folder(tmp_path: Path) -> None:
    store = blob_store(Settings(data=tmp_path))
    assert isinstance(store, LocalBlobStore)
    await store.close()
    assert (tmp_path / "blobs").is_dir()


def test_bytes_are_kept_in_a_bucket_where_one_is_set(tmp_path: Path) -> None:
    bucket = {"bucket": "pacs", "endpoint": "http://127.0.0.1:9", "allow_http": True}
    store = blob_store(Settings.model_validate({"data": tmp_path, "s3": bucket}))
    assert isinstance(store, S3BlobStore)
    assert not (tmp_path / "blobs").exists()


async def test_the_archive_says_how_a_scanner_reaches_it(dsn: str, tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"data": tmp_path, "demo": True, "dimse": {"ae_title": "ECHOLAB", "port": 4104}}
    )
    async with open_archive(settings, dsn) as archive:
        reached = system_status_service(archive, settings).reachability
        assert measurement_service(archive, settings) is not None
    assert (reached.ae_title, reached.dimse_port, reached.is_demo) == ("ECHOLAB", 4104, True)
