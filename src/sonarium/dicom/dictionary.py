"""The data dictionary (PS3.6), as far as reading needs it: VR and keyword of a tag."""

from typing import Final

from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom.datadict import keyword_for_tag, private_dictionary_VR

from sonarium.dicom.value_representation import ALL_VRS

AMBIGUOUS_VRS: Final = {
    "US or SS": "US",
    "OB or OW": "OW",
    "US or OW": "OW",
    "US or SS or OW": "OW",
    "NONE": "UN",
}
"""What stands in the VR column of PS3.6 where the data set decides."""

_PLAIN: dict[int, str] = {tag: entry[0] for tag, entry in DicomDictionary.items()}
_SIGNED_OR_NOT = frozenset(tag for tag, vr in _PLAIN.items() if vr.startswith("US or SS"))
_REPEATERS = {
    int(mask.replace("x", "0"), 16): (
        int("".join("0" if digit == "x" else "F" for digit in mask), 16),
        entry[0],
    )
    for mask, entry in RepeatersDictionary.items()
}
_KEYWORDS: dict[int, str] = {tag: entry[4] for tag, entry in DicomDictionary.items() if entry[4]}
_TAGS: dict[str, int] = {keyword: tag for tag, keyword in _KEYWORDS.items()}


class _VRByTag(dict[int, str]):
    """Falls back to repeating groups and private rules; keeps nothing a peer invents."""

    def __missing__(self, tag: int) -> str:
        group, element = tag >> 16, tag & 0xFFFF
        if element == 0:
            return "UL"  # group length, PS3.5 7.2
        if group & 1:
            return "LO" if 0x10 <= element <= 0xFF else "UN"  # private creator, PS3.5 7.8.1
        for pattern, (mask, vr) in _REPEATERS.items():
            if tag & mask == pattern:
                return AMBIGUOUS_VRS.get(vr, vr)
        return "UN"


VR_BY_TAG: dict[int, str] = _VRByTag({tag: AMBIGUOUS_VRS.get(vr, vr) for tag, vr in _PLAIN.items()})
"""The VR of every tag; `UN` where nobody knows. Look up with `[...]`, never `get`."""


def vr_for(tag: int, *, pixel_representation: int | None = None) -> str:
    """Return the VR of a tag, `UN` when unknown (PS3.5 6.2.2).

    Args:
        tag: the attribute.
        pixel_representation: (0028,0103) of the data set or the one around it;
            decides between US and SS.
    """
    if pixel_representation == 1 and tag in _SIGNED_OR_NOT:
        return "SS" if VR_BY_TAG[tag] == "US" else VR_BY_TAG[tag]
    return VR_BY_TAG[tag]


def private_vr(tag: int, creator: str) -> str | None:
    """Return the VR of a private attribute that makers have published, or None."""
    try:
        vr = str(private_dictionary_VR(tag, creator))
    except KeyError:
        return None
    return vr if vr in ALL_VRS else None


def keyword_of(tag: int) -> str:
    """Return the keyword of a tag, or "" (private and unknown ones)."""
    keyword = _KEYWORDS.get(tag)
    if keyword is not None:
        return keyword
    return "" if (tag >> 16) & 1 else keyword_for_tag(tag)


def tag_of(keyword: str) -> int | None:
    """Return the tag of a keyword such as `PatientName`, or None."""
    return _TAGS.get(keyword)


def attribute_name(tag: int) -> str:
    """Name an attribute for a person: `PatientName (0010,0010)`."""
    place = f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
    keyword = keyword_of(tag)
    return f"{keyword} {place}" if keyword else place
