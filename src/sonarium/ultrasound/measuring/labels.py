"""Labels that a person gives to a measurement, each with its code from a standard's list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sonarium.dicom.sr.content import Code
from sonarium.ultrasound.measuring.measurement import Quantity, Tool


@dataclass(frozen=True, slots=True)
class Label:
    """What was measured."""

    key: str
    """Short name for people, and the label's identity here."""
    name: str
    group: str
    quantity: Quantity
    """Which number of the measurement carries `code`."""
    tools: tuple[Tool, ...]
    code: Code
    site: Code | None = None
    laterality: Code | None = None
    view: Code | None = None


_LV: Final = Code("87878005", "SCT", "Left ventricle")
_LA: Final = Code("82471001", "SCT", "Left atrium")
_AORTA: Final = Code("15825003", "SCT", "Aorta")
_AV: Final = Code("34202007", "SCT", "Aortic Valve")
_MV: Final = Code("91134007", "SCT", "Mitral Valve")
_TV: Final = Code("46030003", "SCT", "Tricuspid valve")
_IVC: Final = Code("64131007", "SCT", "Inferior vena cava")
_LUNG: Final = Code("39607008", "SCT", "Lung")
_A4C: Final = Code("399214001", "SCT", "Apical four chamber")
_A2C: Final = Code("399232001", "SCT", "Apical two chamber")
_LEFT: Final = Code("7771000", "SCT", "Left")
_RIGHT: Final = Code("24028007", "SCT", "Right")

_LENGTH: Final = (Tool.DISTANCE, Tool.DEPTH)
_ROUND: Final = (Tool.ELLIPSE, Tool.AREA)

_LEFT_HEART: Final = "Left heart"
_DOPPLER: Final = "Doppler"
_RIGHT_HEART: Final = "Right heart"
_OBSTETRICS: Final = "Obstetrics"
_CAROTIDS: Final = "Carotid and vertebral arteries"


def _ln(value: str, meaning: str) -> Code:
    return Code(value, "LN", meaning)


def _length(key: str, name: str, group: str, code: Code, site: Code | None = None) -> Label:
    return Label(key, name, group, Quantity.LENGTH, _LENGTH, code, site)


def _velocity(key: str, name: str, code: Code, site: Code) -> Label:
    tools = (Tool.VELOCITY, Tool.ENVELOPE, Tool.DECELERATION)
    return Label(key, name, _DOPPLER, Quantity.VELOCITY, tools, code, site)


def _volume(key: str, name: str, code: Code, view: Code) -> Label:
    return Label(key, name, _LEFT_HEART, Quantity.VOLUME, (Tool.VOLUME,), code, _LV, view=view)


_EDV: Final = _ln("18026-5", "Left Ventricular End Diastolic Volume")
_ESV: Final = _ln("18148-7", "Left Ventricular End Systolic Volume")

_HEART: Final = (
    _length(
        "IVSd",
        "Septum, diastole",
        _LEFT_HEART,
        _ln("18154-5", "Interventricular Septum Diastolic Thickness"),
        _LV,
    ),
    _length(
        "LVIDd",
        "Left ventricle, diastole",
        _LEFT_HEART,
        _ln("29436-3", "Left Ventricle Internal End Diastolic Dimension"),
        _LV,
    ),
    _length(
        "LVPWd",
        "Posterior wall, diastole",
        _LEFT_HEART,
        _ln("18152-9", "Left Ventricle Posterior Wall Diastolic Thickness"),
        _LV,
    ),
    _length(
        "IVSs",
        "Septum, systole",
        _LEFT_HEART,
        _ln("18158-6", "Interventricular Septum Systolic Thickness"),
        _LV,
    ),
    _length(
        "LVIDs",
        "Left ventricle, systole",
        _LEFT_HEART,
        _ln("29438-9", "Left Ventricle Internal Systolic Dimension"),
        _LV,
    ),
    _length(
        "LVPWs",
        "Posterior wall, systole",
        _LEFT_HEART,
        _ln("18156-0", "Left Ventricle Posterior Wall Systolic Thickness"),
        _LV,
    ),
    _length(
        "LA",
        "Left atrium, antero-posterior",
        _LEFT_HEART,
        _ln("29469-4", "Left Atrium Antero-posterior Systolic Dimension"),
        _LA,
    ),
    _length("Ao", "Aortic root", _LEFT_HEART, _ln("18015-8", "Aortic Root Diameter"), _AORTA),
    _length(
        "LVOT d",
        "Outflow tract of the left ventricle",
        _LEFT_HEART,
        _ln("80028-4", "Left ventricular outflow tract dimension (2D)"),
        _LV,
    ),
    _volume("LV EDV 4C", "Left ventricle, diastole, four chambers", _EDV, _A4C),
    _volume("LV ESV 4C", "Left ventricle, systole, four chambers", _ESV, _A4C),
    _volume("LV EDV 2C", "Left ventricle, diastole, two chambers", _EDV, _A2C),
    _volume("LV ESV 2C", "Left ventricle, systole, two chambers", _ESV, _A2C),
    _velocity("MV E", "Mitral E-wave", _ln("18037-2", "Mitral Valve E-Wave Peak Velocity"), _MV),
    _velocity("MV A", "Mitral A-wave", _ln("17978-8", "Mitral Valve A-Wave Peak Velocity"), _MV),
    Label(
        "DecT",
        "Mitral deceleration time",
        _DOPPLER,
        Quantity.DECELERATION_TIME,
        (Tool.DECELERATION,),
        _ln("78191-4", "Mitral valve deceleration time"),
        _MV,
    ),
    Label(
        "MV PHT",
        "Mitral pressure half-time",
        _DOPPLER,
        Quantity.HALF_TIME,
        (Tool.DECELERATION,),
        _ln("79912-2", "Mitral valve pressure half-time"),
        _MV,
    ),
    Label(
        "AR PHT",
        "Aortic regurgitation, half-time",
        _DOPPLER,
        Quantity.HALF_TIME,
        (Tool.DECELERATION,),
        _ln("79947-8", "Aortic regurgitation pressure half-time"),
        _AV,
    ),
    _velocity("e' septal", "Septal e'", _ln("79911-4", "Mitral septal e-prime Vmax"), _MV),
    _velocity("e' lateral", "Lateral e'", _ln("80054-0", "Mitral lateral e-prime Vmax"), _MV),
    Label(
        "LVOT VTI",
        "Outflow tract of the left ventricle, integral",
        _DOPPLER,
        Quantity.VTI,
        (Tool.ENVELOPE,),
        _ln("80030-0", "Left ventricular outflow tract VTI"),
        _LV,
    ),
    Label(
        "AV VTI",
        "Aortic valve, integral",
        _DOPPLER,
        Quantity.VTI,
        (Tool.ENVELOPE,),
        _ln("79965-0", "Aortic valve VTI"),
        _AV,
    ),
    _velocity("AV Vmax", "Aortic valve, peak", _ln("79964-3", "Aortic valve Vmax"), _AV),
    _velocity(
        "TR Vmax",
        "Tricuspid regurgitation, peak",
        _ln("79921-3", "Tricuspid regurgitation Vmax"),
        _TV,
    ),
    Label(
        "HR",
        "Heart rate",
        _DOPPLER,
        Quantity.HEART_RATE,
        (Tool.HEART_RATE,),
        _ln("8867-4", "Heart rate"),
    ),
    _length(
        "TAPSE",
        "Tricuspid annulus, excursion",
        _RIGHT_HEART,
        _ln("77903-3", "Tricuspid Annular Plane Systolic Excursion (TAPSE)"),
        _TV,
    ),
    _length(
        "IVC",
        "Inferior vena cava",
        _RIGHT_HEART,
        _ln("79967-6", "Inferior vena cava diameter"),
        _IVC,
    ),
    _velocity("S'", "Tricuspid S'", _ln("79926-2", "Tricuspid valve s-prime Vmax"), _TV),
)

_FETAL: Final = (
    _length("BPD", "Biparietal diameter", _OBSTETRICS, _ln("11820-8", "Biparietal Diameter")),
    Label(
        "HC",
        "Head circumference",
        _OBSTETRICS,
        Quantity.CIRCUMFERENCE,
        _ROUND,
        _ln("11984-2", "Head Circumference"),
    ),
    Label(
        "AC",
        "Abdominal circumference",
        _OBSTETRICS,
        Quantity.CIRCUMFERENCE,
        _ROUND,
        _ln("11979-2", "Abdominal Circumference"),
    ),
    _length("FL", "Femur length", _OBSTETRICS, _ln("11963-6", "Femur Length")),
    _length("CRL", "Crown-rump length", _OBSTETRICS, _ln("11957-8", "Crown Rump Length")),
    _length("NT", "Nuchal translucency", _OBSTETRICS, _ln("33069-6", "Nuchal Translucency")),
    Label(
        "FHR",
        "Fetal heart rate",
        _OBSTETRICS,
        Quantity.HEART_RATE,
        (Tool.HEART_RATE,),
        _ln("11948-7", "Fetal Heart Rate"),
    ),
)

_VESSELS: Final = {
    "CCA": Code("32062004", "SCT", "Common carotid artery"),
    "ICA": Code("86117002", "SCT", "Internal carotid artery"),
    "VA": Code("85234005", "SCT", "Vertebral artery"),
}

_CAROTID: Final = tuple(
    Label(
        key=f"{side.meaning} {vessel} {short}",
        name=f"{side.meaning} {site.meaning.lower()}, {words}",
        group=_CAROTIDS,
        quantity=Quantity.VELOCITY,
        tools=(Tool.VELOCITY,),
        code=code,
        site=site,
        laterality=side,
    )
    for side in (_RIGHT, _LEFT)
    for vessel, site in _VESSELS.items()
    for short, words, code in (
        ("PSV", "peak systolic velocity", _ln("11726-7", "Peak Systolic Velocity")),
        ("EDV", "end diastolic velocity", _ln("11653-3", "End Diastolic Velocity")),
    )
)

_CHEST: Final = (
    Label(
        "B-lines",
        "B-lines",
        "Lung",
        Quantity.COUNT,
        (Tool.B_LINES,),
        Code("b-lines", "99SONARIUM", "Number of lung B-lines"),
        _LUNG,
    ),
)

LABELS: Final[Mapping[str, Label]] = {
    label.key: label for label in (*_HEART, *_FETAL, *_CAROTID, *_CHEST)
}
"""In the order in which a person looks for them."""
