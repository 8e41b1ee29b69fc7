"""The one text box above the study list."""

from sonarium.db.transaction import Transaction
from sonarium.index.studies import StudyRow


async def quick_search(
    tx: Transaction, text: str, *, limit: int = 60, offset: int = 0
) -> list[StudyRow]:
    """Find studies that hold every word of `text`, most recent first; no words: all studies.

    A word matches the beginning of any word, and from three characters on any part, of name,
    patient ID, accession number, study description, modality and date (`20240131`,
    `2024-01-31`, `31.01.2024`). Case and accents do not count.
    """
    raise NotImplementedError
