"""Pictures of stored frames."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from tests.running_archive import RunningArchive

from sonarium.dicom.pixels.rendering import Rendering, StillMediaType, Viewport
from sonarium.domain.access import SYSTEM
from sonarium.domain.selection import Selection
from sonarium.services.access import AccessService
from sonarium.services.decoding import DecodingPool, DecodingSettings
from sonarium.services.render import NotDisplayable, RenderService
from sonarium.services.retrieve import NotHere, OpenedInstance, RetrieveService

JPEG, PNG = StillMediaType.JPEG, StillMediaType.PNG


@pytest.fixture
async def render(sonarium: RunningArchive) -> AsyncIterator[RenderService]:
    decoding = DecodingPool(DecodingSettings())
    yield RenderService(RetrieveService(AccessService(sonarium.database), sonarium.blobs), decoding)
    await decoding.close()


async def opened(sonarium: RunningArchive, path: Path) -> OpenedInstance:
    stored = await sonarium.keep(path)
    return await RetrieveService(AccessService(sonarium.database), sonarium.blobs).open(
        SYSTEM,
        Selection(stored.study_instance_uid, stored.series_instance_uid, stored.sop_instance_uid),
    )


async def test_a_jpeg_that_a_browser_shows_right_is_handed_on(
    sonarium: RunningArchive, render: RenderService, testdata: Path
) -> None:
    instance = await opened(sonarium, testdata / "dicom/us/sonosite-30frames.dcm")
    picture = await render.frame(instance, 0, JPEG)
    stored = (
        await RetrieveService(AccessService(sonarium.database), sonarium.blobs).frame(instance, 0)
    )[0]
    assert picture == stored


async def test_a_picture_fits_the_viewport(
    sonarium: RunningArchive, render: RenderService, testdata: Path
) -> None:
    instance = await opened(sonarium, testdata / "dicom/us/palette-rle-10frames.dcm")
    asked = Rendering(viewport=Viewport(120, 120))
    shown = Image.open(io.BytesIO(await render.frame(instance, 3, PNG, asked)))
    assert max(shown.size) == 120
    assert shown.getextrema() != ((0, 0), (0, 0), (0, 0))


async def test_a_loop_is_represented_by_its_middle(
    sonarium: RunningArchive, render: RenderService, testdata: Path
) -> None:
    instance = await opened(sonarium, testdata / "dicom/us/acuson-stress-baseline-v1.dcm")
    assert 0 < await render.representative_frame(instance) < 10


async def test_a_frame_that_is_not_there_is_not_shown(
    sonarium: RunningArchive, render: RenderService, testdata: Path
) -> None:
    instance = await opened(sonarium, testdata / "dicom/us/acuson-stress-baseline-v1.dcm")
    with pytest.raises(NotHere):
        await render.frame(instance, 10, JPEG)


async def test_a_report_is_no_picture(
    sonarium: RunningArchive, render: RenderService, testdata: Path
) -> None:
    instance = await opened(sonarium, testdata / "dicom/sr/basic-text-sr.dcm")
    with pytest.raises(NotDisplayable):
        await render.frame(instance, 0, JPEG)
