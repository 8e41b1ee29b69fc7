"""What a person types from the printed page is the key again, or the slip is noticed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.base.clock import utc_now
from sonarium.storage.errors import KitMisread
from sonarium.storage.recovery_kit import kit_characters, read_kit, write_kit
from sonarium.storage.root_key import KEY_BYTES, RootKey

secrets = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)


def test_the_page_has_the_characters_in_groups_and_says_how_to_restore() -> None:
    root = RootKey.make()
    page = write_kit(root, utc_now())
    groups = re.findall(r"^ {4}((?:[A-Z2-7]{4}  ){6}[A-Z2-7]{4})$", page, re.MULTILINE)
    assert len(groups) == 2
    assert read_kit("\n".join(groups)) == root
    assert "sonarium keys restore" in page
    assert root.key_id in page
    assert all(len(line) <= 80 for line in page.splitlines())


@given(secret=secrets)
def test_small_letters_spaces_and_look_alike_digits_do_not_matter(secret: bytes) -> None:
    typed = kit_characters(RootKey.of(secret)).lower()
    typed = typed.replace("o", "0").replace("i", "1").replace("b", "8")
    assert read_kit(" - ".join(typed)).secret == secret


@given(
    secret=secrets, at=st.integers(0, 55), wrong=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
)
def test_one_wrong_character_is_noticed(secret: bytes, at: int, wrong: str) -> None:
    right = kit_characters(RootKey.of(secret))
    typed = right[:at] + wrong + right[at + 1 :]
    if typed != right:
        with pytest.raises(KitMisread):
            read_kit(typed)


@pytest.mark.parametrize("typed", ["", "ABCD", "9" * 56, "A" * 56, "A" * 64])
def test_what_is_no_kit_is_refused(typed: str) -> None:
    with pytest.raises(KitMisread):
        read_kit(typed)
