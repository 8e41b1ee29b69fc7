"""Many distinct objects, cheaply: for benchmarks and for filling an index.

Pixels are rendered a few times and shared; every object has a header of its own, made by
writing over fields of fixed width in an encoded one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np

from sonarium.ultrasound.synthetic.acquisition import Acquisition, encode
from sonarium.ultrasound.synthetic.apical_views import apical_four_chamber
from sonarium.ultrasound.synthetic.cycle import Cycle
from sonarium.ultrasound.synthetic.data_sets import Series, Study, image_object
from sonarium.ultrasound.synthetic.heart_clips import ClipPlan, record_heart
from sonarium.ultrasound.synthetic.heart_traces import (
    HeartStill,
    inflow_spectrum,
    record_spectrum,
)
from sonarium.ultrasound.synthetic.loop import Heart
from sonarium.ultrasound.synthetic.objects import SyntheticObject
from sonarium.ultrasound.synthetic.patients import Patient, Seed
from sonarium.ultrasound.synthetic.screen import Banner

STILL_BYTES: Final = 65_000
CINE_BYTES: Final = 4_000_000

_FIRST_DAY: Final = date(2016, 1, 4)
_DAYS: Final = 3650
_SEED_DIGITS: Final = 12
_NUMBER_DIGITS: Final = 16
_FIRST_BIRTH: Final = date(1930, 1, 1)
_SURNAMES: Final = (
    "ALDER", "BIRCH", "CEDAR", "DOGWOOD", "ELM", "FIR", "GINKGO", "HAZEL", "IVY", "JUNIPER",
    "KATSURA", "LINDEN", "MAPLE", "NUTMEG", "OAK", "POPLAR", "QUINCE", "ROWAN", "SPRUCE", "TEAK",
    "UMBRELLA", "VIBURNUM", "WILLOW", "XYLOSMA", "YEW", "ZELKOVA",
)  # fmt: skip
"""Trees: names that differ from patient to patient and are nobody's."""


def still_65_kb(
    count: int, *, seed: int = 1, objects_in_study: int = 1, studies_of_patient: int = 1
) -> Iterator[SyntheticObject]:
    """Make `count` JPEG stills of about 65 kB, each with its own UIDs, patient and date.

    Args:
        count: how many.
        seed: other seeds give other UIDs.
        objects_in_study: how many share a study and a series.
        studies_of_patient: how many studies share a patient.
    """
    yield from _stamped(_still(seed), _Sharing(count, seed, objects_in_study, studies_of_patient))


def cine_4_mb(
    count: int, *, seed: int = 1, objects_in_study: int = 1, studies_of_patient: int = 1
) -> Iterator[SyntheticObject]:
    """Make `count` JPEG cine loops of about 4 MB; arguments as for `still_65_kb`."""
    yield from _stamped(_cine(seed), _Sharing(count, seed, objects_in_study, studies_of_patient))


def header_only(
    count: int, *, seed: int = 1, objects_in_study: int = 1, studies_of_patient: int = 1
) -> Iterator[SyntheticObject]:
    """Make `count` stills of about 2 kB: whole headers over a tiny picture.

    This fills an index; arguments as for `still_65_kb`.
    """
    tiny = encode(np.zeros((64, 64, 3), dtype=np.uint8))
    still = replace(_still(seed), frames=(tiny,), rows=64, columns=64, regions=())
    yield from _stamped(still, _Sharing(count, seed, objects_in_study, studies_of_patient))


@dataclass(frozen=True, slots=True)
class _Template:
    """An encoded instance, and where its fields lie."""

    encoded: bytes
    places: Mapping[str, Sequence[int]]
    sop_class_uid: str
    transfer_syntax_uid: str

    def stamp(self, values: Mapping[str, str]) -> bytes:
        """Return the instance with other values, each as long as the old one."""
        fresh = bytearray(self.encoded)
        for field, value in values.items():
            raw = value.encode("ascii")
            for place in self.places[field]:
                fresh[place : place + len(raw)] = raw
        return bytes(fresh)


@dataclass(frozen=True, slots=True)
class _Sharing:
    """How many objects, and how many of them share a study or a patient."""

    count: int
    seed: int
    objects_in_study: int
    studies_of_patient: int

    def values(self, at: int) -> dict[str, str]:
        """Say what distinguishes object `at`; every field keeps its width."""
        study = at // self.objects_in_study
        patient = study // self.studies_of_patient
        # Prime steps visit all days once before any comes back.
        day = _FIRST_DAY + timedelta(days=(study * 1_277 + self.seed) % _DAYS)
        minute = study * 37 % 600
        born = _FIRST_BIRTH + timedelta(days=patient * 7_919 % 29_000)
        tree = _SURNAMES[patient % len(_SURNAMES)]
        return {
            "instance": _uid(self.seed, 3, at),
            "series": _uid(self.seed, 2, study),
            "study": _uid(self.seed, 1, study),
            "patient": f"SYN-B{patient:08d}",
            "name": f"SYNTHETIC^{tree:<8.8} {patient:08d}",
            "accession": f"SYNB{study:09d}",
            "date": day.strftime("%Y%m%d"),
            "time": f"{8 + minute // 60:02d}{minute % 60:02d}{at % 60:02d}",
            "age": f"{(day - born).days * 4 // 1461:03d}Y",
            "born": born.strftime("%Y%m%d"),
            "number": f"{at % self.objects_in_study + 1:06d}",
        }


def _stamped(acquisition: Acquisition, sharing: _Sharing) -> Iterator[SyntheticObject]:
    template = _template(acquisition)
    for at in range(sharing.count):
        values = sharing.values(at)
        yield SyntheticObject(
            sop_class_uid=template.sop_class_uid,
            sop_instance_uid=values["instance"],
            series_instance_uid=values["series"],
            study_instance_uid=values["study"],
            transfer_syntax_uid=template.transfer_syntax_uid,
            patient_id=values["patient"],
            description=acquisition.description,
            data_set=template.stamp(values),
        )


def _uid(seed: int, kind: int, at: int) -> str:
    """Make a UID of fixed length under 2.25 (PS3.5 B.2), well formed for any number."""
    return f"2.25.{kind}{seed % 10**_SEED_DIGITS:0{_SEED_DIGITS}d}{at:0{_NUMBER_DIGITS}d}"


_MARKS: Final[Mapping[str, str]] = {
    "instance": _uid(7, 6, 333),
    "series": _uid(7, 5, 222),
    "study": _uid(7, 4, 111),
    "patient": "SYN-B99999991",
    "name": "SYNTHETIC^MARKMARK 99999992",
    "accession": "SYNB999999993",
    "age": "059Y",
    "date": "19640203",
    "time": "044556",
    "born": "19040506",
    "number": "777777",
}
"""Values that occur nowhere else in a header, so that their places can be found."""


def _template(acquisition: Acquisition) -> _Template:
    """Encode once with marks in place of what will differ."""
    when = datetime(1964, 2, 3, 4, 45, 56, tzinfo=UTC)
    patient = _MarkedPatient(1, "MARKMARK", 1, "F", date(1904, 5, 6), 170.0, 70.0)
    study = Study(
        patient, _MARKS["study"], "B1", _MARKS["accession"], when, "Transthoracic echocardiogram",
        "TTE", "Echo One", "US1", "SYN-4100",
    )  # fmt: skip
    series = Series(study, _MARKS["series"], 1, description="Benchmark")
    marked = image_object(
        series, acquisition, sop_instance_uid=_MARKS["instance"], number=777777, made=when
    )
    head = marked.data_set[: 1 << 15]
    return _Template(
        marked.data_set,
        {field: _occurrences(head, mark.encode("ascii")) for field, mark in _MARKS.items()},
        marked.sop_class_uid,
        marked.transfer_syntax_uid,
    )


class _MarkedPatient(Patient):
    """A patient whose name and identifier are marks."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The mark of the name."""
        return _MARKS["name"]

    @property
    def patient_id(self) -> str:
        """The mark of the identifier."""
        return _MARKS["patient"]


def _occurrences(head: bytes, mark: bytes) -> list[int]:
    places, at = [], head.find(mark)
    while at >= 0:
        places.append(at)
        at = head.find(mark, at + 1)
    if not places:
        raise ValueError("a field to be stamped is missing from the header")
    return places


def _banner(preset: str) -> Banner:
    return Banner("SYNTHETIC^BENCHMARK", "SYN-B", "", preset, "P4-2", 1.1, 0.7)


def _still(seed: int) -> Acquisition:
    """Render one still and fill it up to the wanted size."""
    rng = Seed(seed, "bulk").rng("still")
    still = record_spectrum(
        HeartStill(Heart(Cycle(70)), _banner("Adult echo")), inflow_spectrum(80, 62), rng
    )
    return replace(still, frames=(_grown(still.frames[0], STILL_BYTES - 2600),))


def _cine(seed: int) -> Acquisition:
    """Render one clip and repeat its beats up to the wanted size."""
    rng = Seed(seed, "bulk").rng("cine")
    plan = ClipPlan(apical_four_chamber(), Heart(Cycle(72)), _banner("Adult echo"), frames=25)
    clip = record_heart(plan, rng)
    frames: list[bytes] = []
    while sum(map(len, frames)) < CINE_BYTES - 60_000:
        frames.append(clip.frames[len(frames) % len(clip.frames)])
    return replace(clip, frames=tuple(frames))


def _grown(stream: bytes, size: int) -> bytes:
    """Lengthen a JPEG stream by a comment, which every decoder skips."""
    missing = size - len(stream) - 4
    if missing <= 0:
        return stream
    comment = b"\xff\xfe" + (missing + 2).to_bytes(2, "big") + bytes(missing)
    grown = stream[:2] + comment + stream[2:]
    return grown if len(grown) % 2 == 0 else grown + b"\0"
