"""What DCMTK's tools ask of each DICOM service is in the trail, with their AE title."""

from pathlib import Path

import pytest
from tests.peers.dcmtk import run
from tests.running_archive import RunningArchive

from sonarium.domain.audit import ActorKind, AuditEvent, EventID, SubjectKind
from sonarium.domain.device import Device
from sonarium.index.audit_search import AuditSearch, search_audit

pytestmark = pytest.mark.peers

STILL = "dicom/us/toshiba-xario-mmode.dcm"
HERE = ("-aet", "ECHO1", "-aec", "SONARIUM", "127.0.0.1")


async def noted(archive: RunningArchive, kind: EventID) -> list[AuditEvent]:
    async with archive.database.transaction() as tx:
        found = await search_audit(tx, AuditSearch(events=[kind]), None, 100)
    return [one.event for one in found]


async def test_every_service_is_noted_with_who_asked(
    sonarium: RunningArchive, testdata: Path, tmp_path: Path
) -> None:
    port = str(sonarium.port)
    await run("storescu", *HERE, port, testdata / STILL)
    [sent] = await noted(sonarium, EventID.INSTANCES_TRANSFERRED)
    study = sent.subject(SubjectKind.STUDY)
    assert study is not None
    asked = ("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study.identifier}")
    await run("findscu", "-S", *HERE, port, *asked)
    [query] = await noted(sonarium, EventID.QUERY)
    assert study.identifier in query.subjects[0].query
    await run("getscu", "-S", "-od", tmp_path, *asked, *HERE, port)
    [got] = await noted(sonarium, EventID.BEGIN_TRANSFERRING)
    assert [one.actor.name for one in got.participants] == ["sonarium", "ECHO1"]
    await sonarium.devices.put(Device("NOWHERE", "127.0.0.1", 9))
    await run("movescu", "-S", "-aem", "NOWHERE", *asked, *HERE, port)
    moved, *_ = await noted(sonarium, EventID.BEGIN_TRANSFERRING)
    assert [one.actor.name for one in moved.participants] == ["sonarium", "NOWHERE", "ECHO1"]
    for event in (sent, query, got, moved):
        assert (event.actor.kind, event.actor.name) == (ActorKind.DEVICE, "ECHO1")
        assert event.actor.address == "127.0.0.1"
