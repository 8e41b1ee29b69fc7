"""Keeps the tables of the DICOM conformance statement equal to the tables of the code.

`docs/conformance/dicom.md` is prose with tables between marks. Run
`python -m sonarium.faces.dimse.conformance docs/conformance/dicom.md` after a change; a test
fails while the two disagree.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from sonarium.base.errors import RequestError, SonariumError, UnavailableError
from sonarium.base.identifiers import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from sonarium.dicom.uids import STORAGE_SOP_CLASSES, uid_name
from sonarium.faces.dimse.identifier import UNIQUE_KEYS
from sonarium.faces.dimse.negotiation import FIND_EXTENSIONS, RETRIEVE_EXTENSIONS
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.faces.dimse.sop_classes import (
    INFORMATION_MODELS,
    MESSAGE_TRANSFER_SYNTAXES,
    STORAGE_COMMITMENT_PUSH_MODEL,
    STORAGE_TRANSFER_SYNTAXES,
    VERIFICATION_SOP_CLASS,
    InformationModel,
    ServiceClass,
)
from sonarium.faces.dimse.statuses import OTHER_STATUSES, STATUS_TABLES, UNFORESEEN
from sonarium.net.settings import AssociationSettings
from sonarium.services.move_sub_operations import LOSSLESS_TARGETS
from sonarium.wire.dimse.status import MEANING, StatusCategory, status_category

_BLOCK: Final = re.compile(
    r"(<!-- table: (?P<name>[a-z_]+) -->\n).*?(<!-- end of table -->)", re.DOTALL
)

_PLAIN: Final[Mapping[type[SonariumError], str]] = {
    UnavailableError: "Storage, the index or another thing we need is down or full; try later.",
    RequestError: "The request is understood, and cannot be granted for another reason.",
    SonariumError: "Another failure of ours.",
}

_COMPLETE: Final = {
    StatusCategory.WARNING: "Sub-operations complete, one or more failures or warnings",
}


def table(heading: str, rows: Iterable[Iterable[object]]) -> str:
    """Write a Markdown table; `heading` holds the titles, parted by `|`."""
    titles = [title.strip() for title in heading.split("|")]
    lines = [titles, ["---"] * len(titles), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def identification() -> str:
    """Say how we name ourselves in associations."""
    return table(
        "item | value",
        (
            ("Implementation Class UID", IMPLEMENTATION_CLASS_UID),
            ("Implementation Version Name", IMPLEMENTATION_VERSION_NAME),
            ("Application Context Name", "1.2.840.10008.3.1.1.1"),
        ),
    )


def overview() -> str:
    """List the service classes and the roles we play (PS3.2 table of network services)."""
    rows = [
        ("Verification", "Verification", "yes", "yes"),
        ("Transfer", "Storage, see the list of SOP classes", "yes", "yes"),
    ]
    for model in INFORMATION_MODELS:
        retired = " (retired)" if model.is_retired else ""
        rows += [
            ("Query/Retrieve", f"{model.name} {kind}{retired}", "no", "yes")
            for kind in ("FIND", "MOVE", "GET")
        ]
    rows.append(("Workflow Management", "Storage Commitment Push Model", "no", "yes"))
    return table("service | SOP classes | as SCU | as SCP", rows)


def storage_sop_classes() -> str:
    """List every storage SOP class."""
    named = sorted((uid_name(uid), uid) for uid in STORAGE_SOP_CLASSES)
    return table("SOP class | UID", named)


def storage_transfer_syntaxes() -> str:
    """List the registered transfer syntaxes of storage."""
    return table("transfer syntax | UID", ((uid_name(u), u) for u in STORAGE_TRANSFER_SYNTAXES))


def message_transfer_syntaxes() -> str:
    """List the transfer syntaxes of everything but storage."""
    return table("transfer syntax | UID", ((uid_name(u), u) for u in MESSAGE_TRANSFER_SYNTAXES))


def transcoding_targets() -> str:
    """List what we transcode to for a peer that does not take the stored syntax."""
    return table("transfer syntax | UID", ((uid_name(u), u) for u in LOSSLESS_TARGETS))


def other_sop_classes() -> str:
    """List the SOP classes of verification, query/retrieve and commitment."""
    rows = [("Verification", VERIFICATION_SOP_CLASS)]
    for model in INFORMATION_MODELS:
        rows += [
            (f"{model.name} {kind}", uid)
            for kind, uid in (
                ("FIND", model.find_sop_class_uid),
                ("MOVE", model.move_sop_class_uid),
                ("GET", model.get_sop_class_uid),
            )
        ]
    rows.append(("Storage Commitment Push Model", STORAGE_COMMITMENT_PUSH_MODEL))
    return table("SOP class | UID", rows)


def information_models() -> str:
    """List the levels of each information model with their unique keys."""

    def levels(model: InformationModel) -> str:
        return ", ".join(f"{level} ({_tag(UNIQUE_KEYS[level])})" for level in model.levels)

    return table(
        "information model | levels and unique keys",
        ((model.name, levels(model)) for model in INFORMATION_MODELS),
    )


def find_extensions() -> str:
    """List what extended negotiation of C-FIND agrees to."""
    names = (
        "Relational-queries",
        "Combined date-time matching",
        "Fuzzy semantic matching of person names",
        "Timezone query adjustment",
        "Enhanced multi-frame image conversion",
    )
    return _extensions(names, FIND_EXTENSIONS)


def retrieve_extensions() -> str:
    """List what extended negotiation of C-MOVE and C-GET agrees to."""
    return _extensions(
        ("Relational-retrieval", "Enhanced multi-frame image conversion"), RETRIEVE_EXTENSIONS
    )


def timeouts() -> str:
    """List the timers and limits of associations with their defaults."""
    settings = DimseSettings()
    fields = (
        *AssociationSettings.model_fields,
        "maximum_connections",
        "maximum_connections_per_address",
        "maximum_associations_per_ae_title",
        "maximum_identifier_length",
        "maximum_matches",
        "release_wait",
    )
    return table("setting | default", ((f"`{it}`", getattr(settings, it)) for it in fields))


def statuses(service: ServiceClass) -> str:
    """List the statuses of one service, and when each is answered."""
    reasons: dict[int, list[str]] = {int(status): [] for status in OTHER_STATUSES[service]}
    for error, status in STATUS_TABLES[service].items():
        reasons.setdefault(int(status), []).append(_first_line(error))
    reasons.setdefault(int(UNFORESEEN), []).append("Our own code failed.")
    rows = []
    for code, when in sorted(reasons.items()):
        category = status_category(code)
        meaning = _COMPLETE.get(category, MEANING[code]).replace("Sop ", "SOP ")
        rows.append((f"`{code:04X}`", category.value, meaning, " ".join(dict.fromkeys(when))))
    return table("status | category | meaning | when", rows)


TABLES: Final[Mapping[str, Callable[[], str]]] = {
    "identification": identification,
    "overview": overview,
    "storage_sop_classes": storage_sop_classes,
    "storage_transfer_syntaxes": storage_transfer_syntaxes,
    "message_transfer_syntaxes": message_transfer_syntaxes,
    "transcoding_targets": transcoding_targets,
    "other_sop_classes": other_sop_classes,
    "information_models": information_models,
    "find_extensions": find_extensions,
    "retrieve_extensions": retrieve_extensions,
    "timeouts": timeouts,
    "verification_statuses": lambda: statuses(ServiceClass.VERIFICATION),
    "storage_statuses": lambda: statuses(ServiceClass.STORAGE),
    "find_statuses": lambda: statuses(ServiceClass.FIND),
    "move_statuses": lambda: statuses(ServiceClass.MOVE),
    "get_statuses": lambda: statuses(ServiceClass.GET),
    "commitment_statuses": lambda: statuses(ServiceClass.COMMITMENT),
}
"""Every table of the statement."""


def fill_tables(statement: str) -> str:
    """Return the statement with every table written anew."""
    return _BLOCK.sub(lambda block: f"{block[1]}\n{TABLES[block['name']]()}\n{block[3]}", statement)


def named_tables(statement: str) -> list[str]:
    """List the tables that a statement has."""
    return [block["name"] for block in _BLOCK.finditer(statement)]


def _extensions(names: tuple[str, ...], offered: bytes) -> str:
    rows = zip(names, ("yes" if byte else "no" for byte in offered), strict=True)
    return table("extension | agreed to", rows)


def _tag(tag: int) -> str:
    return f"{tag >> 16:04X},{tag & 0xFFFF:04X}"


def _first_line(error: type[SonariumError]) -> str:
    if error in _PLAIN:
        return _PLAIN[error]
    line = (error.__doc__ or "").strip().splitlines()[0]
    return re.sub(r": [0-9A-F]{4}H.*$", ".", line)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        path = Path(argument)
        path.write_text(fill_tables(path.read_text()))
