"""Fills an index with synthetic studies, for tests and measurements: rows without blobs."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from psycopg.sql import SQL, Identifier

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.attributes import Attributes
from sonarium.index.rows import name_groups, text_of, words_of

COPY_PATIENTS = sql_file("sonarium.index", "copy_patients")
COPY_STUDIES = sql_file("sonarium.index", "copy_studies")
COPY_SERIES = sql_file("sonarium.index", "copy_series")
SECONDARY_INDEXES = sql_file("sonarium.index", "secondary_indexes")
COUNT_LOADED = sql_file("sonarium.index", "count_loaded")

ROOT_UID: Final = "2.25.302906846135414071373268264929637521117.9"
"""Synthetic studies are below it: `.1`, `.2`, …, each with one series, `.1.1`, `.2.1`, …"""

DEPARTMENTS: Final = 20
"""`department 0`, `department 1`, …, each with as many studies as any other."""
STUDIES_OF_PHYSICIAN: Final = 30
"""On average; physicians are `0^SYN`, `1^SYN`, …"""

_LOADED: Final = (Identifier("patient"), Identifier("study"), Identifier("series"))
_TEXT: Final = ("text",)
_ONSETS: Final = ("b", "br", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "w")
_VOWELS: Final = ("a", "e", "i", "o", "u", "ä", "é", "ei", "ou")
_EXAMS: Final = ("Echo adult", "Stress echo", "Carotid duplex", "Fetal biometry", "Abdomen",
                 "Thyroid", "Renal", "Leg veins", "TEE", "Echo paediatric")  # fmt: skip
_FIRST_DAY: Final = date(2014, 1, 1)
_DAYS: Final = 4000


async def load_synthetic_studies(tx: Transaction, number: int, *, seed: int = 1) -> None:
    """Add studies of SYNTHETIC patients to an empty index, two for most patients.

    The indexes of the study table are built anew behind the rows, which is much faster.
    """
    chance = random.Random(seed)  # noqa: S311  # for a picture, not for secrets
    now = datetime.now(UTC)
    patients = max(1, number // 2)
    indexes = await tx.values(SECONDARY_INDEXES, table="study")
    for name, _ in indexes:
        await tx.execute(SQL("DROP INDEX {}").format(Identifier(name)))
    for table in _LOADED:  # COPY FROM knows no row-level security
        await tx.execute(SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(table))
    await tx.copy_in(
        COPY_PATIENTS, ((ref, f"SYN{ref:07d}") for ref in range(1, patients + 1)), ("int8", "text")
    )
    await tx.copy_in(COPY_STUDIES, _study_rows(number, patients, chance, now), _STUDY_TYPES)
    await tx.copy_in(COPY_SERIES, _series_rows(number), ("int8", "text", "int8", "text", "jsonb"))
    for table in _LOADED:
        await tx.execute(SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(table))
    for _, definition in indexes:
        await tx.execute(str(definition).encode())
    await tx.execute(COUNT_LOADED, studies=number)


_STUDY_TYPES: Final = (
    *("int8", "text", "int8"), *_TEXT * 14, *("text[]", "text[]", "timestamptz", "jsonb"),
    *("text", "text[]"),
)  # fmt: skip


def _study_rows(
    number: int, patients: int, chance: random.Random, now: datetime
) -> Iterator[tuple[object, ...]]:
    people = [_person(chance) for _ in range(min(patients, 40_000))]
    for ref in range(1, number + 1):
        patient_ref = ref % patients + 1
        name, sex, born = people[patient_ref % len(people)]
        day = f"{_FIRST_DAY + timedelta(days=chance.randrange(_DAYS)):%Y%m%d}"
        time = f"{chance.randrange(7, 19):02d}{chance.randrange(60):02d}{chance.randrange(60):02d}"
        patient = _attributes(
            ("00100010", "PN", {"Alphabetic": name}),
            ("00100020", "LO", f"SYN{patient_ref:07d}"),
            ("00100030", "DA", born),
            ("00100040", "CS", sex),
        )
        study = _attributes(
            ("00080020", "DA", day),
            ("00080030", "TM", time),
            ("00080050", "SH", f"A{ref:08d}"),
            ("00080090", "PN", {"Alphabetic": f"Referrer{chance.randrange(300)}^SYNTHETIC"}),
            ("00081030", "LO", chance.choice(_EXAMS)),
            ("00200010", "SH", str(ref)),
        )
        modalities = ["SR", "US"] if chance.random() < 0.02 else ["US"]
        yield (
            ref,
            f"{ROOT_UID}.{ref}",
            patient_ref,
            text_of(patient, "00100020"),
            "",
            *name_groups(patient, "00100010"),
            born,
            sex,
            day,
            time,
            text_of(study, "00080050"),
            str(ref),
            text_of(study, "00081030"),
            name_groups(study, "00080090")[0],
            words_of(patient, study),
            modalities,
            ["1.2.840.10008.5.1.4.1.1.3.1", "1.2.840.10008.5.1.4.1.1.6.1"],
            now,
            patient | study,
            f"department {chance.randrange(DEPARTMENTS)}",
            [f"{chance.randrange(max(1, number // STUDIES_OF_PHYSICIAN))}^SYN"],
        )


def _series_rows(number: int) -> Iterator[tuple[object, ...]]:
    attributes = _attributes(("00080060", "CS", "US"))
    for ref in range(1, number + 1):
        yield ref, f"{ROOT_UID}.{ref}.1", ref, "US", attributes


def _person(chance: random.Random) -> tuple[str, str, str]:
    family, given = (
        "".join(chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(parts)).title()
        for parts in (chance.randint(2, 4), chance.randint(2, 3))
    )
    born = date(1935, 1, 1) + timedelta(days=chance.randrange(30_000))
    return f"{family}^{given}^SYNTHETIC", chance.choice("FMO"), f"{born:%Y%m%d}"


def _attributes(*elements: tuple[str, str, str | dict[str, str]]) -> Attributes:
    return {tag: {"vr": vr, "Value": [dict(v) if isinstance(v, dict) else v]}
            for tag, vr, v in elements}  # fmt: skip
