"""Dates and times of the index, mended where the meaning is clear (PS3.5 6.2)."""


def index_date(text: str) -> str | None:
    """Return YYYYMMDD of a DA or DT value, also `1994.01.30` (ACR-NEMA); None when it is none."""
    raise NotImplementedError


def index_time(text: str) -> str | None:
    """Return HHMMSS or HHMMSS.FFFFFF of a TM value, also `12:30:00`; None when it is none."""
    raise NotImplementedError
