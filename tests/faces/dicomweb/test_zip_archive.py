"""A study as a zip archive."""

import io
import zipfile

from tests.faces.conftest import Shelf

LOOP = "acuson-stress-baseline-v1"


async def test_a_study_can_be_had_as_one_archive(shelf: Shelf) -> None:
    answer = await shelf.get(shelf.study(LOOP), Accept="application/zip")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment")
    one = shelf.selections[LOOP]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        name = f"{one.series_instance_uid}/{one.sop_instance_uid}.dcm"
        assert archive.read(name).endswith(shelf.data_set(LOOP))


async def test_names_in_the_archive_hold_uids_alone(shelf: Shelf) -> None:
    answer = await shelf.get(shelf.study(LOOP), Accept="application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert all(set(name) <= set("0123456789./dcm") for name in archive.namelist())
