"""Every kind of tampering with the trail is found."""

import pytest
from tests.services.audit.conftest import Trail
from tests.services.audit.trail_events import note_some, opened

from sonarium.db.pool import Database
from sonarium.services.audit.trail import note
from sonarium.services.audit.verifying import Tampering


async def kinds(trail: Trail) -> set[Tampering]:
    return {finding.kind for finding in (await trail.verifier.verify()).findings}


async def test_an_untouched_trail_is_whole(trail: Trail) -> None:
    assert (await trail.verifier.verify()).is_whole
    await note_some(trail.database, 5)
    await trail.sealer.finish()
    await note_some(trail.database, 2)
    verdict = await trail.verifier.verify()
    assert verdict.is_whole
    assert (verdict.records, verdict.waiting, verdict.anchors) == (5, 2, 1)


SWAP = """
WITH two AS (SELECT sequence, record_ref, hash FROM audit_link WHERE sequence IN (2, 3)),
     gone AS (DELETE FROM audit_link WHERE sequence IN (2, 3))
SELECT sequence, record_ref, hash INTO TEMP kept FROM two
"""


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        pytest.param(
            ["UPDATE audit_record SET content = convert_to(replace(convert_from(content, 'UTF8'),"
             " 'alice', 'mallo'), 'UTF8') WHERE record_ref = 2"],
            Tampering.EDITED,
            id="edited",
        ),
        pytest.param(
            ["UPDATE audit_record SET actor = 'mallory' WHERE record_ref = 2"],
            Tampering.EDITED,
            id="a column edited, so that a search would miss it",
        ),
        pytest.param(
            ["DELETE FROM audit_record WHERE record_ref = 2"], Tampering.DELETED, id="deleted"
        ),
        pytest.param(
            ["DELETE FROM audit_record WHERE record_ref = 2",
             "DELETE FROM audit_link WHERE record_ref = 2"],
            Tampering.GAP,
            id="deleted with its link",
        ),
        pytest.param(
            ["DELETE FROM audit_record WHERE record_ref = 2",
             "DELETE FROM audit_link WHERE record_ref = 2",
             "UPDATE audit_link SET sequence = 2 WHERE sequence = 3",
             "UPDATE audit_link SET sequence = 3 WHERE sequence = 4"],
            Tampering.MOVED,
            id="deleted with its link, the others moved up",
        ),
        pytest.param(
            ["UPDATE audit_link SET record_ref = -2 WHERE sequence = 2",
             "UPDATE audit_link SET record_ref = 2 WHERE sequence = 3",
             "UPDATE audit_link SET record_ref = 3 WHERE sequence = 2"],
            Tampering.MOVED,
            id="two in another order",
        ),
        pytest.param(
            ["DELETE FROM audit_record WHERE record_ref >= 3",
             "DELETE FROM audit_link WHERE record_ref >= 3"],
            Tampering.CUT_OFF,
            id="the end cut off",
        ),
        pytest.param(
            ["INSERT INTO audit_record (happened_at, event, action, outcome, actor_kind, actor,"
             " address, patient_id, study_instance_uid, content, mac) SELECT happened_at, event,"
             " action, outcome, actor_kind, actor, address, patient_id, study_instance_uid,"
             " content, mac FROM audit_record WHERE record_ref = 1"],
            Tampering.PUT_IN,
            id="put in outside the chain",
        ),
    ],
)  # fmt: skip
async def test_tampering_is_found(trail: Trail, statements: list[str], found: Tampering) -> None:
    await note_some(trail.database, 4)
    await trail.sealer.finish()
    await trail.tamper(*statements)
    assert found in await kinds(trail)


async def test_a_record_deleted_before_it_was_sealed_is_missed(trail: Trail) -> None:
    await note_some(trail.database, 2)
    await trail.tamper("DELETE FROM audit_record WHERE record_ref = 1")
    assert await kinds(trail) == {Tampering.DELETED}
    await trail.sealer.finish()
    assert await kinds(trail) == {Tampering.DELETED}


async def test_a_copy_that_was_sealed_is_found(trail: Trail) -> None:
    await note_some(trail.database, 2)
    await trail.tamper(
        "INSERT INTO audit_record (happened_at, event, action, outcome, actor_kind, actor, address,"
        " patient_id, study_instance_uid, content, mac) SELECT happened_at, event, action, outcome,"
        " actor_kind, actor, address, patient_id, study_instance_uid, content, mac"
        " FROM audit_record WHERE record_ref = 1",
        "INSERT INTO audit_waiting SELECT max(record_ref) FROM audit_record",
    )
    await trail.sealer.finish()
    assert await kinds(trail) == {Tampering.COPIED}


async def test_a_record_by_somebody_without_the_key_is_found(trail: Trail) -> None:
    async with (
        Database(trail.database.dsn, row_key=b"another") as forger,
        forger.transaction() as tx,
    ):
        await note(tx, opened())
    await trail.sealer.finish()
    assert await kinds(trail) == {Tampering.EDITED}


async def test_a_chain_made_anew_after_the_cut_is_found(trail: Trail) -> None:
    await note_some(trail.database, 3)
    await trail.sealer.finish()
    await trail.tamper(
        "DELETE FROM audit_record WHERE record_ref = 3", "DELETE FROM audit_link WHERE sequence = 3"
    )
    await note_some(trail.database, 1)
    await trail.sealer.seal()
    assert await kinds(trail) == {Tampering.REWRITTEN}


async def test_a_forged_anchor_is_found(trail: Trail) -> None:
    await note_some(trail.database, 3)
    await trail.sealer.finish()
    (path,) = trail.folder.iterdir()
    path.write_bytes(path.read_bytes().replace(b'"sequence":3', b'"sequence":2'))
    assert Tampering.ANCHOR_FORGED in await kinds(trail)
    path.write_bytes(b"nonsense\n")
    assert await kinds(trail) == {Tampering.ANCHOR_FORGED}
