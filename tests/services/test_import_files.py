"""Finding and reading files."""

import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from tests.services.data_sets import EXPLICIT, US_IMAGE, element, instance_uid, still

from sonarium.dicom.errors import MalformedDataSet
from sonarium.dicom.part10 import file_meta
from sonarium.services.import_files import (
    MEDIA_STORAGE_DIRECTORY,
    ImportFile,
    ImportRefused,
    NotDICOM,
    find_files,
    iter_chunks,
    read_start,
)


def part10(number: int, data_set: bytes = b"") -> bytes:
    meta = file_meta(
        sop_class_uid=US_IMAGE, sop_instance_uid=instance_uid(number), transfer_syntax_uid=EXPLICIT
    )
    return meta + (data_set or still(number))


def sequence_item(*elements: bytes) -> bytes:
    content = b"".join(elements)
    return b"\xfe\xff\x00\xe0" + len(content).to_bytes(4, "little") + content


def dicomdir(*file_ids: str) -> bytes:
    records = [
        sequence_item(
            element(0x00041430, "CS", "IMAGE"),
            element(0x00041500, "CS", file_id),
        )
        for file_id in file_ids
    ]
    meta = file_meta(
        sop_class_uid=MEDIA_STORAGE_DIRECTORY,
        sop_instance_uid="2.25.1",
        transfer_syntax_uid=EXPLICIT,
    )
    return meta + element(0x00041220, "SQ", b"".join(records))


def test_a_folder_is_walked_to_its_depth_but_not_out_of_it(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    (inside / "a" / "b").mkdir(parents=True)
    outside.mkdir()
    for path in (inside / "2", inside / "1", inside / "a" / "b" / "3", outside / "secret"):
        path.write_bytes(b"x")
    (inside / "link").symlink_to(outside)
    (inside / "file-link").symlink_to(outside / "secret")
    (inside / "loop").symlink_to(inside)
    os.mkfifo(inside / "pipe")
    assert find_files(inside) == [
        ImportFile(inside / "1"),
        ImportFile(inside / "2"),
        ImportFile(inside / "a" / "b" / "3"),
    ]


def test_a_dicomdir_leads_to_its_files_whatever_their_case(tmp_path: Path) -> None:
    (tmp_path / "images" / "St1").mkdir(parents=True)
    (tmp_path / "images" / "St1" / "im1").write_bytes(b"x")
    (tmp_path / "unlisted").write_bytes(b"x")
    directory = tmp_path / "DICOMDIR"
    directory.write_bytes(dicomdir("IMAGES\\ST1\\IM1", "IMAGES\\ST1\\IM1", "IMAGES\\ST1\\GONE"))
    assert [file.path.relative_to(tmp_path) for file in find_files(directory)] == [
        Path("images/St1/im1"),
        Path("images/St1/GONE"),
    ]


@pytest.mark.parametrize("file_id", ["..\\..\\etc\\passwd", "/etc/passwd", "A\\.\\B", "A\\/B"])
def test_a_dicomdir_leads_nowhere_else(tmp_path: Path, file_id: str) -> None:
    directory = tmp_path / "DICOMDIR"
    directory.write_bytes(dicomdir(file_id))
    (file,) = find_files(directory)
    assert file.path.parent == tmp_path
    assert not file.path.exists()


def test_a_dicomdir_leads_through_no_link(tmp_path: Path) -> None:
    medium, outside = tmp_path / "medium", tmp_path / "outside"
    medium.mkdir()
    outside.mkdir()
    (outside / "SECRET").write_bytes(b"x")
    (medium / "IMAGES").symlink_to(outside)
    (medium / "ONE").symlink_to(outside / "SECRET")
    (medium / "DICOMDIR").write_bytes(dicomdir("IMAGES\\SECRET", "ONE"))
    assert not any(file.path.exists() for file in find_files(medium / "DICOMDIR"))


def test_a_broken_dicomdir_is_refused(tmp_path: Path) -> None:
    directory = tmp_path / "DICOMDIR"
    directory.write_bytes(dicomdir("A")[:-3])
    with pytest.raises(ImportRefused):
        find_files(directory)
    with pytest.raises(ImportRefused):
        find_files(tmp_path / "nothing")


def test_the_members_of_a_zip_archive_are_files(tmp_path: Path) -> None:
    path = tmp_path / "study.ZIP"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("folder/../../1.dcm", part10(1))
        archive.writestr("2.dcm", part10(2))
        archive.mkdir("empty")
    (tmp_path / "broken.zip").write_bytes(b"PK\3\4 no archive")
    broken, first, second = find_files(tmp_path)
    assert (broken.member, first.member, second.member) == ("", "2.dcm", "folder/../../1.dcm")
    with first.opened() as file:
        assert file.read() == part10(2)


def test_an_archive_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("bomb", "w", force_zip64=True) as member,
    ):
        member.write(part10(1))
        for _ in range(300):
            member.write(bytes(2**20))
    (file,) = find_files(path)
    with pytest.raises(ImportRefused), file.opened():
        pass


def test_reading_in_pieces_gives_the_data_set() -> None:
    data_set = still(1, pixels=os.urandom(3_000_000))
    file = BytesIO(part10(1, data_set))
    start, first = read_start(file)
    assert start.transfer_syntax_uid == EXPLICIT
    chunks = list(iter_chunks(file, first))
    assert len(chunks) > 2
    assert b"".join(chunks) == data_set


@pytest.mark.parametrize("content", [b"", b"text\n" * 100, b"\x89PNG\r\n\x1a\n" + bytes(500)])
def test_other_files_are_told_apart(content: bytes) -> None:
    with pytest.raises(NotDICOM):
        read_start(BytesIO(content))


def test_a_dicomdir_is_no_object() -> None:
    with pytest.raises(NotDICOM):
        read_start(BytesIO(dicomdir("A")))


def test_a_file_that_only_begins_as_dicom_is_malformed() -> None:
    with pytest.raises(MalformedDataSet):
        read_start(BytesIO(bytes(128) + b"DICM" + b"\xff" * 100))
