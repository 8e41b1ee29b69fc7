"""The library `dicomweb-client`, as scripts use it, against `sonarium serve`.

The client is blocking; the service is processes of its own, so nothing here waits for it.
"""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from dicomweb_client.api import DICOMwebClient
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.uid import JPEGBaseline8Bit, RLELossless
from requests import HTTPError
from tests.peers.service import running_service

pytestmark = pytest.mark.peers

STILL, LOOP, PALETTE_LOOP = (
    "toshiba-xario-mmode",
    "acuson-stress-baseline-v1",
    "palette-rle-10frames",
)


@pytest.fixture(scope="module")
def objects(testdata: Path) -> dict[str, Dataset]:
    """What is stored, by the names of the files; pydicom writes no group lengths."""
    found: dict[str, Dataset] = {
        name: dcmread(testdata / "dicom/us" / f"{name}.dcm") for name in (STILL, LOOP, PALETTE_LOOP)
    }
    for read in found.values():
        for tag in [element.tag for element in read if element.tag.element == 0]:
            del read[tag]
    return found


@pytest.fixture(scope="module")
async def client(
    objects: dict[str, Dataset], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[DICOMwebClient]:
    """A client of an archive of our own, in which it has stored the objects."""
    async with running_service(tmp_path_factory.mktemp("dicomweb_client")) as service:
        client = DICOMwebClient(service.dicomweb, headers=service.headers)
        answer = client.store_instances(list(objects.values()))
        assert len(answer.ReferencedSOPSequence) == len(objects)
        assert "FailedSOPSequence" not in answer
        yield client


def uids_of(stored: Dataset) -> tuple[str, str, str]:
    return str(stored.StudyInstanceUID), str(stored.SeriesInstanceUID), str(stored.SOPInstanceUID)


def first_value(attributes: dict[str, dict[str, list[object]]], tag: str) -> object:
    return attributes[tag]["Value"][0]


@pytest.mark.parametrize("name", [STILL, LOOP, PALETTE_LOOP])
def test_an_instance_comes_back_equal_and_in_its_own_syntax(
    client: DICOMwebClient, objects: dict[str, Dataset], name: str
) -> None:
    stored = objects[name]
    back = client.retrieve_instance(*uids_of(stored), media_types=(("application/dicom", "*"),))
    assert back.file_meta.TransferSyntaxUID == stored.file_meta.TransferSyntaxUID
    assert back == stored


def test_a_study_and_a_series_hold_what_was_stored_in_them(
    client: DICOMwebClient, objects: dict[str, Dataset]
) -> None:
    study, series, instance = uids_of(objects[LOOP])
    for found in (client.retrieve_study(study), list(client.iter_series(study, series))):
        assert [str(one.SOPInstanceUID) for one in found] == [instance]


def test_all_levels_are_searched(client: DICOMwebClient, objects: dict[str, Dataset]) -> None:
    study, series, instance = uids_of(objects[STILL])
    (found_study,) = client.search_for_studies(search_filters={"StudyInstanceUID": study})
    (found_series,) = client.search_for_series(study)
    (found_instance,) = client.search_for_instances(study, series)
    assert first_value(found_study, "0020000D") == study
    assert first_value(found_series, "0020000E") == series
    assert first_value(found_instance, "00080018") == instance


def test_pages_are_gathered_and_empty_results_are_empty(
    client: DICOMwebClient, objects: dict[str, Dataset]
) -> None:
    found = client.search_for_studies(limit=1, get_remaining=True)
    assert {first_value(study, "0020000D") for study in found} == {
        uids_of(stored)[0] for stored in objects.values()
    }
    assert client.search_for_studies(search_filters={"PatientID": "NOBODY-HAS-THIS"}) == []


def test_fields_that_are_asked_for_are_answered(
    client: DICOMwebClient, objects: dict[str, Dataset]
) -> None:
    (found,) = client.search_for_instances(
        *uids_of(objects[LOOP])[:2], fields=["Manufacturer", "00280004"]
    )
    assert first_value(found, "00080070") == objects[LOOP].Manufacturer
    assert first_value(found, "00280004") == objects[LOOP].PhotometricInterpretation


def test_metadata_become_a_data_set_whose_bulk_values_can_be_fetched(
    client: DICOMwebClient, objects: dict[str, Dataset]
) -> None:
    stored = objects[STILL]
    metadata = client.retrieve_instance_metadata(*uids_of(stored))
    assert Dataset.from_json(metadata, lambda *_: b"").Rows == stored.Rows
    address = str(metadata["7FE00010"]["BulkDataURI"])
    assert b"".join(client.retrieve_bulkdata(address)) == stored.PixelData


@pytest.mark.parametrize(
    ("name", "media_type", "syntax"),
    [(LOOP, "image/jpeg", JPEGBaseline8Bit), (PALETTE_LOOP, "image/dicom-rle", RLELossless)],
)
def test_stored_frames_come_as_they_are_stored(
    client: DICOMwebClient, objects: dict[str, Dataset], name: str, media_type: str, syntax: str
) -> None:
    stored = objects[name]
    frames = client.retrieve_instance_frames(
        *uids_of(stored), frame_numbers=[10, 1], media_types=((media_type, syntax),)
    )
    assert len(frames) == 2
    assert all(frame.rstrip(b"\0") in stored.PixelData for frame in frames)
    assert frames[0] != frames[1]


def test_frames_come_uncompressed_on_request(
    client: DICOMwebClient, objects: dict[str, Dataset]
) -> None:
    stored = objects[PALETTE_LOOP]
    (frame,) = client.retrieve_instance_frames(
        *uids_of(stored), frame_numbers=[3], media_types=("application/octet-stream",)
    )
    assert frame == stored.pixel_array[2].tobytes()


def test_a_rendered_frame_is_a_picture_of_the_whole_frame(
    client: DICOMwebClient, objects: dict[str, Dataset]
) -> None:
    stored = objects[LOOP]
    picture = client.retrieve_instance_frames_rendered(
        *uids_of(stored), frame_numbers=[2], media_types=("image/png",)
    )
    opened = Image.open(io.BytesIO(picture))
    assert (opened.format, opened.size) == ("PNG", (stored.Columns, stored.Rows))


def test_a_rendered_loop_is_an_animation_of_all_frames(
    client: DICOMwebClient, objects: dict[str, Dataset]
) -> None:
    film = client.retrieve_instance_rendered(*uids_of(objects[LOOP]), media_types=("image/gif",))
    opened = Image.open(io.BytesIO(film))
    assert getattr(opened, "n_frames", 1) == objects[LOOP].NumberOfFrames


def test_what_is_not_there_is_not_found(
    client: DICOMwebClient, objects: dict[str, Dataset]
) -> None:
    study, series, _ = uids_of(objects[STILL])
    with pytest.raises(HTTPError, match="404"):
        client.retrieve_instance(study, series, "1.2.3")
    with pytest.raises(HTTPError, match="404"):
        client.retrieve_instance_frames(*uids_of(objects[LOOP]), frame_numbers=[11])
