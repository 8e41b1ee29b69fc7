"""From the attributes of a level to the columns of its row."""

from sonarium.domain.attributes import Attributes, Element
from sonarium.index.folding import fold, fold_name_group


def text_of(attributes: Attributes, tag: str) -> str:
    """Return the first value as text; empty where there is none."""
    value = _first(attributes.get(tag))
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)


def number_of(attributes: Attributes, tag: str) -> int | None:
    """Return the first value as a whole number that a column can hold."""
    value = _first(attributes.get(tag))
    try:
        number = int(str(value))
    except (TypeError, ValueError):
        return None
    return number if -(2**31) <= number < 2**31 else None


def name_groups(attributes: Attributes, tag: str) -> tuple[str, str, str]:
    """Return the folded alphabetic, ideographic and phonetic groups of a PN."""
    value = _first(attributes.get(tag))
    groups = value if isinstance(value, dict) else {}
    alphabetic, ideographic, phonetic = (
        fold_name_group(str(groups.get(part) or ""))
        for part in ("Alphabetic", "Ideographic", "Phonetic")
    )
    return alphabetic, ideographic, phonetic


def words_of(*attributes: Attributes) -> str:
    """Return what the study list's search box looks in, folded."""
    said = []
    for level in attributes:
        for tag in ("00100010", "00100020", "00080050", "00081030", "00080090", "00200010"):
            value = _first(level.get(tag))
            if isinstance(value, dict):
                said += [fold(str(group).replace("^", " ")) for group in value.values()]
            elif value is not None:
                said.append(fold(str(value)))
    return " ".join(filter(None, said))


def _first(element: Element | None) -> object:
    values = element.get("Value") if element else None
    return values[0] if isinstance(values, list) and values else None
