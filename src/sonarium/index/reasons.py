"""What objects say of who may see them: their department, and physicians by code."""

from collections.abc import Iterable, Iterator
from typing import Final

from sonarium.domain.attributes import Attributes, Element
from sonarium.index.folding import fold
from sonarium.index.rows import text_of

_INSTITUTIONAL_DEPARTMENT_NAME: Final = "00081040"
_PATIENT_IDENTITY_REMOVED: Final = "00120062"
_PHYSICIANS: Final = ("00080096", "0008009D", "00081052", "00081062")
"""Identification sequences of referring, consulting, performing and reading physicians."""
_PERSON_IDENTIFICATION_CODE: Final = "00401101"
_CODE_VALUES: Final = ("00080100", "00080119")
"""Code Value, Long Code Value (PS3.3 8.1, 8.2)."""
_CODING_SCHEME_DESIGNATOR: Final = "00080102"


def department_of(series: Iterable[Attributes]) -> str:
    """Return the first Institutional Department Name (0008,1040), folded; empty: none says."""
    names = (fold(text_of(one, _INSTITUTIONAL_DEPARTMENT_NAME)) for one in series)
    return next(filter(None, names), "")


def is_identity_removed(patient: Attributes) -> bool:
    """Tell whether an object says that it tells nobody whose it is (0012,0062)."""
    return text_of(patient, _PATIENT_IDENTITY_REMOVED) == "YES"


def physician_ids_of(attributes: Attributes) -> set[str]:
    """Return the codes of the physicians that an object names, `VALUE^SCHEME` (PS3.3 10.1).

    A name alone says nothing: two physicians may share it.
    """
    found = set()
    for tag in _PHYSICIANS:
        for physician in _items(attributes.get(tag)):
            for code in _items(physician.get(_PERSON_IDENTIFICATION_CODE)):
                value = next(filter(None, (text_of(code, tag) for tag in _CODE_VALUES)), "")
                scheme = text_of(code, _CODING_SCHEME_DESIGNATOR)
                if value and "\n" not in value + scheme:
                    found.add(f"{value}^{scheme}" if scheme else value)
    return found


def _items(element: Element | None) -> Iterator[Attributes]:
    values = element.get("Value") if element else None
    for item in values if isinstance(values, list) else ():
        if isinstance(item, dict):
            yield item  # type: ignore[misc]  # an item of a sequence holds elements
