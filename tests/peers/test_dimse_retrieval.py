"""Retrievals as DCMTK's tools ask for and receive them."""

from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from tests.peers.dcmtk import Finished, free_port, read_folder, run, storescp
from tests.peers.objects import Kept, TestObject, valid_objects
from tests.running_archive import RunningArchive

from sonarium.domain.device import Device

pytestmark = pytest.mark.peers

JPEG_CINE = "us/ge-vivid7-colour-cine.dcm"
RAW_STILL = "us/toshiba-xario-mmode.dcm"
EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"


@pytest.fixture(scope="session")
def by_name(testdata: Path) -> dict[str, TestObject]:
    root = testdata / "dicom"
    return {str(one.path.relative_to(root)): one for one in valid_objects(testdata)}


async def get(archive: RunningArchive, folder: Path, *options: str) -> Finished:
    folder.mkdir(exist_ok=True)
    return await run(
        "getscu", "-v", "-S", "+B", "-od", folder, *options, "-aec", "SONARIUM",
        "127.0.0.1", str(archive.port),
    )  # fmt: skip


async def move(archive: RunningArchive, destination: str, *keys: str) -> Finished:
    asked = [part for key in keys for part in ("-k", key)]
    return await run(
        "movescu", "-d", "-S", "-aec", "SONARIUM", "-aem", destination, *asked,
        "127.0.0.1", str(archive.port),
    )  # fmt: skip


def study_of(one: TestObject) -> tuple[str, str]:
    return "QueryRetrieveLevel=STUDY", f"StudyInstanceUID={one.study_instance_uid}"


@pytest.mark.parametrize(
    ("name", "option"),
    [
        (JPEG_CINE, "+xy"),
        (RAW_STILL, "+xe"),
        ("us/ge-logiq700-j2k-lossless.dcm", "+xv"),
        ("us/palette-rle-10frames.dcm", "+xr"),
        ("us/palette-jpegls-10frames.dcm", "+xt"),
        ("us/philips-epiq7-jpeg-lossless.dcm", "+xs"),
        ("us/ge-logiq700-bigendian.dcm", "+xb"),
    ],
)
async def test_getscu_receives_the_stored_syntax_that_it_prefers(
    sonarium: RunningArchive, by_name: dict[str, TestObject], tmp_path: Path, name: str, option: str
) -> None:
    one = by_name[name]
    await sonarium.keep(one.path)
    level, study = study_of(one)
    finished = await get(sonarium, tmp_path / "got", option, "-k", level, "-k", study)
    assert finished.exit_code == 0, finished.output
    assert read_folder(tmp_path / "got") == {one.sent_back}


@pytest.mark.parametrize(
    "name",
    [
        JPEG_CINE,
        "us/ge-logiq700-j2k-lossless.dcm",
        "us/palette-rle-10frames.dcm",
        "us/palette-jpegls-10frames.dcm",
        "us/philips-epiq7-jpeg-lossless.dcm",
        "us/ge-logiq700-bigendian.dcm",
        "sr/enhanced-sr-deflated.dcm",
        "ecg/ecg-12lead-mortara.dcm",
    ],
)
async def test_what_the_receiver_does_not_take_is_transcoded(
    sonarium: RunningArchive, by_name: dict[str, TestObject], tmp_path: Path, name: str
) -> None:
    one = by_name[name]
    await sonarium.keep(one.path)
    level, study = study_of(one)
    await get(sonarium, tmp_path / EXPLICIT, "+xe", "-k", level, "-k", study)
    async with storescp(tmp_path / IMPLICIT, "+xi") as port:
        await sonarium.devices.put(Device("STORESCP", "127.0.0.1", port))
        await move(sonarium, "STORESCP", level, study)
    for syntax in (EXPLICIT, IMPLICIT):
        [received] = [dcmread(path) for path in (tmp_path / syntax).iterdir()]
        assert received.file_meta.TransferSyntaxUID == syntax
        assert_same_attributes(received, dcmread(one.path))


def assert_same_attributes(received: Dataset, original: Dataset) -> None:
    """Compare all but the pixels, and what describes their encoding."""
    recoded = {0x7FE00010, 0x00280004, 0x00280006, 0x00282110, 0x00282114}
    for element in original:
        if element.tag not in recoded and element.tag.element != 0 and not element.tag.is_private:
            assert received[element.tag].value == element.value


async def test_lossless_pixels_survive_transcoding(
    sonarium: RunningArchive, by_name: dict[str, TestObject], tmp_path: Path
) -> None:
    for name, decoder in (
        ("us/palette-rle-10frames.dcm", "dcmdrle"),
        ("us/philips-epiq7-jpeg-lossless.dcm", "dcmdjpeg"),
        ("us/philips-cx50-2frame-rle.dcm", "dcmdrle"),
    ):
        one = by_name[name]
        await sonarium.keep(one.path)
        level, study = study_of(one)
        folder = tmp_path / one.path.stem
        await get(sonarium, folder, "+xe", "-k", level, "-k", study)
        [got] = list(folder.iterdir())
        decoded = tmp_path / "decoded.dcm"
        assert (await run(decoder, one.path, decoded)).exit_code == 0
        assert np.array_equal(dcmread(got).pixel_array, dcmread(decoded).pixel_array)


async def test_a_receiver_that_prefers_jpeg_still_gets_the_report_of_a_study(
    sonarium: RunningArchive, by_name: dict[str, TestObject], tmp_path: Path
) -> None:
    one = by_name["sr/basic-text-sr.dcm"]
    await sonarium.keep(one.path)
    level, study = study_of(one)
    await get(sonarium, tmp_path / "got", "+xy", "-k", level, "-k", study)
    assert read_folder(tmp_path / "got") == {one.sent_back}


async def test_movescu_sends_each_object_as_it_is_stored_over_one_association(
    sonarium: RunningArchive, by_name: dict[str, TestObject], tmp_path: Path
) -> None:
    names = [JPEG_CINE, RAW_STILL, "us/palette-rle-10frames.dcm", "sr/basic-text-sr.dcm"]
    for name in names:
        await sonarium.keep(by_name[name].path)
    studies = "\\".join(by_name[name].study_instance_uid for name in names)
    async with storescp(tmp_path / "moved", "+xa") as port:
        await sonarium.devices.put(Device("STORESCP", "127.0.0.1", port))
        finished = await move(
            sonarium, "STORESCP", "QueryRetrieveLevel=STUDY", f"StudyInstanceUID={studies}"
        )
    assert finished.exit_code == 0, finished.output
    assert read_folder(tmp_path / "moved") == {by_name[name].sent_back for name in names}
    assert "Completed Suboperations       : 4" in finished.output


async def test_a_destination_without_compression_gets_plain_pixels(
    sonarium: RunningArchive, by_name: dict[str, TestObject], tmp_path: Path
) -> None:
    one = by_name[JPEG_CINE]
    await sonarium.keep(one.path)
    async with storescp(tmp_path / "moved", "+xi") as port:
        await sonarium.devices.put(Device("STORESCP", "127.0.0.1", port))
        finished = await move(sonarium, "STORESCP", *study_of(one))
    assert finished.exit_code == 0, finished.output
    [moved] = read_folder(tmp_path / "moved")
    assert moved.transfer_syntax_uid == IMPLICIT
    assert moved.sop_instance_uid == one.kept.sop_instance_uid


async def test_what_cannot_be_sent_is_counted_and_named(
    sonarium: RunningArchive, by_name: dict[str, TestObject], tmp_path: Path
) -> None:
    still, cine = by_name[RAW_STILL], by_name[JPEG_CINE]
    for one in (still, cine):
        await sonarium.keep(one.path)
    async with sonarium.database.transaction() as tx:
        await tx.execute(
            b"UPDATE instance SET damaged_at = now() WHERE sop_instance_uid = %(uid)s",
            uid=still.kept.sop_instance_uid,
        )
    studies = f"{still.study_instance_uid}\\{cine.study_instance_uid}"
    async with storescp(tmp_path / "moved", "+xa") as port:
        await sonarium.devices.put(Device("STORESCP", "127.0.0.1", port))
        finished = await move(
            sonarium, "STORESCP", "QueryRetrieveLevel=STUDY", f"StudyInstanceUID={studies}"
        )
    assert read_folder(tmp_path / "moved") == {cine.sent_back}
    assert "0xb000" in finished.output
    assert "Failed Suboperations          : 1" in finished.output
    assert still.kept.sop_instance_uid in finished.output


async def test_an_unknown_destination_is_refused(
    sonarium: RunningArchive, by_name: dict[str, TestObject]
) -> None:
    finished = await move(sonarium, "NOBODY", *study_of(by_name[JPEG_CINE]))
    assert finished.exit_code != 0
    assert "0xa801" in finished.output


async def test_a_destination_that_does_not_answer_fails_every_sub_operation(
    sonarium: RunningArchive, by_name: dict[str, TestObject]
) -> None:
    one = by_name[JPEG_CINE]
    await sonarium.keep(one.path)
    await sonarium.devices.put(Device("GONE", "127.0.0.1", free_port()))
    finished = await move(sonarium, "GONE", *study_of(one))
    assert "0xa702" in finished.output
    assert "Failed Suboperations          : 1" in finished.output


async def test_nothing_found_is_success_without_sub_operations(
    sonarium: RunningArchive,
) -> None:
    await sonarium.devices.put(Device("GONE", "127.0.0.1", free_port()))
    finished = await move(
        sonarium, "GONE", "QueryRetrieveLevel=STUDY", "StudyInstanceUID=1.2.3.4.5"
    )
    assert finished.exit_code == 0, finished.output
    assert "Completed Suboperations       : 0" in finished.output


async def test_a_series_an_instance_and_a_patient_can_be_moved(
    sonarium: RunningArchive, by_name: dict[str, TestObject], tmp_path: Path
) -> None:
    names = [f"us/acuson-stress-baseline-v{number}.dcm" for number in range(1, 7)]
    for name in names:
        await sonarium.keep(by_name[name].path)
    first = dcmread(by_name[names[0]].path, stop_before_pixels=True)
    all_of_it = {by_name[name].sent_back for name in names}
    study = f"StudyInstanceUID={first.StudyInstanceUID}"
    series = f"SeriesInstanceUID={first.SeriesInstanceUID}"
    instance = f"SOPInstanceUID={first.SOPInstanceUID}"

    async def moved_by(*keys: str) -> set[Kept]:
        folder = tmp_path / keys[0]
        async with storescp(folder, "+xa") as port:
            await sonarium.devices.put(Device("STORESCP", "127.0.0.1", port))
            await move(sonarium, "STORESCP", *keys)
        return read_folder(folder)

    assert await moved_by("QueryRetrieveLevel=IMAGE", study, series, instance) == {
        by_name[names[0]].sent_back
    }
    one_series = await moved_by("QueryRetrieveLevel=SERIES", study, series)
    assert by_name[names[0]].sent_back in one_series
    assert one_series <= all_of_it
    folder = tmp_path / "patient"
    async with storescp(folder, "+xa") as port:
        await sonarium.devices.put(Device("STORESCP", "127.0.0.1", port))
        await run(
            "movescu", "-P", "-aec", "SONARIUM", "-aem", "STORESCP", "-k",
            "QueryRetrieveLevel=PATIENT", "-k", f"PatientID={first.PatientID}",
            "127.0.0.1", str(sonarium.port),
        )  # fmt: skip
    assert read_folder(folder) == all_of_it
