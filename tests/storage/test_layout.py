"""Where things lie."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sonarium.storage.errors import BlobMissing
from sonarium.storage.keys import place_of
from sonarium.storage.layout import path_of

FOLDER = Path("/blobs")


@given(key=st.text() | st.from_regex(r"[sl]\.[0-9a-f]{20}-[0-9a-f]{4}\.[0-9a-f./-]*"))
def test_no_key_leads_out_of_the_folder(key: str) -> None:
    try:
        place = place_of(key)
    except BlobMissing:
        return
    path = path_of(FOLDER, place)
    assert path.is_relative_to(FOLDER)
    assert ".." not in path.parts
