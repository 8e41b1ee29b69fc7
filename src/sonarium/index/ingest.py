"""Puts new instances into the index, many in one transaction."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import orjson

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.dicom.date_time import index_date, index_time
from sonarium.domain.arrival import Source
from sonarium.domain.attributes import Attributes
from sonarium.index.rows import name_groups, number_of, text_of, words_of


class Placement(StrEnum):
    """What became of an arrival."""

    STORED = "stored"
    ALREADY_PRESENT = "already present"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInstance:
    """A durable object on its way into the index.

    The attributes of each level are those of `dicom.level_attributes`; those of patient,
    study and series count only for rows that do not exist yet.
    """

    blob_key: str
    data_set_offset: int
    data_set_length: int
    sha256: bytes
    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax_uid: str
    instance_number: int | None
    number_of_frames: int
    patient: Attributes
    study: Attributes
    series: Attributes
    instance: Attributes
    packed_header: bytes
    packed_frames: bytes | None
    received_at: datetime
    source: Source


INSERT_PATIENTS = sql_file("sonarium.index", "insert_patients")
INSERT_STUDIES = sql_file("sonarium.index", "insert_studies")
LOCK_STUDIES = sql_file("sonarium.index", "lock_studies")
INSERT_SERIES = sql_file("sonarium.index", "insert_series")
INSERT_INSTANCES = sql_file("sonarium.index", "insert_instances")
PRESENT_INSTANCES = sql_file("sonarium.index", "present_instances")
INSERT_QUARANTINE = sql_file("sonarium.index", "insert_quarantine")
COUNT_SERIES = sql_file("sonarium.index", "count_series")
COUNT_STUDIES = sql_file("sonarium.index", "count_studies")


@dataclass(frozen=True, slots=True)
class _Study:
    study_ref: int
    study_instance_uid: str
    patient_id: str
    issuer: str


@dataclass(frozen=True, slots=True)
class _Series:
    series_ref: int
    series_instance_uid: str
    study_ref: int


@dataclass(frozen=True, slots=True)
class _Present:
    sop_instance_uid: str
    sha256: bytes
    blob_key: str
    is_quarantined: bool


async def add_instances(tx: Transaction, arrivals: Sequence[NewInstance]) -> list[Placement]:
    """Place every arrival; one answer each, in order.

    The same SOP Instance UID with the same bytes is one row; with other bytes the arrival is
    put into quarantine and the row stays untouched. The same blob twice is `STORED` twice.
    """
    first: dict[str, NewInstance] = {}
    for arrival in arrivals:
        first.setdefault(arrival.sop_instance_uid, arrival)
    firsts = list(first.values())
    studies = await _ensure_studies(tx, firsts)
    series = await _ensure_series(tx, firsts, studies)
    placed = [a for a in firsts if _belongs(a, studies, series)]
    added = await _insert(tx, placed, series)
    await _count(tx, [a for a in placed if a.sop_instance_uid in added], studies, series)
    late = [a for a in arrivals if first[a.sop_instance_uid] is not a]
    late += [a for a in firsts if a.sop_instance_uid not in added]
    verdicts = await _compare(tx, late)
    return [verdicts.get(a.blob_key, Placement.STORED) for a in arrivals]


async def _ensure_studies(tx: Transaction, arrivals: Sequence[NewInstance]) -> dict[str, _Study]:
    """Make the rows of patients and studies, and lock the studies."""
    new = {a.study_instance_uid: a for a in arrivals}
    uids = sorted(new)
    studies = await tx.all(_Study, LOCK_STUDIES, uids=uids)
    missing = sorted(set(uids) - {study.study_instance_uid for study in studies})
    if missing:
        rows = [_study_row(new[uid]) for uid in missing]
        columns: dict[str, list[object]] = {name: [row[name] for row in rows] for name in rows[0]}
        await tx.execute(
            INSERT_PATIENTS, patient_ids=columns["patient_ids"], issuers=columns["issuers"]
        )
        await tx.execute(INSERT_STUDIES, **columns)
        studies = await tx.all(_Study, LOCK_STUDIES, uids=uids)
    return {study.study_instance_uid: study for study in studies}


def _study_row(arrival: NewInstance) -> dict[str, object]:
    patient, study = arrival.patient, arrival.study
    alphabetic, ideographic, phonetic = name_groups(patient, "00100010")
    return {
        "uids": arrival.study_instance_uid,
        "patient_ids": text_of(patient, "00100020"),
        "issuers": text_of(patient, "00100021"),
        "alphabetic": alphabetic,
        "ideographic": ideographic,
        "phonetic": phonetic,
        "birth_dates": index_date(text_of(patient, "00100030")) or "",
        "sexes": text_of(patient, "00100040"),
        "dates": index_date(text_of(study, "00080020")) or "",
        "times": index_time(text_of(study, "00080030")) or "",
        "accessions": text_of(study, "00080050"),
        "study_ids": text_of(study, "00200010"),
        "descriptions": text_of(study, "00081030"),
        "referring": name_groups(study, "00080090")[0],
        "words": words_of(patient, study),
        "attributes": _json({**patient, **study}),
        "received": arrival.received_at,
    }


async def _ensure_series(
    tx: Transaction, arrivals: Sequence[NewInstance], studies: dict[str, _Study]
) -> dict[str, _Series]:
    new = {a.series_instance_uid: a for a in arrivals}
    uids = sorted(new)
    rows = await tx.all(
        _Series,
        INSERT_SERIES,
        uids=uids,
        studies=[studies[new[uid].study_instance_uid].study_ref for uid in uids],
        modalities=[text_of(new[uid].series, "00080060") for uid in uids],
        numbers=[number_of(new[uid].series, "00200011") for uid in uids],
        attributes=[_json(new[uid].series) for uid in uids],
    )
    return {row.series_instance_uid: row for row in rows}


def _belongs(arrival: NewInstance, studies: dict[str, _Study], series: dict[str, _Series]) -> bool:
    """Tell whether the series is one of the study that the object names."""
    study = studies[arrival.study_instance_uid]
    return series[arrival.series_instance_uid].study_ref == study.study_ref


async def _insert(
    tx: Transaction, arrivals: Sequence[NewInstance], series: dict[str, _Series]
) -> set[str]:
    """Add the rows; returns the SOP Instance UIDs that are new."""
    if not arrivals:
        return set()
    rows = await tx.values(
        INSERT_INSTANCES,
        uids=[a.sop_instance_uid for a in arrivals],
        series=[series[a.series_instance_uid].series_ref for a in arrivals],
        sop_classes=[a.sop_class_uid for a in arrivals],
        transfer_syntaxes=[a.transfer_syntax_uid for a in arrivals],
        numbers=[a.instance_number for a in arrivals],
        frames=[a.number_of_frames for a in arrivals],
        blob_keys=[a.blob_key for a in arrivals],
        offsets=[a.data_set_offset for a in arrivals],
        lengths=[a.data_set_length for a in arrivals],
        digests=[a.sha256 for a in arrivals],
        sources=[_source(a) for a in arrivals],
        received=[a.received_at for a in arrivals],
        attributes=[_json(a.instance) for a in arrivals],
        headers=[a.packed_header for a in arrivals],
        frame_indexes=[a.packed_frames for a in arrivals],
    )
    return {row[0] for row in rows}


async def _count(
    tx: Transaction,
    added: Sequence[NewInstance],
    studies: dict[str, _Study],
    series: dict[str, _Series],
) -> None:
    """Bring the counts and lists of series and studies up to date."""
    if not added:
        return
    by_series = Counter(series[a.series_instance_uid].series_ref for a in added)
    await tx.execute(COUNT_SERIES, series=list(by_series), instances=list(by_series.values()))
    by_study: dict[int, list[NewInstance]] = {}
    for arrival in added:
        by_study.setdefault(studies[arrival.study_instance_uid].study_ref, []).append(arrival)
    await tx.execute(
        COUNT_STUDIES,
        studies=list(by_study),
        instances=[len(group) for group in by_study.values()],
        sop_classes=[" ".join({a.sop_class_uid for a in group}) for group in by_study.values()],
        clashes=[any(_clashes(a, studies) for a in group) for group in by_study.values()],
    )


def _clashes(arrival: NewInstance, studies: dict[str, _Study]) -> bool:
    """Tell whether the object names another patient than its study's."""
    study = studies[arrival.study_instance_uid]
    named = (text_of(arrival.patient, "00100020"), text_of(arrival.patient, "00100021"))
    return named != (study.patient_id, study.issuer)


async def _compare(tx: Transaction, late: Sequence[NewInstance]) -> dict[str, Placement]:
    """Judge arrivals whose SOP Instance UID was taken; those that differ are set aside."""
    if not late:
        return {}
    rows = await tx.all(_Present, PRESENT_INSTANCES, uids=[a.sop_instance_uid for a in late])
    known = {(row.sop_instance_uid, row.sha256): row.blob_key for row in rows}
    kept = {row.blob_key: row.is_quarantined for row in rows}
    verdicts: dict[str, Placement] = {}
    for arrival in late:
        if arrival.blob_key in kept:
            if kept[arrival.blob_key]:
                verdicts[arrival.blob_key] = Placement.CONFLICT
        elif (arrival.sop_instance_uid, arrival.sha256) in known:
            verdicts[arrival.blob_key] = Placement.ALREADY_PRESENT
        else:
            verdicts[arrival.blob_key] = Placement.CONFLICT
            known[arrival.sop_instance_uid, arrival.sha256] = arrival.blob_key
            await set_aside(tx, arrival, "other bytes are kept under this SOP Instance UID")
    return verdicts


async def set_aside(tx: Transaction, arrival: NewInstance, reason: str) -> None:
    """Put an object into quarantine; `reason` is for a person and holds no patient data."""
    await tx.execute(
        INSERT_QUARANTINE,
        reason=reason,
        sop_instance_uid=arrival.sop_instance_uid,
        study_instance_uid=arrival.study_instance_uid,
        blob_key=arrival.blob_key,
        sha256=arrival.sha256,
        source=_source(arrival),
        received_at=arrival.received_at,
    )


def _source(arrival: NewInstance) -> str:
    return orjson.dumps(arrival.source).decode()


def _json(attributes: Attributes) -> str:
    # PostgreSQL's jsonb cannot hold U+0000, which padding may leave in a text.
    return orjson.dumps(attributes).decode().replace("\\u0000", "")
