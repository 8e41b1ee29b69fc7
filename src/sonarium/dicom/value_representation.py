"""Facts about value representations (PS3.5 6.2 and 7.1.2)."""

from typing import Final

SHORT_VRS: Final = frozenset(
    {"AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL"}
    | {"SS", "ST", "TM", "UI", "UL", "US"}
)
"""Two bytes of length in explicit VR."""

LONG_VRS: Final = frozenset(
    {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"}
)
"""Two reserved bytes, then four bytes of length in explicit VR."""

BULK_VRS: Final = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
"""Uninterpreted bytes: BulkDataURI or InlineBinary in the models."""

CHARACTER_SET_VRS: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UT"})
"""Texts whose bytes depend on Specific Character Set (PS3.5 6.1.2.3)."""

SINGLE_TEXT_VRS: Final = frozenset({"LT", "ST", "UR", "UT"})
"""Texts in which a backslash does not part values."""

TEXT_VRS: Final = CHARACTER_SET_VRS | {
    "AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR",
}  # fmt: skip

NUMBER_FORMATS: Final = {
    "FD": "d", "FL": "f", "SL": "i", "SS": "h", "SV": "q", "UL": "I", "US": "H", "UV": "Q",
}  # fmt: skip
"""Binary numbers by their `struct` letter."""

WORD_SIZES: Final = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
"""Bytes of each word that big endian syntaxes turn round."""

ALL_VRS: Final = SHORT_VRS | LONG_VRS
