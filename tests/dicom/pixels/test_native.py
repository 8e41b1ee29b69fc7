import numpy as np
import pytest
from tests.dicom.pixels.objects import colour_layout, made_up

from sonarium.dicom.pixels.errors import DecodeFailed, UnsupportedPixels
from sonarium.dicom.pixels.native import native_values
from sonarium.dicom.uids import EXPLICIT_VR_BIG_ENDIAN

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_values_come_back_in_either_byte_order(kind: str, order: str) -> None:
    values = RNG.integers(0, 100, (4, 6)).astype(kind)
    layout = made_up(
        bits_allocated=values.dtype.itemsize * 8,
        bits_stored=values.dtype.itemsize * 8,
        is_signed=kind[0] == "i",
        **({"transfer_syntax_uid": EXPLICIT_VR_BIG_ENDIAN} if order == ">" else {}),
    )
    stored = values.astype(values.dtype.newbyteorder(order)).tobytes()  # type: ignore[arg-type]
    read = native_values(stored, layout)
    assert read.dtype == values.dtype
    assert (read == values).all()


def test_planes_become_pixels() -> None:
    planes = RNG.integers(0, 256, (3, 4, 6)).astype(np.uint8)
    read = native_values(planes.tobytes(), colour_layout(planar_configuration=1))
    assert (read == planes.transpose(1, 2, 0)).all()


def test_half_chroma_is_shared_by_two_pixels() -> None:
    stored = bytes((10, 20, 100, 200, 30, 40, 110, 210))
    layout = colour_layout(rows=1, columns=4, photometric_interpretation="YBR_FULL_422")
    read = native_values(stored, layout)
    assert read.tolist() == [
        [[10, 100, 200], [20, 100, 200], [30, 110, 210], [40, 110, 210]],
    ]


def test_a_half_chroma_label_over_whole_samples_is_not_believed() -> None:
    values = RNG.integers(0, 256, (4, 6, 3)).astype(np.uint8)
    layout = colour_layout(photometric_interpretation="YBR_FULL_422")
    assert (native_values(values.tobytes(), layout) == values).all()


def test_single_bits_begin_anywhere_in_a_byte() -> None:
    bits = RNG.integers(0, 2, 3 + 24).astype(np.uint8)
    stored = np.packbits(bits, bitorder="little").tobytes()
    read = native_values(stored, made_up(bits_allocated=1, bits_stored=1, high_bit=0), 3)
    assert (read.reshape(-1) == bits[3:]).all()


def test_eight_bits_in_big_endian_words_are_turned() -> None:
    values = np.arange(24, dtype=np.uint8)
    stored = values.reshape(-1, 2)[:, ::-1].tobytes()
    layout = made_up(transfer_syntax_uid=EXPLICIT_VR_BIG_ENDIAN, is_word_value=True)
    assert (native_values(stored, layout).reshape(-1) == values).all()


@pytest.mark.parametrize(
    "layout",
    [
        made_up(),
        made_up(bits_allocated=16),
        colour_layout(),
        made_up(rows=40, bits_allocated=1, bits_stored=1, high_bit=0),
        colour_layout(rows=40, photometric_interpretation="YBR_FULL_422"),
    ],
)
def test_a_short_frame_is_refused(layout: object) -> None:
    with pytest.raises(DecodeFailed):
        native_values(bytes(20), layout)  # type: ignore[arg-type]


def test_half_chroma_of_odd_width_is_not_supported() -> None:
    layout = colour_layout(rows=2, columns=5, photometric_interpretation="YBR_FULL_422")
    with pytest.raises(UnsupportedPixels):
        native_values(bytes(20), layout)
