"""Dates and times of the index, mended where the meaning is clear (PS3.5 6.2)."""

import re
from datetime import date

_DATE = re.compile(r"(\d{4})([-./]?)(\d\d)\2(\d\d)(?!\d)|(\d{4})(\d\d)(\d\d)\d", re.ASCII)
_TIME = re.compile(r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,6})\d*)?)?)?(?!\d)", re.ASCII)


def index_date(text: str) -> str | None:
    """Return YYYYMMDD of a DA or DT value; None when no calendar holds it.

    Takes `1994.01.30` (the form of ACR-NEMA, PS3.5 6.2) and `1994-01-30` too.
    """
    found = _DATE.match(text.strip(" \0"))
    if found is None:
        return None
    year, month, day = (
        (found[1], found[3], found[4]) if found[1] else (found[5], found[6], found[7])
    )
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return None
    return year + month + day


def index_time(text: str) -> str | None:
    """Return HHMMSS or HHMMSS.FFFFFF of a TM value; None when no clock shows it.

    Missing minutes and seconds read as zero; `12:30:00` is taken too. A leap
    second (60) becomes 59, since PostgreSQL and Python have none.
    """
    found = _TIME.match(text.strip(" \0"))
    if found is None:
        return None
    hours, minutes, seconds = found[1], found[2] or "00", found[3] or "00"
    if hours > "23" or minutes > "59" or seconds > "60":
        return None
    if seconds == "60":
        return f"{hours}{minutes}59"
    fraction = (found[4] or "").rstrip("0")
    return f"{hours}{minutes}{seconds}" + (f".{fraction.ljust(6, '0')}" if fraction else "")
