"""The whole department: studies of synthetic patients over the last weeks."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sonarium.ultrasound.synthetic.acquisition import Code
from sonarium.ultrasound.synthetic.biometry_report import MeasuredImage, biometry_report
from sonarium.ultrasound.synthetic.data_sets import Series, Study, image_object
from sonarium.ultrasound.synthetic.examinations import examine
from sonarium.ultrasound.synthetic.objects import SyntheticObject
from sonarium.ultrasound.synthetic.patients import Patient, Seed
from sonarium.ultrasound.synthetic.schedule import Appointment, Kind, appointments

_DESCRIPTIONS: Final[dict[Kind, tuple[str, str]]] = {
    # study description, Image Type value 3
    "adult echo": ("Transthoracic echocardiogram", "TTE"),
    "stress echo": ("Dobutamine stress echocardiogram", "TTE"),
    "child echo": ("Paediatric echocardiogram", "TTE"),
    "fetal": ("Obstetric ultrasound, biometry", "OBSTETRICAL"),
    "carotid": ("Carotid duplex", "VASCULAR"),
    "leg veins": ("Leg veins, compression", "VASCULAR"),
}
DEPARTMENTS: Final[dict[Kind, str]] = {
    "adult echo": "Echocardiography",
    "stress echo": "Echocardiography",
    "child echo": "Echocardiography",
    "fetal": "Obstetrics",
    "carotid": "Vascular Laboratory",
    "leg veins": "Vascular Laboratory",
}
REFERRER: Final = Code("R-0001", "99SONARIUM", "SYNTHETIC referrer")
"""Who referred the patients of every third study."""

_DEVICES: Final = ("Echo One", "Echo Two", "Vascular One", "Obstetrics One")
TEACHING_CASE: Final = "TEACHING CASE"
_DEVICES_OF: Final[dict[Kind, tuple[int, ...]]] = {
    "adult echo": (0, 1),
    "stress echo": (1,),
    "child echo": (0,),
    "fetal": (3,),
    "carotid": (2,),
    "leg veins": (2,),
}


def iter_department(seed: int, studies: int | None, now: datetime) -> Iterator[SyntheticObject]:
    """Make the objects of a department, study after study, newest last.

    The same arguments give the same bytes. To use several processes, share out
    `appointments` and call `iter_study` for each.

    Args:
        seed: chooses patients, findings and speckle.
        studies: how many; None gives the demonstration's own set.
        now: an aware moment that no study is later than.
    """
    for appointment in appointments(seed, studies, now):
        yield from iter_study(appointment)


def teaching_case(seed: int, now: datetime) -> Appointment:
    """Return a study of nobody, for teaching."""
    origin = Seed(seed, now.isoformat(timespec="seconds"))
    nobody = Patient(9001, TEACHING_CASE, 1, "O", (now - timedelta(days=60 * 365)).date(), 170, 70)
    return Appointment(origin, "carotid", nobody, now - timedelta(days=30), 9001, 1)


def iter_study(appointment: Appointment) -> Iterator[SyntheticObject]:
    """Make the objects of one study in the order in which a scanner sends them."""
    seed, number = appointment.seed, appointment.number
    description, application = _DESCRIPTIONS[appointment.kind]
    usable = _DEVICES_OF[appointment.kind]
    device = usable[number % len(usable)]
    study = Study(
        patient=appointment.patient,
        study_instance_uid=seed.uid("study", number),
        study_id=f"S{number:05d}",
        accession_number=f"SYNA{number:06d}",
        started=appointment.started,
        description=description,
        application=application,
        device=_DEVICES[device],
        station=f"US{device + 1}",
        serial_number=f"SYN-{4100 + device}",
        department=DEPARTMENTS[appointment.kind],
        referrer=REFERRER if number % 3 == 0 else None,
        is_teaching_case=appointment.patient.kind == TEACHING_CASE,
    )
    series = Series(study, seed.uid("series", number, 1), 1, description=description)
    made = appointment.started
    measured = []
    for at, acquisition in enumerate(examine(appointment), start=1):
        made += timedelta(seconds=38 + at % 7)
        image = image_object(
            series,
            acquisition,
            sop_instance_uid=seed.uid("instance", number, 1, at),
            number=at,
            made=made,
        )
        if acquisition.sizes_mm:
            measured.append(MeasuredImage(image, acquisition.sizes_mm))
        yield image
    if measured:
        reports = Series(study, seed.uid("series", number, 2), 2, "SR", "Fetal biometry")
        yield biometry_report(
            reports,
            measured,
            sop_instance_uid=seed.uid("instance", number, 2, 1),
            device_uid=seed.uid("device", device),
            made=made + timedelta(seconds=50),
        )
