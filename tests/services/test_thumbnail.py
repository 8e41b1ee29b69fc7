"""Small pictures, made once and remembered."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from tests.running_archive import RunningArchive

from sonarium.domain.access import SYSTEM
from sonarium.domain.selection import Selection
from sonarium.services.access import AccessService
from sonarium.services.decoding import DecodingPool, DecodingSettings
from sonarium.services.render import NotDisplayable, RenderService
from sonarium.services.retrieve import RetrieveService
from sonarium.services.thumbnail import ThumbnailService, ThumbnailSettings
from sonarium.storage.root_key import RootKey

ROOT = RootKey.make()
LOOP = "dicom/us/acuson-stress-baseline-v1.dcm"


@pytest.fixture
async def thumbnails(sonarium: RunningArchive, tmp_path: Path) -> AsyncIterator[ThumbnailService]:
    decoding = DecodingPool(DecodingSettings())
    retrieve = RetrieveService(AccessService(sonarium.database), sonarium.blobs)
    render = RenderService(retrieve, decoding)
    settings = ThumbnailSettings(side=64)
    yield ThumbnailService(retrieve, render, tmp_path / "cache", ROOT, settings)
    await decoding.close()


async def test_a_picture_is_kept_and_given_again(
    sonarium: RunningArchive, thumbnails: ThumbnailService, testdata: Path, tmp_path: Path
) -> None:
    stored = await sonarium.keep(testdata / LOOP)
    picture, tag = await thumbnails.of(SYSTEM, Selection(stored.study_instance_uid))
    assert max(Image.open(io.BytesIO(picture)).size) == 64
    (kept,) = (tmp_path / "cache").rglob("*.sealed")
    assert b"\xff\xd8\xff" not in kept.read_bytes()
    kept.write_bytes(ROOT.wrap(b"from the cache", kept.name.encode()))
    assert await thumbnails.of(SYSTEM, Selection(stored.study_instance_uid)) == (
        b"from the cache",
        tag,
    )
    kept.write_bytes(RootKey.make().wrap(b"before a rotation", kept.name.encode()))
    assert await thumbnails.of(SYSTEM, Selection(stored.study_instance_uid)) == (picture, tag)


async def test_names_in_the_cache_say_nothing_of_the_patient(
    sonarium: RunningArchive, thumbnails: ThumbnailService, testdata: Path, tmp_path: Path
) -> None:
    stored = await sonarium.keep(testdata / LOOP)
    await thumbnails.of(SYSTEM, Selection(stored.study_instance_uid))
    (kept,) = (tmp_path / "cache").rglob("*.sealed")
    assert stored.sop_instance_uid not in str(kept)


async def test_a_study_without_pictures_has_none(
    sonarium: RunningArchive, thumbnails: ThumbnailService, testdata: Path
) -> None:
    stored = await sonarium.keep(testdata / "dicom/sr/basic-text-sr.dcm")
    with pytest.raises(NotDisplayable):
        await thumbnails.of(SYSTEM, Selection(stored.study_instance_uid))


async def test_a_cache_that_cannot_be_written_costs_only_time(
    sonarium: RunningArchive, thumbnails: ThumbnailService, testdata: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    stored = await sonarium.keep(testdata / LOOP)
    picture, _ = await thumbnails.of(SYSTEM, Selection(stored.study_instance_uid))
    assert picture.startswith(b"\xff\xd8\xff")
