"""The audit trail over HTTP, for auditors."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from typing import Annotated, Final

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException, ValidationException
from litestar.params import QueryParameter
from litestar.response import Stream

from sonarium.domain.audit import EventID
from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.audit_model import (
    AuditList,
    AuditRecord,
    AuditState,
    UnusualList,
    audit_list,
    audit_record,
    place_in,
    unusual_list,
)
from sonarium.faces.web_access import access
from sonarium.services.audit.disclosures import DisclosureService, NothingKnown
from sonarium.services.audit.reading import AuditPlace, AuditReader, AuditSearch
from sonarium.services.audit.unusual import UnusualAccess

_MOST: Final = 500
LONGEST_UNUSUAL: Final = timedelta(days=31)
_CSV_HEADINGS: Final = (
    "when (UTC)", "who", "user name", "kind", "address", "did", "refused", "patient ID",
    "patient name", "Study Instance UID", "what", "event", "record",
)  # fmt: skip
_LINES_AT_ONCE: Final = 200

Text = Annotated[str | None, QueryParameter(max_length=256)]
Moment = Annotated[datetime | None, QueryParameter(description="With its offset from UTC.")]


def searched(
    patient: Text = None,
    study: Text = None,
    who: Text = None,
    address: Text = None,
    kind: Annotated[list[EventID] | None, QueryParameter(max_items=20)] = None,
    since: Moment = None,
    until: Moment = None,
    refused: Annotated[bool, QueryParameter()] = False,  # a query parameter
) -> AuditSearch:
    """Read what is looked for."""
    for moment in (since, until):
        if moment is not None and moment.tzinfo is None:
            raise ValidationException(detail="A moment needs its offset from UTC.")
    return AuditSearch(
        patient=_text(patient),
        study=_text(study),
        actor=_text(who),
        address=_text(address),
        events=kind or (),
        refused=refused,
        since=since,
        until=until,
    )


@get("/records", summary="List what was done")
async def list_records(
    auditing: NamedDependency[AuditReader],
    search: NamedDependency[AuditSearch],
    before: Text = None,
    limit: Annotated[int, QueryParameter(ge=1, le=_MOST)] = 100,
) -> AuditList:
    """List records that fit, the latest first; reading them is recorded too."""
    return audit_list(await auditing.page(search, before=_place(before), limit=limit))


@get(
    "/records.csv",
    summary="Save what was done as a table",
    media_type="text/csv",
    opt=access(Permission.READ_AUDIT, step_up=True),
)
async def save_records(
    auditing: NamedDependency[AuditReader], search: NamedDependency[AuditSearch]
) -> Stream:
    """Write every record that fits, for a spreadsheet; times in UTC."""
    return Stream(
        _csv(auditing, search),
        media_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="audit.csv"',
            "Cache-Control": "no-store",
        },
    )


@get("/unusual", summary="List unusual access")
async def list_unusual(
    unusual: NamedDependency[UnusualAccess],
    since: Annotated[datetime, QueryParameter(description="With its offset from UTC.")],
    until: Annotated[datetime, QueryParameter(description="With its offset from UTC.")],
) -> UnusualList:
    """List looks that somebody should think about, within a month at most."""
    if since.tzinfo is None or until.tzinfo is None:
        raise ValidationException(detail="A moment needs its offset from UTC.")
    if until - since > LONGEST_UNUSUAL:
        raise ValidationException(detail="Ask for a month at most.")
    return unusual_list(await unusual.find(since, until))


@get(
    "/disclosures.pdf",
    summary="Write a patient's accounting of disclosures",
    media_type="application/pdf",
    raises=[NotFoundException],
    opt=access(Permission.READ_AUDIT, step_up=True),
)
async def account_for_disclosures(
    disclosures: NamedDependency[DisclosureService],
    patient: Annotated[str, QueryParameter(max_length=256, description="Patient ID.")],
    offset: Annotated[
        int, QueryParameter(ge=-1080, le=1080, description="Of the reader's clock, in minutes.")
    ] = 0,
) -> Response[bytes]:
    """Say what left the archive of a patient's studies, and who opened them, for the patient."""
    try:
        made = await disclosures.accounting(patient.strip(), timezone(timedelta(minutes=offset)))
    except NothingKnown as error:
        raise NotFoundException(detail=str(error)) from error
    return Response(
        made,
        media_type="application/pdf",
        headers={
            "Content-Disposition": 'attachment; filename="disclosures.pdf"',
            "Cache-Control": "no-store",
        },
    )


@get("/state", summary="How the audit trail stands")
async def show_state(auditing: NamedDependency[AuditReader]) -> AuditState:
    """Tell how many records are chained, and how many wait for it."""
    standing = await auditing.standing()
    return AuditState(sealed=standing.sealed, waiting=standing.waiting)


def audit_routes() -> Router:
    """Return every route about the audit trail."""
    return Router(
        "/api/audit",
        route_handlers=[
            list_records,
            save_records,
            list_unusual,
            account_for_disclosures,
            show_state,
        ],
        dependencies={"search": Provide(searched, sync_to_thread=False)},
        opt=access(Permission.READ_AUDIT),
        tags=["audit"],
    )


async def _csv(auditing: AuditReader, search: AuditSearch) -> AsyncIterator[str]:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(_CSV_HEADINGS)
    count = 0
    async for found in auditing.iter_all(search):
        table.writerow(map(_cell, _cells(audit_record(found))))
        count += 1
        if count % _LINES_AT_ONCE == 0:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()


def _cells(record: AuditRecord) -> tuple[str, ...]:
    return (
        record.happened_at, record.who, record.user_name, record.kind, record.address,
        record.act, "yes" if record.refused else "", record.patient_id, record.patient_name,
        record.study_instance_uid, record.what, record.event, str(record.record_ref),
    )  # fmt: skip


def _cell(text: str) -> str:
    """Return a cell that does not run in a spreadsheet."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _text(given: str | None) -> str | None:
    """Return what was typed; nothing typed is nothing asked."""
    stripped = (given or "").strip().replace("\0", "")
    return stripped or None


def _place(text: str | None) -> AuditPlace | None:
    if text is None:
        return None
    try:
        return place_in(text)
    except (ValueError, msgspec.ValidationError) as error:
        raise ValidationException(detail="`before` is what `next` was.") from error
