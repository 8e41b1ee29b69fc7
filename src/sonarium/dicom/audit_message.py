"""Audit messages as XML, after the schema of PS3.15 A.5.1.1."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from sonarium.domain.audit import (
    MEANINGS,
    Actor,
    ActorKind,
    AuditEvent,
    Participant,
    ParticipantRole,
    Subject,
    SubjectKind,
)

_ROLE_MEANINGS: Final[Mapping[ParticipantRole, str]] = {
    ParticipantRole.APPLICATION: "Application",
    ParticipantRole.APPLICATION_LAUNCHER: "Application Launcher",
    ParticipantRole.DESTINATION: "Destination Role ID",
    ParticipantRole.SOURCE: "Source Role ID",
    ParticipantRole.DESTINATION_MEDIA: "Destination Media",
    ParticipantRole.SOURCE_MEDIA: "Source Media",
}
_MEDIA: Final = frozenset({ParticipantRole.DESTINATION_MEDIA, ParticipantRole.SOURCE_MEDIA})
_DCM: Final = "DCM"
_RFC: Final = "RFC-3881"
_FILE_SYSTEM: Final = ("110037", "DCM", "URI")
_IP_ADDRESS: Final = "2"
_APPLICATION_SERVER: Final = "4"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class AuditSource:
    """Who reports (PS3.15 A.5.2.3)."""

    source_id: str
    site_id: str = ""


@dataclass(frozen=True, slots=True)
class _ObjectCode:
    """How a kind of subject is coded (PS3.15 A.5.1.2)."""

    id_type: tuple[str, str, str]
    object_type: str
    role: str


_OBJECT_CODES: Final[Mapping[SubjectKind, _ObjectCode]] = {
    SubjectKind.PATIENT: _ObjectCode(("2", _RFC, "Patient Number"), "1", "1"),
    SubjectKind.STUDY: _ObjectCode(("110180", _DCM, "Study Instance UID"), "2", "3"),
    SubjectKind.QUERY: _ObjectCode(("110181", _DCM, "SOP Class UID"), "2", "3"),
    SubjectKind.PERSON: _ObjectCode(("11", _RFC, "User Identifier"), "1", "11"),
    SubjectKind.PROGRAM: _ObjectCode(("11", _RFC, "User Identifier"), "2", "11"),
    SubjectKind.DEVICE: _ObjectCode(("110182", _DCM, "Node ID"), "2", "13"),
    SubjectKind.RESOURCE: _ObjectCode(("12", _RFC, "URI"), "2", "13"),
    SubjectKind.AUDIT_LOG: _ObjectCode(("12", _RFC, "URI"), "2", "13"),
}


def audit_message(event: AuditEvent, source: AuditSource) -> str:
    """Write one event as an audit message."""
    message = ET.Element("AuditMessage")
    _identify_event(message, event)
    for participant in event.participants:
        _add_participant(message, participant)
    reporter = ET.SubElement(
        message, "AuditSourceIdentification", AuditSourceID=_xml(source.source_id)
    )
    if source.site_id:
        reporter.set("AuditEnterpriseSiteID", _xml(source.site_id))
    ET.SubElement(reporter, "AuditSourceTypeCode", {"csd-code": _APPLICATION_SERVER})
    for subject in event.subjects:
        _add_object(message, subject)
    return ET.tostring(message, encoding="unicode", xml_declaration=False)


def _identify_event(message: ET.Element, event: AuditEvent) -> None:
    identification = ET.SubElement(
        message,
        "EventIdentification",
        EventActionCode=event.action,
        EventDateTime=event.happened_at.isoformat(),
        EventOutcomeIndicator=str(event.outcome.value),
    )
    _code(identification, "EventID", event.event, _DCM, MEANINGS[event.event])
    for kind in event.types:
        _code(identification, "EventTypeCode", kind, _DCM, MEANINGS[kind])
    if event.reason:
        ET.SubElement(identification, "EventOutcomeDescription").text = _xml(event.reason)


def _add_participant(message: ET.Element, participant: Participant) -> None:
    actor = participant.actor
    element = ET.SubElement(
        message,
        "ActiveParticipant",
        UserID=_xml(actor.name or actor.address or "unknown"),
        UserIsRequestor="true" if participant.is_requestor else "false",
    )
    if actor.kind is ActorKind.DEVICE:
        element.set("AlternativeUserID", f"AETITLES={_xml(actor.name)}")
    if actor.display_name:
        element.set("UserName", _xml(actor.display_name))
    _add_address(element, actor)
    if participant.role is not None:
        _code(element, "RoleIDCode", participant.role, _DCM, _ROLE_MEANINGS[participant.role])
    if participant.role in _MEDIA:
        media = ET.SubElement(element, "MediaIdentifier")
        _code(media, "MediaType", *_FILE_SYSTEM)


def _add_address(element: ET.Element, actor: Actor) -> None:
    if actor.address:
        element.set("NetworkAccessPointID", _xml(actor.address))
        element.set("NetworkAccessPointTypeCode", _IP_ADDRESS)


def _add_object(message: ET.Element, subject: Subject) -> None:
    code = _OBJECT_CODES[subject.kind]
    element = ET.SubElement(
        message,
        "ParticipantObjectIdentification",
        ParticipantObjectID=_xml(subject.identifier),
        ParticipantObjectTypeCode=code.object_type,
        ParticipantObjectTypeCodeRole=code.role,
    )
    if subject.sensitivity:
        element.set("ParticipantObjectSensitivity", subject.sensitivity)
    _code(element, "ParticipantObjectIDTypeCode", *code.id_type)
    if subject.kind is SubjectKind.QUERY:
        ET.SubElement(element, "ParticipantObjectQuery").text = _base64(subject.query)
    else:
        name = ET.SubElement(element, "ParticipantObjectName")
        name.text = _xml(subject.name or subject.identifier)
    for kind, value in subject.details:
        ET.SubElement(element, "ParticipantObjectDetail", type=_xml(kind), value=_base64(value))
    if subject.sop_classes:
        described = ET.SubElement(element, "ParticipantObjectDescription")
        for uid, number in subject.sop_classes:
            ET.SubElement(described, "SOPClass", UID=_xml(uid), NumberOfInstances=str(number))


def _code(parent: ET.Element, name: str, value: str, system: str, meaning: str) -> None:
    ET.SubElement(
        parent,
        name,
        {"csd-code": value, "codeSystemName": system, "originalText": meaning},
    )


def _base64(text: str) -> str:
    return base64.b64encode(text.encode(errors="replace")).decode()


def _xml(text: str) -> str:
    """Return text without what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
