"""The audit trail as FHIR R4 AuditEvent, after the mapping from DICOM that HL7 gives with it."""

import base64
from collections.abc import Mapping
from typing import Final, TypeAlias

from sonarium.domain.audit import (
    MEANINGS,
    ActorKind,
    AuditEvent,
    EventID,
    EventType,
    Participant,
    Subject,
    SubjectKind,
)
from sonarium.services.audit.reading import FoundRecord

Resource: TypeAlias = dict[str, object]

_DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_TERMS: Final = "http://terminology.hl7.org/CodeSystem"
_ENTITY_TYPE: Final = f"{_TERMS}/audit-entity-type"
_OBJECT_ROLE: Final = f"{_TERMS}/object-role"
_SOURCE_TYPE: Final = "http://terminology.hl7.org/CodeSystem/security-source-type"
_UID_SYSTEM: Final = "urn:dicom:uid"
_IP_ADDRESS: Final = "2"
_APPLICATION_SERVER: Final = {"system": _SOURCE_TYPE, "code": "4", "display": "Application Server"}
_PERSON: Final = ("1", "Person")
_SYSTEM_OBJECT: Final = ("2", "System Object")
_SENSITIVITY: Final[Mapping[str, Resource]] = {
    "vip": {"system": f"{_TERMS}/v3-ActCode", "code": "CEL", "display": "VIP"},
    "confidential": {
        "system": f"{_TERMS}/v3-Confidentiality",
        "code": "V",
        "display": "confidential",
    },
}
"""Celebrity information, and very restricted."""
_ENTITIES: Final[Mapping[SubjectKind, tuple[tuple[str, str], tuple[str, str]]]] = {
    SubjectKind.PATIENT: (_PERSON, ("1", "Patient")),
    SubjectKind.STUDY: (_SYSTEM_OBJECT, ("3", "Report")),
    SubjectKind.QUERY: (_SYSTEM_OBJECT, ("24", "Query")),
    SubjectKind.PERSON: (_PERSON, ("11", "Security User Entity")),
    SubjectKind.PROGRAM: (_SYSTEM_OBJECT, ("11", "Security User Entity")),
    SubjectKind.DEVICE: (_SYSTEM_OBJECT, ("13", "Security Resource")),
    SubjectKind.RESOURCE: (_SYSTEM_OBJECT, ("13", "Security Resource")),
    SubjectKind.AUDIT_LOG: (_SYSTEM_OBJECT, ("13", "Security Resource")),
}
"""Entity type and role (PS3.15 A.5.1.2.2)."""


def audit_event(found: FoundRecord, source_id: str) -> Resource:
    """Write one record as a resource."""
    event = found.event
    resource: Resource = {
        "resourceType": "AuditEvent",
        "id": str(found.record_ref),
        "type": _dcm(event.event),
        "action": event.action.value,
        "recorded": event.happened_at.isoformat(),
        "outcome": str(event.outcome.value),
        "agent": [_agent(participant) for participant in event.participants],
        "source": {"observer": {"display": source_id}, "type": [_APPLICATION_SERVER]},
    }
    if event.types:
        resource["subtype"] = [_dcm(kind) for kind in event.types]
    if event.reason:
        resource["outcomeDesc"] = event.reason
    if event.subjects:
        resource["entity"] = [_entity(event, subject) for subject in event.subjects]
    return resource


def _dcm(code: EventID | EventType) -> Resource:
    return {"system": _DCM, "code": code.value, "display": MEANINGS[code]}


def _agent(participant: Participant) -> Resource:
    actor = participant.actor
    agent: Resource = {"requestor": participant.is_requestor}
    if actor.name:
        agent["altId"] = actor.name
        agent["who"] = {"identifier": {"value": actor.name}}
    if actor.display_name:
        agent["name"] = actor.display_name
    if actor.kind is ActorKind.DEVICE:
        agent["who"] = {"identifier": {"value": actor.name}, "type": "Device"}
    if participant.role is not None:
        agent["type"] = {"coding": [{"system": _DCM, "code": participant.role.value}]}
    if actor.address:
        agent["network"] = {"address": actor.address, "type": _IP_ADDRESS}
    return agent


def _entity(event: AuditEvent, subject: Subject) -> Resource:
    (type_code, type_text), (role_code, role_text) = _ENTITIES[subject.kind]
    entity: Resource = {
        "type": {"system": _ENTITY_TYPE, "code": type_code, "display": type_text},
        "role": {"system": _OBJECT_ROLE, "code": role_code, "display": role_text},
    }
    identifier = _identifier(subject)
    if identifier:
        what: Resource = {"identifier": identifier}
        if subject.kind is SubjectKind.PATIENT:
            what["type"] = "Patient"
        entity["what"] = what
    if subject.query and event.event is EventID.QUERY:
        entity["query"] = base64.b64encode(subject.query.encode()).decode()
    elif subject.name:
        entity["name"] = subject.name
    if subject.sensitivity:
        entity["securityLabel"] = [_SENSITIVITY[subject.sensitivity]]
    details: list[Resource] = [
        {"type": kind, "valueString": value} for kind, value in subject.details if value
    ]
    details += ({"type": uid, "valueString": str(number)} for uid, number in subject.sop_classes)
    if details:
        entity["detail"] = details
    return entity


def _identifier(subject: Subject) -> Resource:
    if not subject.identifier:
        return {}
    if subject.kind is SubjectKind.STUDY:
        return {"system": _UID_SYSTEM, "value": f"urn:oid:{subject.identifier}"}
    return {"value": subject.identifier}
