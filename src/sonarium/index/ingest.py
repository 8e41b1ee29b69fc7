"""Puts new instances into the index, many in one transaction.

Batches of several processes may hold the same study. Each takes the locks of its studies
first, ascending, and only then looks; so nobody else touches a study or its series until the
transaction ends, nobody waits in a circle, and counts can be added up as they are.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import orjson

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.dicom.date_time import index_date, index_time
from sonarium.domain.arrival import Source
from sonarium.domain.attributes import Attributes
from sonarium.domain.group_key import WrappedKey
from sonarium.index.folding import fold
from sonarium.index.locks import lock_for_ingest
from sonarium.index.reasons import department_of, is_identity_removed, physician_ids_of
from sonarium.index.rows import (
    json_text,
    name_groups,
    names_text,
    number_of,
    small,
    text_of,
    words_of,
)
from sonarium.index.study_keys import keep_study_keys


class Placement(StrEnum):
    """What became of an arrival."""

    STORED = "stored"
    ALREADY_PRESENT = "already present"
    """These very bytes are kept, or wait in quarantine: nothing refers to the new blob."""
    CONFLICT = "conflict"
    """Other bytes are kept under this SOP Instance UID: the new ones wait in quarantine."""


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
    sealed_by: WrappedKey | None = None
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
KNOWN_SERIES = sql_file("sonarium.index", "known_series")
INSERT_SERIES = sql_file("sonarium.index", "insert_series")
INSERT_INSTANCES = sql_file("sonarium.index", "insert_instances")
PRESENT_INSTANCES = sql_file("sonarium.index", "present_instances")
INSERT_QUARANTINE = sql_file("sonarium.index", "insert_quarantine")
COUNT_INSTANCES = sql_file("sonarium.index", "count_instances")


@dataclass(frozen=True, slots=True)
class _Study:
    study_ref: int
    patient_id: str
    issuer: str


@dataclass(slots=True)
class _Places:
    """The rows that the arrivals of one batch belong to."""

    studies: dict[str, _Study] = field(default_factory=dict)
    series: dict[tuple[int, str], int] = field(default_factory=dict)
    new_studies: int = 0
    new_series: int = 0

    def study(self, arrival: NewInstance) -> _Study:
        return self.studies[arrival.study_instance_uid]

    def series_of(self, arrival: NewInstance) -> int:
        return self.series[self.study(arrival).study_ref, arrival.series_instance_uid]


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
    firsts = sorted(first.values(), key=lambda arrival: arrival.sop_instance_uid)
    await lock_for_ingest(tx, {arrival.study_instance_uid for arrival in firsts})
    await keep_study_keys(tx, [(a.study_instance_uid, a.sealed_by) for a in arrivals])
    taken = await _present(tx, firsts)
    fresh = [a for a in firsts if a.sop_instance_uid not in taken]
    added: set[str] = set()
    if fresh:
        places = await _ensure_places(tx, fresh)
        added = await _insert(tx, fresh, places)
        await _count(tx, [a for a in fresh if a.sop_instance_uid in added], places)
    late = [
        a for a in arrivals if first[a.sop_instance_uid] is not a or a.sop_instance_uid not in added
    ]
    verdicts = await _compare(tx, late)
    return [verdicts.get(a.blob_key, Placement.STORED) for a in arrivals]


async def _present(tx: Transaction, arrivals: Sequence[NewInstance]) -> set[str]:
    rows = await tx.all(
        _Present, PRESENT_INSTANCES, uids=[arrival.sop_instance_uid for arrival in arrivals]
    )
    return {row.sop_instance_uid for row in rows if not row.is_quarantined}


async def _ensure_places(tx: Transaction, arrivals: Sequence[NewInstance]) -> _Places:
    """Find the studies and series of the arrivals, and make those that are missing."""
    places = _Places()
    for study_ref, study_uid, patient_id, issuer, series_ref, series_uid in await tx.values(
        KNOWN_SERIES,
        studies=list({a.study_instance_uid for a in arrivals}),
        series=list({a.series_instance_uid for a in arrivals}),
    ):
        places.studies[study_uid] = _Study(study_ref, patient_id, issuer)
        if series_ref is not None:
            places.series[study_ref, series_uid] = series_ref
    await _add_studies(tx, arrivals, places)
    await _add_series(tx, arrivals, places)
    return places


async def _add_studies(tx: Transaction, arrivals: Sequence[NewInstance], places: _Places) -> None:
    new = {a.study_instance_uid: a for a in arrivals if a.study_instance_uid not in places.studies}
    if not new:
        return
    rows = [_study_row(arrival) for arrival in new.values()]
    columns: dict[str, list[object]] = {name: [row[name] for row in rows] for name in rows[0]}
    await tx.execute(
        INSERT_PATIENTS,
        patient_ids=columns["patient_ids"],
        issuers=columns["issuers"],
        lone_study_uids=columns["lone_study_uids"],
    )
    for study_ref, uid, patient_id, issuer in await tx.values(INSERT_STUDIES, **columns):
        places.studies[uid] = _Study(study_ref, patient_id, issuer)
    places.new_studies = len(new)


def _study_row(arrival: NewInstance) -> dict[str, object]:
    patient, study = arrival.patient, arrival.study
    alphabetic, ideographic, phonetic = name_groups(patient, "00100010")
    patient_id = text_of(patient, "00100020")
    return {
        "study_instance_uids": arrival.study_instance_uid,
        "patient_ids": patient_id,
        "issuers": text_of(patient, "00100021"),
        "lone_study_uids": "" if patient_id else arrival.study_instance_uid,
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
        "referring": "=".join(name_groups(study, "00080090")).rstrip("="),
        "words": words_of(patient, study),
        "names": names_text({**patient, **study}),
        "attributes": json_text({**patient, **study}),
        "received": arrival.received_at,
    }


async def _add_series(tx: Transaction, arrivals: Sequence[NewInstance], places: _Places) -> None:
    new: dict[tuple[int, str], NewInstance] = {}
    for arrival in arrivals:
        key = (places.study(arrival).study_ref, arrival.series_instance_uid)
        if key not in places.series:
            new.setdefault(key, arrival)
    if not new:
        return
    rows = await tx.values(
        INSERT_SERIES,
        uids=[uid for _, uid in new],
        studies=[study_ref for study_ref, _ in new],
        modalities=[text_of(a.series, "00080060") for a in new.values()],
        numbers=[number_of(a.series, "00200011") for a in new.values()],
        names=[names_text(a.series) for a in new.values()],
        attributes=[json_text(a.series) for a in new.values()],
    )
    places.series.update({(study_ref, uid): ref for ref, study_ref, uid in rows})
    places.new_series = len(new)


async def _insert(tx: Transaction, arrivals: Sequence[NewInstance], places: _Places) -> set[str]:
    """Add the rows; returns the SOP Instance UIDs that are new."""
    rows = await tx.values(
        INSERT_INSTANCES,
        uids=[a.sop_instance_uid for a in arrivals],
        series=[places.series_of(a) for a in arrivals],
        sop_classes=[a.sop_class_uid for a in arrivals],
        transfer_syntaxes=[a.transfer_syntax_uid for a in arrivals],
        numbers=[small(a.instance_number) for a in arrivals],
        frames=[small(a.number_of_frames) or 0 for a in arrivals],
        blob_keys=[a.blob_key for a in arrivals],
        offsets=[a.data_set_offset for a in arrivals],
        lengths=[a.data_set_length for a in arrivals],
        digests=[a.sha256 for a in arrivals],
        sources=[source_text(a) for a in arrivals],
        received=[a.received_at for a in arrivals],
        attributes=[json_text(a.instance) for a in arrivals],
        headers=[a.packed_header for a in arrivals],
        frame_indexes=[a.packed_frames for a in arrivals],
    )
    return {row[0] for row in rows}


async def _count(tx: Transaction, added: Sequence[NewInstance], places: _Places) -> None:
    """Bring the counts and lists of series and studies up to date."""
    by_series = Counter(places.series_of(a) for a in added)
    by_study: dict[int, list[NewInstance]] = {}
    for arrival in added:
        by_study.setdefault(places.study(arrival).study_ref, []).append(arrival)
    await tx.execute(
        COUNT_INSTANCES,
        series=list(by_series),
        series_instances=list(by_series.values()),
        studies=list(by_study),
        instances=[len(group) for group in by_study.values()],
        sop_classes=[" ".join({a.sop_class_uid for a in group}) for group in by_study.values()],
        clashes=[any(_clashes(a, places) for a in group) for group in by_study.values()],
        departments=[department_of(a.series for a in group) for group in by_study.values()],
        physician_ids=["\n".join(_physician_ids(group)) for group in by_study.values()],
        identity_removed=[
            all(is_identity_removed(a.patient) for a in group) for group in by_study.values()
        ],
        senders=[_sender(group) for group in by_study.values()],
        senders_departments=[_senders_department(group) for group in by_study.values()],
        new_studies=places.new_studies,
        new_series=places.new_series,
        new_instances=len(added),
        new_bytes=sum(a.data_set_length for a in added),
    )


def _sender(group: Sequence[NewInstance]) -> str:
    """Return the AE title of the first device among those that sent these; empty: none did."""
    return next((a.source.calling_ae_title for a in group if a.source.calling_ae_title), "")


def _senders_department(group: Sequence[NewInstance]) -> str:
    """Return the department that the first of their senders named, folded; empty: none did."""
    return next(filter(None, (fold(a.source.department) for a in group)), "")


def _physician_ids(group: Sequence[NewInstance]) -> list[str]:
    return sorted({code for a in group for code in physician_ids_of({**a.study, **a.series})})


def _clashes(arrival: NewInstance, places: _Places) -> bool:
    """Tell whether the object names another patient than its study's."""
    study = places.study(arrival)
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
    await keep_study_keys(tx, [(arrival.study_instance_uid, arrival.sealed_by)])
    await tx.execute(
        INSERT_QUARANTINE,
        reason=reason,
        sop_instance_uid=arrival.sop_instance_uid,
        study_instance_uid=arrival.study_instance_uid,
        blob_key=arrival.blob_key,
        sha256=arrival.sha256,
        source=source_text(arrival),
        received_at=arrival.received_at,
    )


def source_text(arrival: NewInstance) -> str:
    """Write where an object came from, as the rows keep it."""
    return orjson.dumps(arrival.source).decode()
