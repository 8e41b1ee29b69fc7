"""What this archive is and how much it holds."""

from pathlib import Path

from tests.running_archive import RunningArchive

from sonarium.services.system_status import Reachability, SystemStatusService


async def test_everything_that_is_kept_is_counted(sonarium: RunningArchive, testdata: Path) -> None:
    service = SystemStatusService(sonarium.database, Reachability("SONARIUM", 104, is_demo=False))
    assert (await service.counts()).instances == 0
    for number in (1, 2):
        await sonarium.keep(testdata / f"dicom/us/acuson-stress-baseline-v{number}.dcm")
    await sonarium.keep(testdata / "dicom/sr/basic-text-sr.dcm")
    counts = await service.counts()
    assert (counts.studies, counts.instances, counts.quarantined, counts.damaged) == (2, 3, 0, 0)
    assert counts.stored_bytes > 400_000
