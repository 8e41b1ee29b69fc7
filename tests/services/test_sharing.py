"""What leaves the archive, byte by byte."""

import io
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from tests.running_archive import RunningArchive

from sonarium.domain.access import SYSTEM
from sonarium.domain.selection import Selection
from sonarium.services.access import AccessService
from sonarium.services.decoding import DecodingPool, DecodingSettings
from sonarium.services.render import RenderService
from sonarium.services.retrieve import NotHere, RetrieveService
from sonarium.services.sharing import (
    ShareFormat,
    ShareRefused,
    ShareRequest,
    SharingService,
)
from sonarium.ultrasound.identity_mask import Rectangle

LOOP = "us/ge-vivid7-colour-cine.dcm"
STILL = "us/toshiba-xario-mmode.dcm"
WITHOUT_REGIONS = "us/palette-rle-10frames.dcm"
CANARY = "CANARYBIRD"
DRAWN = Rectangle(20, 30, 99, 119)


@pytest.fixture
async def sharing(sonarium: RunningArchive) -> AsyncIterator[SharingService]:
    decoding = DecodingPool(DecodingSettings())
    retrieve = RetrieveService(AccessService(sonarium.database), sonarium.blobs)
    yield SharingService(retrieve, RenderService(retrieve, decoding), decoding)
    await decoding.close()


async def kept_in(sonarium: RunningArchive, path: Path, last: int | None = None) -> ShareRequest:
    stored = await sonarium.keep(path)
    if last is None:
        last = int(pydicom.dcmread(path, stop_before_pixels=True).get("NumberOfFrames", 1)) - 1
    selection = Selection(
        stored.study_instance_uid, stored.series_instance_uid, stored.sop_instance_uid
    )
    return ShareRequest(selection, 0, last)


async def shared(sharing: SharingService, request: ShareRequest, wanted: ShareFormat) -> bytes:
    file = await sharing.share(SYSTEM, request, wanted)
    return file.name.encode() + b"".join([piece async for piece in file.pieces])


def data_set_of(file: bytes) -> Dataset:
    return pydicom.dcmread(io.BytesIO(file[file.index(b"DICM") - 128 :]))


def with_canary(path: Path, folder: Path) -> Path:
    """Hide the bird wherever a scanner, a department or a person may have written it."""
    ds = pydicom.dcmread(path)
    ds.PatientName, ds.PatientID = f"{CANARY}^TWEETY", f"{CANARY}-4711"
    ds.IssuerOfPatientID = ds.AccessionNumber = CANARY
    ds.PatientBirthDate = ds.StudyDate = ds.SeriesDate = ds.ContentDate = "19630422"
    ds.OtherPatientIDs = ds.InstitutionName = ds.StudyDescription = CANARY
    ds.Manufacturer, ds.ManufacturerModelName = f"{CANARY} & Sons", f"Echo_{CANARY}"
    ds.ImageType = ["ORIGINAL", "PRIMARY", CANARY]
    ds.ImageComments = ds.PatientComments = ds.OperatorsName = CANARY
    for group in (0x0009, 0x7FE1):
        block = ds.private_block(group, CANARY, create=True)
        block.add_new(1, "LO", CANARY)
    ds.add_new(0x60000040, "CS", "G")
    ds.add_new(0x60004000, "LT", CANARY)
    ds.SynchronizationFrameOfReferenceUID = "1.2.3.4711.1963"
    for region in ds.get("SequenceOfUltrasoundRegions", []):
        region.add_new(0x00080080, "LO", CANARY)
        region.private_block(0x0019, CANARY, create=True).add_new(1, "LO", CANARY)
    if ds.file_meta.TransferSyntaxUID.is_compressed:
        # A JPEG comment right after the start of image.
        comment = b"\xff\xfe" + (2 + len(CANARY)).to_bytes(2) + CANARY.encode()
        count = int(ds.get("NumberOfFrames", 1))
        frames = [
            frame[:2] + comment + frame[2:] if frame[:2] == b"\xff\xd8" else frame
            for frame in generate_frames(ds.PixelData, number_of_frames=count)
        ]
        ds.PixelData = encapsulate(frames)
    changed = folder / path.name
    ds.save_as(changed)
    return changed


def secrets_of(ds: Dataset) -> Iterator[str]:
    """List every text of an object by which somebody could be found."""
    yield from (CANARY, "TWEETY", "19630422", "1.2.3.4711.1963")
    for element in ds.iterall():
        if element.VR == "UI" and not str(element.value).startswith("1.2.840.10008"):
            yield from (str(value) for value in np.atleast_1d(element.value))  # type: ignore[arg-type]
        if element.VR in {"DA", "DT", "PN"} or element.tag in {0x00100020, 0x00080050}:
            yield from (part for part in re.split(r"[\^= ]", str(element.value)) if len(part) > 5)


@pytest.mark.filterwarnings("ignore:The value length")  # of what a scanner wrote
@pytest.mark.parametrize("name", [LOOP, STILL, WITHOUT_REGIONS, "us/philips-epiq5-grey-still.dcm"])
async def test_no_byte_of_what_leaves_tells_who_it_was(
    sonarium: RunningArchive, sharing: SharingService, testdata: Path, tmp_path: Path, name: str
) -> None:
    path = with_canary(testdata / "dicom" / name, tmp_path)
    known = sorted(set(secrets_of(pydicom.dcmread(path))))
    whole = await kept_in(sonarium, path)
    if name == WITHOUT_REGIONS:
        whole = replace(whole, drawn=DRAWN)
    still = replace(whole, last=0)
    films = (ShareFormat.MP4, ShareFormat.GIF) if whole.last else ()
    files = [
        *[await shared(sharing, whole, wanted) for wanted in (ShareFormat.DICOM, *films)],
        *[await shared(sharing, still, wanted) for wanted in (ShareFormat.DICOM, ShareFormat.PNG)],
    ]
    for file in files:
        lowered = file.lower()
        assert [text for text in known if text.encode().lower() in lowered] == []


async def test_pixels_outside_the_regions_are_uniform_and_those_within_untouched(
    sonarium: RunningArchive, sharing: SharingService, testdata: Path
) -> None:
    path = testdata / "dicom" / STILL
    before = pydicom.dcmread(path)
    after = data_set_of(await shared(sharing, await kept_in(sonarium, path), ShareFormat.DICOM))
    inside = inside_regions(before)
    assert 0.1 < inside.mean() < 0.97
    pixels = after.pixel_array
    assert (pixels[~inside] == 0).all()
    assert (pixels[inside] == before.pixel_array[inside]).all()


async def test_a_film_and_a_picture_are_black_outside_the_regions(
    sonarium: RunningArchive, sharing: SharingService, testdata: Path
) -> None:
    path = testdata / "dicom" / LOOP
    request = await kept_in(sonarium, path)
    inside = inside_regions(pydicom.dcmread(path))
    picture = np.array(
        Image.open(io.BytesIO(await sharing.picture(SYSTEM, request, 1))).convert("RGB")
    )
    assert (picture[~inside] == 0).all()
    assert picture[inside].max() > 100
    gif = await shared(sharing, request, ShareFormat.GIF)
    first = Image.open(io.BytesIO(gif[gif.index(b"GIF8") :])).convert("RGB")
    assert np.array(first)[~inside].max() == 0
    film = await shared(sharing, request, ShareFormat.MP4)
    with av.open(io.BytesIO(film[film.index(b"ftyp") - 4 :])) as opened:
        frames = [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]  # type: ignore[union-attr]
    assert len(frames) == request.last + 1
    # H.264 rings at the border of a region: a few grey levels within a few pixels.
    shown = frames[0][: inside.shape[0], : inside.shape[1]]
    assert np.percentile(shown[~inside], 99) <= 8


def inside_regions(ds: Dataset) -> npt.NDArray[np.bool_]:
    inside = np.zeros((ds.Rows, ds.Columns), bool)
    for region in ds.SequenceOfUltrasoundRegions:
        inside[
            region.RegionLocationMinY0 : region.RegionLocationMaxY1 + 1,
            region.RegionLocationMinX0 : region.RegionLocationMaxX1 + 1,
        ] = True
    return inside


async def test_nothing_leaves_an_object_without_regions_until_a_person_has_drawn(
    sonarium: RunningArchive, sharing: SharingService, testdata: Path
) -> None:
    request = await kept_in(sonarium, testdata / "dicom" / WITHOUT_REGIONS)
    preview = await sharing.preview(SYSTEM, request)
    assert preview.mask.kept == ()
    for wanted in (ShareFormat.DICOM, ShareFormat.GIF):
        with pytest.raises(ShareRefused, match="Draw a rectangle"):
            await sharing.share(SYSTEM, request, wanted)
    with pytest.raises(ShareRefused):
        await sharing.picture(SYSTEM, request, 0)
    drawn = replace(request, drawn=DRAWN)
    after = data_set_of(await shared(sharing, drawn, ShareFormat.DICOM))
    assert after.PhotometricInterpretation == "RGB"
    pixels = after.pixel_array
    assert pixels.shape[0] == request.last + 1
    pixels[:, 30:120, 20:100] = 0
    assert not pixels.any()


async def test_the_copy_says_what_was_done_to_it(
    sonarium: RunningArchive, sharing: SharingService, testdata: Path
) -> None:
    path = testdata / "dicom" / LOOP
    before = pydicom.dcmread(path)
    request = await kept_in(sonarium, path)
    after = data_set_of(await shared(sharing, request, ShareFormat.DICOM))
    assert (after.PatientIdentityRemoved, after.BurnedInAnnotation) == ("YES", "NO")
    codes = [item.CodeValue for item in after.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113101"]
    assert after.ImageType[0] == "DERIVED"
    assert not [element for element in after.iterall() if element.tag.is_private]
    assert after.file_meta.MediaStorageSOPInstanceUID == after.SOPInstanceUID
    assert after.SOPInstanceUID != before.SOPInstanceUID
    assert after.NumberOfFrames == before.NumberOfFrames
    assert len(after.SequenceOfUltrasoundRegions) == len(before.SequenceOfUltrasoundRegions)
    assert after.LossyImageCompression == "01"


async def test_a_part_of_a_loop_counts_its_own_frames(
    sonarium: RunningArchive, sharing: SharingService, testdata: Path
) -> None:
    request = await kept_in(sonarium, testdata / "dicom" / LOOP)
    part = replace(request, first=1, last=2)
    after = data_set_of(await shared(sharing, part, ShareFormat.DICOM))
    assert after.NumberOfFrames == 2
    assert after.pixel_array.shape[0] == 2
    with pytest.raises(NotHere):
        await sharing.preview(SYSTEM, replace(request, last=request.last + 1))


async def test_two_exports_of_one_object_cannot_be_joined(
    sonarium: RunningArchive, sharing: SharingService, testdata: Path
) -> None:
    request = await kept_in(sonarium, testdata / "dicom" / STILL)
    one, other = [data_set_of(await shared(sharing, request, ShareFormat.DICOM)) for _ in range(2)]
    for keyword in ("SOPInstanceUID", "StudyInstanceUID", "PatientID", "PatientName"):
        assert one[keyword].value != other[keyword].value


async def test_the_preview_lists_what_leaves_and_what_cannot_be_made(
    sonarium: RunningArchive, sharing: SharingService, testdata: Path
) -> None:
    preview = await sharing.preview(SYSTEM, await kept_in(sonarium, testdata / "dicom" / STILL))
    assert preview.mask.kept
    assert preview.removed > 5
    assert "00100020" in preview.attributes
    assert set(preview.refused) == {ShareFormat.MP4, ShareFormat.GIF}
