"""The recovery kit: a page that a person prints, and types from when the keys are lost."""

import base64
import hashlib
from datetime import datetime
from typing import Final

from sonarium.storage.errors import KitMisread
from sonarium.storage.root_key import KEY_BYTES, RootKey

_CHECK_BYTES: Final = 3
_CHECK_PURPOSE: Final = b"sonarium recovery kit\0"
_GROUP: Final = 4
_GROUPS_IN_LINE: Final = 7
_MISREAD: Final = str.maketrans({"0": "O", "1": "I", "8": "B"})
"""Digits that base32 (RFC 4648, 6) does not have, and the letters that look like them."""

_PAGE: Final = """\
SONARIUM RECOVERY KIT

Without this key, the images of this archive cannot be opened by anybody.
It opens every image, so keep this page as you keep the keys of the pharmacy:
print it, lay it in a safe, away from the machine and from its backups, and
delete what is on the screen.

  Made        {made:%Y-%m-%d %H:%M} UTC
  Key         {key_id}

{groups}

When the machine or its folder `keys` is lost:
  1. Bring back the data folder and the database from their backup.
  2. Run:  sonarium keys restore --data FOLDER
     and type the characters above. Small letters and spaces do not matter,
     and a slip of the pen is noticed.
  3. Run:  sonarium doctor --data FOLDER

After `sonarium keys rotate` there is a new kit. Keep this one too for as long
as you keep backups from before that day.
"""


def write_kit(root: RootKey, made: datetime) -> str:
    """Write the page to print."""
    characters = kit_characters(root)
    groups = [characters[at : at + _GROUP] for at in range(0, len(characters), _GROUP)]
    lines = [
        "    " + "  ".join(groups[at : at + _GROUPS_IN_LINE])
        for at in range(0, len(groups), _GROUPS_IN_LINE)
    ]
    return _PAGE.format(made=made, key_id=root.key_id, groups="\n".join(lines))


def kit_characters(root: RootKey) -> str:
    """Write a root key and its check as 56 letters and digits."""
    return base64.b32encode(root.secret + _check(root.secret)).decode()


def read_kit(typed: str) -> RootKey:
    """Read what a person typed from the page.

    Raises:
        KitMisread: characters are missing, too many, or not as printed.
    """
    characters = "".join(one for one in typed.upper() if one.isalnum()).translate(_MISREAD)
    try:
        plain = base64.b32decode(characters)
    except ValueError as error:
        raise KitMisread(
            f"these are {len(characters)} characters; the kit has 56, letters and 2 to 7 only"
        ) from error
    secret, check = plain[:KEY_BYTES], plain[KEY_BYTES:]
    if check != _check(secret):
        raise KitMisread("a character is not as printed: compare group by group, and type again")
    return RootKey.of(secret)


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(_CHECK_PURPOSE + secret).digest()[:_CHECK_BYTES]
