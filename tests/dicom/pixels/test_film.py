from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from tests.dicom.pixels.objects import colour_layout, made_up, ultrasound_like

from sonarium.dicom.pixels.film import FilmFrame, make_film
from sonarium.dicom.pixels.format import PixelFormat
from sonarium.dicom.pixels.rendering import AS_STORED, MovingMediaType, Rendering, Viewport

PICTURE = ultrasound_like()
COLOUR = colour_layout(rows=64, columns=96)
GREY = made_up(rows=64, columns=96)


def film_of(
    layout: PixelFormat,
    frames: list[bytes],
    duration_ms: float,
    media_type: MovingMediaType = MovingMediaType.GIF,
    rendering: Rendering = AS_STORED,
) -> list[bytes]:
    film = make_film(layout, media_type, rendering)
    pieces = [next(film)]
    pieces += [film.send(FilmFrame(frame, duration_ms)) for frame in frames]
    return [*pieces, film.send(None)]


def opened(pieces: list[bytes]) -> Image.Image:
    return Image.open(BytesIO(b"".join(pieces)))


def test_a_gif_shows_every_frame_and_loops() -> None:
    shifted = [np.roll(PICTURE, step * 5, axis=1) for step in range(4)]
    gif = opened(film_of(COLOUR, [picture.tobytes() for picture in shifted], 40))
    assert (gif.n_frames, gif.info["loop"], gif.size) == (4, 0, (96, 64))  # type: ignore[attr-defined]
    for number, picture in enumerate(shifted):
        gif.seek(number)
        shown = np.asarray(gif.convert("RGB")).astype(int)
        assert np.abs(shown - picture).mean() < 2


def test_a_grey_gif_loses_no_shade() -> None:
    grey = PICTURE[:, :, 0].copy()
    gif = opened(film_of(GREY, [grey.tobytes(), (255 - grey).tobytes()], 40))
    assert (np.asarray(gif.convert("L")) == grey).all()
    gif.seek(1)
    assert (np.asarray(gif.convert("L")) == 255 - grey).all()


def test_a_gif_as_a_whole_keeps_the_time_of_its_clip() -> None:
    frames = [PICTURE.tobytes()] * 20
    gif = opened(film_of(COLOUR, frames, 38.647))
    total = 0
    for number in range(gif.n_frames):  # type: ignore[attr-defined]
        gif.seek(number)
        total += gif.info["duration"]
    assert abs(total - 20 * 38.647) <= 10


def test_every_piece_leaves_as_soon_as_its_frame_came() -> None:
    pieces = film_of(COLOUR, [PICTURE.tobytes()] * 3, 40)
    assert pieces[0] == b""
    assert all(len(piece) > 100 for piece in pieces[1:4])


def test_a_film_fits_its_viewport() -> None:
    gif = opened(
        film_of(COLOUR, [PICTURE.tobytes()], 40, rendering=Rendering(viewport=Viewport(48, 48)))
    )
    assert gif.size == (48, 32)


@pytest.mark.parametrize("media_type", list(MovingMediaType))
def test_a_film_without_frames_is_empty(media_type: MovingMediaType) -> None:
    film = make_film(COLOUR, media_type, AS_STORED)
    assert next(film) == b""
    with pytest.raises(StopIteration):
        film.send(None)


def test_deep_greys_without_a_window_do_not_flicker() -> None:
    deep = replace(GREY, rows=2, columns=2, bits_allocated=16, bits_stored=12, high_bit=11)
    first = np.array([[0, 1000], [2000, 4000]], np.uint16)
    second = np.array([[0, 1000], [2000, 1000]], np.uint16)
    gif = opened(film_of(deep, [first.tobytes(), second.tobytes()], 40))
    before = np.asarray(gif.convert("L")).copy()
    gif.seek(1)
    after = np.asarray(gif.convert("L"))
    assert before[0, 1] == after[0, 1] == after[1, 1]


def test_an_mp4_is_made_where_the_library_is_installed() -> None:
    pytest.importorskip("av")
    film = b"".join(film_of(COLOUR, [PICTURE.tobytes()] * 3, 40, MovingMediaType.MP4))
    assert film[4:8] == b"ftyp"
