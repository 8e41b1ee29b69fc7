"""Who sees what, on every route: every role × every relationship, made from the router.

Of a study that somebody may not see, every route must answer as of a study that is not here. A
route that this file has no rule for fails.
"""

import io
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import httpx
import pydicom
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from pydicom.dataset import Dataset
from pydicom.uid import UID
from tests.conftest import fresh_database
from tests.faces.conftest import WebArchive, web_archive

from sonarium.app.settings import Settings
from sonarium.app.web_server import routes_of
from sonarium.base.secrets import digest_of, new_secret
from sonarium.db.embedded import EmbeddedPostgres
from sonarium.db.transaction import Transaction
from sonarium.domain.attributes import JSONValue
from sonarium.domain.principal import Role
from sonarium.faces.web_access import SESSION_COOKIE
from sonarium.index.people import add_person
from sonarium.index.sessions import NewSession, add_session

ORDINARY, CONFIDENTIAL, TEACHING, ABSENT = (f"2.25.77000{n}" for n in range(1, 5))
_NUMBERS: Final = {ORDINARY: "SYNM1", CONFIDENTIAL: "SYNM2", TEACHING: "SYNM3", ABSENT: "SYNM4"}
CODE = "4711^LOCAL"
ORIGIN = {"Origin": "http://127.0.0.1"}

REASONS: Final[Mapping[str, set[Role]]] = {
    "department": {Role.SONOGRAPHER, Role.READING_PHYSICIAN},
    "ordering": {Role.SONOGRAPHER, Role.READING_PHYSICIAN, Role.REFERRING_CLINICIAN},
    "care_team": {Role.SONOGRAPHER, Role.READING_PHYSICIAN, Role.REFERRING_CLINICIAN},
    "grant": set(Role) - {Role.STUDENT, Role.PATIENT},
    "break_glass": {
        *(Role.SONOGRAPHER, Role.READING_PHYSICIAN, Role.REFERRING_CLINICIAN),
        Role.ADMINISTRATOR,
    },
    "own_record": {Role.PATIENT},
    "teaching": {Role.EDUCATOR, Role.STUDENT},
    "": set(),
}
"""For which roles a reason counts, as issue and ADR say it; not read from the product."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """What somebody is to a study, and the reason that this gives, if any."""

    study: str = ORDINARY
    reason: str = ""
    departments: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    granted: str = ""
    of: str = "study"
    expires: str = "now() + interval '1 hour'"
    revoked: str = "NULL"
    is_anothers: bool = False


PAST: Final = "now() - interval '1 second'"
_GRANTED: Final = ("care_team", "grant", "break_glass", "own_record")
RELATIONSHIPS: Final[Mapping[str, Relationship]] = {
    "none": Relationship(),
    "department": Relationship(reason="department", departments=("Echo Lab",)),
    "every department": Relationship(reason="department", departments=("*",)),
    "other department": Relationship(departments=("Radiology",)),
    "ordering": Relationship(reason="ordering", codes=(CODE,)),
    "another's code": Relationship(codes=("4711^OTHER",)),
    "teaching": Relationship(TEACHING, "teaching"),
    **{f"{it} of the {of}": Relationship(reason=it, granted=it, of=of)
       for it in _GRANTED for of in ("study", "patient")},
    **{f"expired {it}": Relationship(granted=it, expires=PAST) for it in _GRANTED},
    **{f"revoked {it}": Relationship(granted=it, revoked="now()") for it in _GRANTED},
    "confidential, none": Relationship(CONFIDENTIAL),
    "confidential, department": Relationship(CONFIDENTIAL, departments=("Echo Lab",)),
    "confidential, every department": Relationship(CONFIDENTIAL, departments=("*",)),
    "confidential, ordering": Relationship(CONFIDENTIAL, "ordering", codes=(CODE,)),
    **{f"confidential, {it}": Relationship(CONFIDENTIAL, it, granted=it) for it in _GRANTED},
    "another's grant": Relationship(granted="grant", is_anothers=True),
}  # fmt: skip

_IMAGE: Final = {
    "series": "{study}.1",
    "instance": "{study}.1.1",
    "frames": "1",
    "path": "00081140",
}
ADDRESSED: Final = {"study", "study_instance_uid"}
"""Names by which a path names its study."""

BODIES: Final[Mapping[tuple[str, str], JSONValue]] = {
    ("PUT", "measurements"): {"version": 0, "measurements": []},
    ("POST", "key-images"): {"reason": "113000", "description": "", "images": [
        {"sopInstanceUID": "{study}.1.1", "frame": None}]},
    ("POST", "share-previews"): {"picture": None},
    ("POST", "share-pictures"): {"picture": None},
    ("POST", "shares"): {"picture": None},
    ("POST", "weasis"): None,
    ("POST", "care-team"): {"userName": "somebody", "days": 3},
    ("POST", "links"): {"recipient": "SYNTHETIC colleague", "days": 2},
}  # fmt: skip
"""What is sent to routes that act on a study; a new one must be added here."""

STORE: Final = ("POST", "/dicom-web/studies")
STORES: Final = {STORE, ("POST", "/dicom-web/studies/{study}")}
"""To store needs no reason: nothing is seen by it."""
ADMINISTERS: Final = {("PUT", "/api/studies/{study_instance_uid}/teaching")}
"""Acts of whoever runs the system, which show nothing of the study."""

LISTS: Final[Mapping[str, str]] = {
    "/dicom-web/studies": "",
    "/dicom-web/series": "",
    "/dicom-web/instances": "",
    "/api/studies": "",
    "/api/urgent-studies": "",
    "/api/study-marks": "?study={study}",
    "/dicom-web/wado": "?requestType=WADO&studyUID={study}&seriesUID={study}.1"
    "&objectUID={study}.1.1&contentType=application/dicom",
}
"""Routes that find studies, or are told of one otherwise than by their path."""
BY_BODY: Final[Mapping[tuple[str, str], JSONValue]] = {
    ("PUT", "/api/study-marks"): {"studyInstanceUIDs": ["{study}"], "isUrgent": True},
}
"""Acts on studies that a body names; those that are not seen are passed over."""
NO_STUDIES: Final = {
    *("/api/changes", "/api/status", "/api/measurement-labels", "/api/session"),
    *("/api/session/link", "/api/sessions", "/api/sessions/{}", "/api/enrolment"),
    *("/api/enrolment/offer", "/api/enrolment/picture", "/api/people", "/api/people/{}"),
    *("/api/people/{}/enrolment-link", "/api/people/{}/reasons", "/api/clients"),
    *("/api/clients/{}", "/api/clients/{}/departments", "/api/oauth/token", "/api/devices"),
    *("/api/devices/{}", "/api/devices/{}/echo", "/api/grants", "/api/grants/{}"),
    *(
        "/api/break-glass",
        "/api/break-glass/mine",
        "/api/break-glass/watch",
        "/api/break-glass/{}/review",
    ),
    *("/api/patient-confidentiality", "/api/links", "/api/links/{}", "/api/visits"),
    *("/api/links/all", "/api/care-team/{}", "/api/colleagues", "/api/keys"),
    *("/api/break-glass/{}", "/api/break-glass/judged"),
    *("/api/quarantine", "/api/quarantine/{}/discard", "/api/quarantine/{}/restore"),
    *("/api/quarantine/{}/exchange", "/api/jobs/failed", "/api/jobs/failed/{}/retry"),
    *("/api/jobs/failed/{}", "/api/checks", "/api/viewers", "/ohif", "/ohif/{}", "/", "/{}"),
    *("/api/openapi.json", "/api", "/api/{}", "/dicom-web"),
    # Signing in.
    "/.well-known/oauth-authorization-server",
    "/.well-known/smart-configuration",
    "/api/enrolment/passkey",
    "/api/enrolment/passkey-options",
    "/api/oauth/revoke",
    "/api/passkeys",
    "/api/passkeys/options",
    "/api/passkeys/{}",
    "/api/people/{}/sessions",
    "/api/session/passkey",
    "/api/session/passkey-options",
    "/api/session/proof",
    "/api/session/proof/passkey",
    "/api/session/proof/passkey-options",
    "/api/session/provider",
    "/api/session/provider/answer",
    "/dicom-web/.well-known/smart-configuration",
    # What was done with studies, for auditors.
    *("/api/audit/records", "/api/audit/records.csv", "/api/audit/unusual"),
    *("/api/audit/disclosures.pdf", "/api/audit/state", "/fhir/AuditEvent"),
}
"""Routes that show no study; what they do show has rules of its own. Of `/api/changes` see
test_change_feed: it streams."""


def each_route(application: Litestar) -> Iterator[tuple[str, str]]:
    for route in application.routes:
        assert isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items():
            if handler.fn.__name__ != "options_handler":
                yield method, route.path_format


def names_in(path: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", path))


def addressed_routes(application: Litestar) -> list[tuple[str, str]]:
    """Return the routes whose path names a study, in the router's order."""
    return [it for it in each_route(application) if names_in(it[1]) & ADDRESSED]


def filled(path: str, study: str) -> str:
    """Put a study, and its only image, into a path."""
    return re.sub(
        r"\{(\w+)(:\w+)?\}",
        lambda m: study if m[1] in ADDRESSED else _IMAGE[m[1]].format(study=study),
        path,
    )


def body_for(method: str, path: str, study: str) -> JSONValue:
    body = BODIES[method, path.rpartition("/")[2]]
    return _named(body, study)


def _named(body: JSONValue, study: str) -> JSONValue:
    if isinstance(body, str):
        return body.replace("{study}", study)
    if isinstance(body, list):
        return [_named(part, study) for part in body]
    if isinstance(body, dict):
        return {key: _named(part, study) for key, part in body.items()}
    return body


@dataclass(frozen=True, slots=True)
class Matrix:
    """An archive in which each role stands in each relationship to a study."""

    web: WebArchive
    application: Litestar
    clients: Mapping[tuple[Role, str], httpx.AsyncClient]


@pytest.fixture(scope="module")
async def matrix(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory, testdata: Path
) -> AsyncIterator[Matrix]:
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(fresh_database(postgres))
        folder = tmp_path_factory.mktemp("matrix")
        web = await stack.enter_async_context(web_archive(dsn, folder, {"weasis": True}))
        source = testdata / "dicom" / "us" / "ge-logiq700-bigendian.dcm"
        files = [made_of(source, study) for study in (ORDINARY, CONFIDENTIAL, TEACHING)]
        assert (await web.stow(*files)).status_code == 200
        async with web.archive.database.transaction() as tx:
            await tx.execute(
                b"UPDATE patient SET confidentiality = 'confidential' WHERE patient_id = 'SYNM2'"
            )
            await tx.execute(
                b"INSERT INTO study_mark (study_ref, urgent_at, urgent_by)"
                b" SELECT study_ref, now(), 'a test' FROM study"
            )
            await tx.execute(
                f"UPDATE study SET is_teaching = true WHERE study_instance_uid = '{TEACHING}'"
                .encode()
            )  # fmt: skip
        async with web.archive.database.transaction() as tx:
            headers = {
                (role, name): await somebody(tx, role, number, relationship)
                for role in Role
                for number, (name, relationship) in enumerate(RELATIONSHIPS.items())
            }
        clients = {
            key: httpx.AsyncClient(
                transport=web.client._transport, base_url="http://127.0.0.1", headers=own
            )
            for key, own in headers.items()
        }
        application = routes_of(web.archive, Settings(), web.feed)
        yield Matrix(web, application, clients)


def made_of(source: Path, study: str) -> bytes:
    """Make an image of the echo lab, ordered by code."""
    image = pydicom.dcmread(source)
    image.StudyInstanceUID, image.SeriesInstanceUID = study, f"{study}.1"
    image.SOPInstanceUID = f"{study}.1.1"
    image.file_meta.MediaStorageSOPInstanceUID = UID(image.SOPInstanceUID)
    image.PatientID, image.PatientName = _NUMBERS[study], f"SYNTHETIC^{_NUMBERS[study]}"
    image.AccessionNumber = f"ACC{_NUMBERS[study]}"
    image.InstitutionalDepartmentName = "Elsewhere" if study == TEACHING else "Echo Lab"
    if study == TEACHING:
        image.PatientIdentityRemoved, image.DeidentificationMethod = "YES", "a test"
    else:
        code, physician = Dataset(), Dataset()
        code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "4711", "LOCAL", "x"
        physician.PersonIdentificationCodeSequence = [code]
        image.ReferringPhysicianIdentificationSequence = [physician]
    written = io.BytesIO()
    image.save_as(written)
    return written.getvalue()


async def somebody(
    tx: Transaction, role: Role, number: int, relationship: Relationship
) -> dict[str, str]:
    """Add a person of a role in a relationship; return the headers of their browser."""
    name = f"{role.replace('_', '-')}-{number}"
    person_ref = await add_person(tx, name, f"SYNTHETIC {name}", [role])
    bystander = await add_person(tx, f"bystander-of-{name}", "SYNTHETIC bystander", [role])
    assert person_ref is not None
    await tx.execute(
        b"UPDATE person SET departments = %(departments)s, physician_ids = %(codes)s"
        b" WHERE person_ref = %(person)s",
        departments=list(relationship.departments),
        codes=list(relationship.codes),
        person=person_ref,
    )
    if relationship.granted:
        await tx.execute(
            f"INSERT INTO access_grant (person_ref, {relationship.of}_ref, reason, why,"
            f" granted_by, expires_at, revoked_at) SELECT"
            f" {bystander if relationship.is_anothers else person_ref}, {relationship.of}_ref,"
            f" '{relationship.granted}', 'a test', 'x', {relationship.expires},"
            f" {relationship.revoked} FROM study"
            f" WHERE study_instance_uid = '{relationship.study}'".encode()
        )
    secret = new_secret()
    session = NewSession(person_ref, "link", "127.0.0.1", "tests")
    await add_session(tx, digest_of(secret), session, timedelta(hours=1))
    return {"Cookie": f"{SESSION_COOKIE}={secret}", **ORIGIN}


def sees(role: Role, relationship: Relationship) -> bool:
    return role in REASONS[relationship.reason]


def also_sees(role: Role, relationship: Relationship, other: str) -> bool:
    """Tell whether somebody sees a study that their relationship is not about."""
    if other == TEACHING and role in REASONS["teaching"]:
        return True
    place = {TEACHING: "Elsewhere", ORDINARY: "Echo Lab"}.get(other, "nowhere, confidential")
    is_theirs = place in relationship.departments or (
        "*" in relationship.departments and other != CONFIDENTIAL
    )
    is_ordered = CODE in relationship.codes and other != TEACHING
    return (is_theirs and role in REASONS["department"]) or (
        is_ordered and role in REASONS["ordering"]
    )


async def ask(client: httpx.AsyncClient, method: str, path: str, study: str) -> httpx.Response:
    """Ask a route about a study."""
    if method in {"GET", "HEAD"}:
        return await client.request(method, filled(path, study))
    return await client.request(method, filled(path, study), json=body_for(method, path, study))


def told(answer: httpx.Response, study: str) -> tuple[int, bytes, str]:
    """Return an answer without what differs between any two studies."""
    body = answer.content.replace(study.encode(), b"X").replace(_NUMBERS[study].encode(), b"P")
    return answer.status_code, body, answer.headers.get("etag", "")


def test_every_route_has_a_rule(matrix: Matrix) -> None:
    for method, path in each_route(matrix.application):
        if names_in(path) & ADDRESSED:
            is_known = method in {"GET", "HEAD"} or (
                (method, path.rpartition("/")[2]) in BODIES
                or (method, path) in STORES | ADMINISTERS
            )
            assert is_known, f"{method} {path} acts on a study: add it to BODIES"
            assert names_in(path) <= ADDRESSED | _IMAGE.keys(), path
        else:
            plain = re.sub(r"\{[^}]*\}", "{}", path)
            looks = method in {"GET", "HEAD"} and plain in LISTS
            is_known = looks or plain in NO_STUDIES or (method, path) in BY_BODY
            assert is_known or (method, path) == STORE, f"{method} {path} has no rule"


@pytest.mark.parametrize("role", Role)
async def test_what_somebody_may_not_see_is_not_there_on_any_route(
    matrix: Matrix, role: Role
) -> None:
    leaks, blind = [], []
    absent: dict[tuple[str, str], tuple[int, bytes, str]] = {}
    for name, relationship in RELATIONSHIPS.items():
        client, study = matrix.clients[role, name], relationship.study
        is_seen = sees(role, relationship)
        for method, path in addressed_routes(matrix.application):
            looks = method in {"GET", "HEAD"}
            if (method, path) in STORES | ADMINISTERS or (is_seen and not looks):
                continue
            answer = await ask(client, method, path, study)
            if is_seen:
                # Of bulk data there is none at this path.
                may_be_empty = path.endswith(("{path}", "{path:path}"))
                if answer.status_code in {401, 403, 404} and not may_be_empty:
                    blind.append((name, method, path, answer.status_code))
                continue
            if (method, path) not in absent:
                missing = await ask(client, method, path, ABSENT)
                absent[method, path] = told(missing, ABSENT)
            if told(answer, study) != absent[method, path]:
                leaks.append((name, method, path, answer.status_code))
    assert leaks == []
    assert blind == []


@pytest.mark.parametrize("role", Role)
async def test_searches_find_what_somebody_may_see_and_nothing_else(
    matrix: Matrix, role: Role
) -> None:
    wrong: list[tuple[str, str, object]] = []
    for name, relationship in RELATIONSHIPS.items():
        client, study = matrix.clients[role, name], relationship.study
        for (method, path), body in BY_BODY.items():
            answer = await client.request(method, path, json=_named(body, study))
            if study.encode() in answer.content and not sees(role, relationship):
                wrong.append((name, path, answer.status_code))
        for path, query in LISTS.items():
            answer = await client.get(path + query.replace("{study}", study))
            if (study.encode() in answer.content) != sees(role, relationship):
                wrong.append((name, path, answer.status_code))
            wrong += [
                (name, path, other)
                for other in {ORDINARY, CONFIDENTIAL, TEACHING} - {study}
                if other.encode() in answer.content and not also_sees(role, relationship, other)
            ]
    assert wrong == []
