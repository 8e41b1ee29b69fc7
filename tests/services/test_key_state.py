"""How the keys are, for the screen."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from tests.certificates import issue
from tests.storage.sealed_stores import find_nothing

from sonarium.db.pool import Database
from sonarium.index.open_blobs import OpenCount
from sonarium.services.key_state import KeyStateService
from sonarium.services.open_objects import OpenObjectService
from sonarium.services.study_keys import StudyKeyService
from sonarium.storage.group_keys import GroupKeys
from sonarium.storage.key_files import KeyFiles
from sonarium.storage.key_room import KeyRoom
from sonarium.storage.memory import MemoryBlobStore


async def test_it_tells_old_and_missing_keys_the_kit_and_when_certificates_end(
    database: Database, tmp_path: Path
) -> None:
    room, files = KeyRoom(tmp_path / "keys"), KeyFiles(tmp_path / "study-keys")
    room.ensure()
    await GroupKeys(room, files, find_nothing, made_ahead=0).for_new_blob("1.2")
    tls = issue(tmp_path, "ours", ec.generate_private_key(ec.SECP256R1()))
    assert tls.certificate is not None
    service = KeyStateService(
        StudyKeyService(database, files),
        room,
        {"web": tls.certificate, "DICOM": tmp_path / "nothing.pem"},
        open_objects=OpenObjectService(database, MemoryBlobStore(), seals_new=True),
        seals_new=True,
        backup_retention=timedelta(days=35),
    )
    old = room.current_id()
    before = await service.now()
    [root] = before.roots
    assert (root.key_id, root.is_current, root.wraps) == (old, True, 1)
    assert root.made_at is not None
    assert abs(root.made_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert before.in_clear == OpenCount(0, 0)
    assert (before.is_kit_printed, before.seals_new, before.erasures) == (False, True, [])
    web, dicom = before.certificates
    assert web.subject == "CN=ours"
    assert web.ends_at is not None
    assert web.ends_at > datetime.now(UTC)
    assert dicom.ends_at is None

    room.note_kit_shown()
    new = room.rotate().key_id
    after = await service.now()
    assert [(one.key_id, one.is_current, one.wraps) for one in after.roots] == [
        (new, True, 0),
        (old, False, 1),
    ]
    assert not after.is_kit_printed, "the kit of the new key waits"
    (room.folder / f"root-{old}.key").unlink()
    assert (await service.now()).roots[1].made_at is None
