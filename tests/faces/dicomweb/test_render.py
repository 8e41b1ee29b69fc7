"""WADO-RS rendered resources and thumbnails."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image
from tests.faces.conftest import Shelf, WebArchive
from tests.videos import video_object

from sonarium.dicom.pixels.errors import VideoUnavailable
from sonarium.faces.dicomweb.render import rendering_of
from sonarium.faces.dicomweb.search import InvalidQuery
from sonarium.services.render import RenderService

LOOP, GREY, PALETTE = (
    "acuson-stress-baseline-v1", "philips-epiq7-jpeg-lossless", "palette-rle-10frames",
)  # fmt: skip


def picture(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize(("media_type", "kind"), [("image/jpeg", "JPEG"), ("image/png", "PNG")])
@pytest.mark.parametrize("name", [LOOP, GREY, PALETTE])
async def test_a_frame_is_shown_in_the_type_asked_for(
    shelf: Shelf, name: str, media_type: str, kind: str
) -> None:
    answer = await shelf.get(f"{shelf.instance(name)}/frames/1/rendered", Accept=media_type)
    assert answer.headers["content-type"] == media_type
    shown = picture(answer.content)
    assert shown.format == kind
    assert shown.width > 200


async def test_a_viewport_bounds_the_picture(shelf: Shelf) -> None:
    path = f"{shelf.instance(LOOP)}/rendered?viewport=100,100"
    shown = picture((await shelf.get(path, Accept="image/png")).content)
    assert max(shown.size) == 100


async def test_a_lower_quality_makes_a_smaller_file(shelf: Shelf) -> None:
    path = f"{shelf.instance(LOOP)}/rendered?quality="
    small = await shelf.get(f"{path}10", Accept="image/jpeg")
    large = await shelf.get(f"{path}95", Accept="image/jpeg")
    assert len(small.content) < len(large.content)


async def test_a_window_changes_what_is_seen(shelf: Shelf) -> None:
    path = f"{shelf.instance(GREY)}/rendered"
    plain = picture((await shelf.get(path, Accept="image/png")).content).convert("L")
    dark = picture((await shelf.get(f"{path}?window=250,10", Accept="image/png")).content)
    assert sum(dark.convert("L").histogram()[:10]) > sum(plain.histogram()[:10])


async def test_several_frames_come_as_several_pictures(shelf: Shelf) -> None:
    accept = 'multipart/related; type="image/jpeg"'
    answer = await shelf.get(f"{shelf.instance(LOOP)}/frames/1,2/rendered", Accept=accept)
    assert answer.content.count(b"Content-Type: image/jpeg") == 2


async def test_a_picture_that_did_not_change_is_not_drawn_again(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = {
        f"{shelf.instance(LOOP)}/frames/2/rendered": "image/jpeg",
        f"{shelf.instance(LOOP)}/rendered": "image/png",
        f"{shelf.instance(LOOP)}/frames/1,2/rendered": 'multipart/related; type="image/jpeg"',
    }
    drawn = {path: await shelf.get(path, Accept=accept) for path, accept in paths.items()}

    async def draw(*_: object) -> bytes:
        raise AssertionError("it was drawn")

    monkeypatch.setattr(RenderService, "frame", draw)
    for path, accept in paths.items():
        tag = drawn[path].headers["etag"]
        again = await shelf.get(path, Accept=accept, If_None_Match=tag)
        assert (again.status_code, again.headers["etag"]) == (304, tag)
        assert drawn[path].status_code == 200


@pytest.mark.parametrize(
    "query",
    ["quality=0", "quality=101", "quality=x", "viewport=1", "viewport=a,b", "window=1",
     "window=1,2,cubic", "window=5,0", "window=5,-3", "window=5,0.5", "window=5,0,sigmoid",
     "annotation=patient", "viewport=9,9,nan,0", "viewport=9,9,0,0,inf,9", "window=nan,5"],
)  # fmt: skip
async def test_a_wrong_parameter_is_refused(shelf: Shelf, query: str) -> None:
    answer = await shelf.get(f"{shelf.instance(LOOP)}/rendered?{query}", Accept="image/png")
    assert answer.status_code == 400


async def test_what_is_no_picture_says_so(shelf: Shelf) -> None:
    answer = await shelf.get(f"{shelf.instance('basic-text-sr')}/rendered", Accept="image/png")
    assert answer.status_code == 422
    answer = await shelf.get(f"{shelf.instance(LOOP)}/rendered", Accept="video/quicktime")
    assert answer.status_code == 406


async def test_a_thumbnail_stands_for_every_level(shelf: Shelf) -> None:
    one = shelf.selections[LOOP]
    series = f"/studies/{one.study_instance_uid}/series/{one.series_instance_uid}"
    for path in (shelf.study(LOOP), series, shelf.instance(LOOP)):
        answer = await shelf.get(f"{path}/thumbnail")
        assert max(picture(answer.content).size) == 256
        again = await shelf.get(f"{path}/thumbnail", If_None_Match=answer.headers["etag"])
        assert again.status_code == 304


async def test_a_loop_becomes_an_animation_that_keeps_its_time(shelf: Shelf) -> None:
    path = f"{shelf.instance(LOOP)}/rendered?viewport=96,96"
    answer = await shelf.get(path, Accept="image/gif")
    assert answer.headers["content-type"] == "image/gif"
    film = picture(answer.content)
    assert film.n_frames == 10  # type: ignore[attr-defined]
    durations = []
    for frame in range(10):
        film.seek(frame)
        durations.append(film.info["duration"])
    assert len(set(durations)) <= 2
    assert 0 < sum(durations) < 2000


async def test_a_loop_becomes_a_video_by_header_or_parameter(shelf: Shelf) -> None:
    path = f"{shelf.instance(LOOP)}/rendered"
    for answer in (
        await shelf.get(path, Accept="video/mp4"),
        await shelf.get(f"{path}?accept=video/mp4"),
    ):
        assert answer.headers["content-type"] == "video/mp4"
        assert answer.content[4:8] == b"ftyp"


async def test_the_parameter_names_a_still_too(shelf: Shelf) -> None:
    answer = await shelf.get(
        f"{shelf.instance(GREY)}/rendered?accept=image/png", Accept="image/gif"
    )
    assert answer.headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("path", "accept", "given"),
    [
        ("/frames/1/rendered", "video/mp4, image/jpeg;q=0.5", "image/jpeg"),
        ("/rendered", "video/quicktime, image/png;q=0.5", "image/png"),
        ("/rendered", "*/*", "image/jpeg"),
        ("/rendered", "image/*", "image/jpeg"),
        ("/rendered", "video/*", "video/mp4"),
    ],
)
async def test_the_most_wanted_that_can_be_made_is_given(
    shelf: Shelf, path: str, accept: str, given: str
) -> None:
    answer = await shelf.get(shelf.instance(LOOP) + path, Accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, given)


async def test_without_the_extra_the_next_type_is_given(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unavailable(*_arguments: object) -> AsyncIterator[bytes]:
        raise VideoUnavailable("install the extra video")
        yield b""

    monkeypatch.setattr(RenderService, "film", unavailable)
    path = f"{shelf.instance(LOOP)}/rendered"
    answer = await shelf.get(path, Accept="video/mp4, image/png;q=0.5")
    assert answer.headers["content-type"] == "image/png"
    answer = await shelf.get(path, Accept="video/mp4")
    assert answer.status_code == 406
    assert "extra video" in answer.json()["detail"]


async def test_a_study_comes_as_all_its_pictures(shelf: Shelf) -> None:
    accept = 'multipart/related; type="image/jpeg"'
    answer = await shelf.get(f"{shelf.study(LOOP)}/rendered?viewport=32,32", Accept=accept)
    assert answer.status_code == 200
    listed = (await shelf.get(f"{shelf.study(LOOP)}/instances")).json()
    assert answer.content.count(b"Content-Type: image/jpeg") == len(listed)


async def test_a_frame_that_is_not_there_is_told_before_any_picture(shelf: Shelf) -> None:
    answer = await shelf.get(f"{shelf.instance(LOOP)}/frames/1,11/rendered")
    assert answer.status_code == 404


async def test_one_frame_is_no_video(shelf: Shelf) -> None:
    answer = await shelf.get(f"{shelf.instance(GREY)}/rendered?accept=video/mp4")
    assert answer.status_code == 406
    assert answer.json()["detail"] == "available: image/jpeg, image/png, image/gif"


def test_parameters_are_read() -> None:
    asked = rendering_of({"quality": "80", "viewport": "10,20,1,2,3,4", "window": "5,6,sigmoid"})
    assert asked.quality == 80
    assert asked.viewport is not None
    assert (asked.viewport.width, asked.viewport.source_height) == (10, 4.0)
    with pytest.raises(InvalidQuery):
        rendering_of({"viewport": "10"})


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
async def test_a_video_that_no_browser_plays_is_converted(web: WebArchive, testdata: Path) -> None:
    file = video_object(testdata / "dicom/us/sonosite-30frames.dcm")
    assert (await web.stow(file)).status_code == 200
    listed = (await web.client.get("/api/studies")).json()["studies"][0]
    detail = (await web.client.get(f"/api/studies/{listed['studyInstanceUID']}")).json()
    series = detail["series"][0]
    instance = series["instances"][0]
    assert instance["presentation"] == "video"
    path = (
        f"/dicom-web/studies/{listed['studyInstanceUID']}/series/{series['seriesInstanceUID']}"
        f"/instances/{instance['sopInstanceUID']}/rendered"
    )
    answer = await web.client.get(path, params={"accept": "video/mp4"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
    assert answer.content[4:8] == b"ftyp"
