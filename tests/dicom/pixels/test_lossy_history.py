from tests.dicom.building import EXPLICIT, JPEG, element, encapsulated
from tests.dicom.pixels.objects import open_data_set

from sonarium.dicom.header import Header
from sonarium.dicom.pixels.lossy_history import derived_uid, mark_new_loss, mark_past_loss


def header(uid: str = EXPLICIT, *elements: bytes) -> Header:
    identity = element(0x00080016, "UI", b"1.2\0") + element(0x00080018, "UI", b"1.2.3\0")
    pixels = encapsulated(b"\xff\xd8") if uid == JPEG else b""
    return open_data_set(uid, identity + b"".join(elements) + pixels).header


def test_a_loss_that_the_header_conceals_is_told() -> None:
    (marked,) = mark_past_loss(header(JPEG)).values()
    assert marked is not None
    assert marked.value == b"01"
    (unset,) = mark_past_loss(header(JPEG, element(0x00282110, "CS", b"00"))).values()
    assert unset is not None
    assert unset.value == b"01"


def test_a_loss_once_told_stays_told_and_none_is_invented() -> None:
    assert not mark_past_loss(header(JPEG, element(0x00282110, "CS", b"01")))
    assert not mark_past_loss(header())


def test_a_lossy_copy_is_another_object_that_names_its_source() -> None:
    earlier = (
        element(0x00080008, "CS", b"ORIGINAL\\PRIMARY\\TTE\\0001 "),
        element(0x00282112, "DS", b"12"),
        element(0x00282114, "CS", b"ISO_15444_1 "),
    )
    changes = mark_new_loss(
        header(EXPLICIT, earlier[0], *earlier[1:]), "2.25.9", "ISO_10918_1", 7.5
    )
    values = {tag: change.value for tag, change in changes.items() if change is not None}
    assert values[0x00080008] == b"DERIVED\\PRIMARY\\TTE\\0001"
    assert values[0x00080018] == b"2.25.9"
    assert values[0x00282110] == b"01"
    assert values[0x00282112] == b"12\\7.5"
    assert values[0x00282114] == b"ISO_15444_1\\ISO_10918_1"
    source = changes[0x00082112]
    assert source is not None
    assert source.items[0][1].value == b"1.2.3"


def test_the_same_copy_has_the_same_uid() -> None:
    assert derived_uid(header(), JPEG, 90) == derived_uid(header(), JPEG, 90)
    assert derived_uid(header(), JPEG, 90) != derived_uid(header(), JPEG, 80)
    assert derived_uid(header(), JPEG, 90).startswith("2.25.")
    assert len(derived_uid(header(), JPEG, 90)) <= 64
