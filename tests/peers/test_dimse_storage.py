"""Scanners as DCMTK plays them send to us."""

import asyncio
from pathlib import Path

import pytest
from tests.peers.dcmtk import run
from tests.running_archive import RunningArchive

pytestmark = pytest.mark.peers

COUNTS = b"SELECT (SELECT count(*) FROM instance), (SELECT count(*) FROM quarantine)"


async def counts(archive: RunningArchive) -> tuple[int, int]:
    async with archive.database.transaction() as tx:
        [(instances, quarantined)] = await tx.values(COUNTS)
    return instances, quarantined


async def test_echoscu_is_answered(sonarium: RunningArchive) -> None:
    call = ("echoscu", "-aec", "SONARIUM", "127.0.0.1", str(sonarium.port))
    assert (await run(*call)).exit_code == 0


async def test_another_called_ae_title_is_rejected(sonarium: RunningArchive) -> None:
    finished = await run("echoscu", "-aec", "OTHER", "127.0.0.1", str(sonarium.port))
    assert finished.exit_code != 0
    assert "Called AE Title Not Recognized" in finished.output


async def test_dcmsend_delivers_a_study_that_can_be_found_at_once(
    sonarium: RunningArchive, testdata: Path
) -> None:
    files = sorted((testdata / "dicom" / "us").glob("acuson-stress-*.dcm"))
    sent = await run("dcmsend", "-v", "-aec", "SONARIUM", "127.0.0.1", str(sonarium.port), *files)
    assert sent.exit_code == 0, sent.output
    assert await counts(sonarium) == (len(files), 0)


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("-xy", "us/ge-vivid7-colour-cine.dcm"),
        ("-xs", "us/philips-epiq7-jpeg-lossless.dcm"),
        ("-xv", "us/ge-logiq700-j2k-lossless.dcm"),
        ("-xw", "us/ge-logiq700-j2k-lossy.dcm"),
        ("-xt", "us/palette-jpegls-10frames.dcm"),
        ("-xr", "us/palette-rle-10frames.dcm"),
        ("-xb", "us/ge-logiq700-bigendian.dcm"),
        ("-xd", "sr/enhanced-sr-deflated.dcm"),
        ("-xe", "us/philips-cx50-palette.dcm"),
        ("-xi", "us/aloka-16bit-palette.dcm"),
    ],
)
async def test_storescu_delivers_each_transfer_syntax_as_it_is(
    sonarium: RunningArchive, testdata: Path, option: str, name: str
) -> None:
    path = testdata / "dicom" / name
    sent = await run("storescu", option, "-aec", "SONARIUM", "127.0.0.1", str(sonarium.port), path)
    assert sent.exit_code == 0, sent.output
    async with sonarium.database.transaction() as tx:
        [(syntax,)] = await tx.values(b"SELECT transfer_syntax_uid FROM instance")
    described = await run("dcmdump", "+P", "TransferSyntaxUID", "-q", "-Un", path)
    assert syntax in described.output


async def test_the_same_object_twice_is_one_and_a_changed_one_is_set_aside(
    sonarium: RunningArchive, testdata: Path
) -> None:
    folder = testdata / "dicom" / "us"
    for name in ("palette-jpegls-10frames", "palette-jpegls-10frames", "palette-rle-10frames"):
        sent = await run(
            "dcmsend", "-aec", "SONARIUM", "127.0.0.1", str(sonarium.port), folder / f"{name}.dcm"
        )
        assert sent.exit_code == 0, sent.output
    assert await counts(sonarium) == (1, 1)


async def test_hostile_objects_leave_the_service_up(
    sonarium: RunningArchive, testdata: Path
) -> None:
    hostile = sorted((testdata / "dicom" / "fuzz").rglob("*.dcm"))
    port = str(sonarium.port)
    for path in hostile:
        await run("storescu", "-R", "-to", "5", "-aec", "SONARIUM", "127.0.0.1", port, path)
    good = testdata / "dicom" / "us" / "sonosite-30frames.dcm"
    sent = await run("dcmsend", "-aec", "SONARIUM", "127.0.0.1", port, good)
    assert sent.exit_code == 0, sent.output


async def test_recorded_attacks_leave_the_service_up(
    sonarium: RunningArchive, testdata: Path
) -> None:
    for path in sorted((testdata / "dicom" / "fuzz" / "pdu").glob("*.raw")):
        reader, writer = await asyncio.open_connection("127.0.0.1", sonarium.port)
        writer.write(path.read_bytes())
        writer.write_eof()
        async with asyncio.timeout(20):
            await reader.read()
        writer.close()
    call = ("echoscu", "-aec", "SONARIUM", "127.0.0.1", str(sonarium.port))
    assert (await run(*call)).exit_code == 0


async def test_five_scanners_send_side_by_side(sonarium: RunningArchive, testdata: Path) -> None:
    names = ("hp-pediatric-echo-1", "toshiba-xario-mmode", "sonosite-30frames",
             "ge-logiq700-rgb", "philips-epiq5-grey-still")  # fmt: skip
    async with asyncio.TaskGroup() as scanners:
        sending = [
            scanners.create_task(
                run(
                    "dcmsend",
                    "-aet",
                    f"SCANNER{at}",
                    "-aec",
                    "SONARIUM",
                    "127.0.0.1",
                    str(sonarium.port),
                    testdata / "dicom" / "us" / f"{name}.dcm",
                )
            )
            for at, name in enumerate(names)
        ]
    assert {task.result().exit_code for task in sending} == {0}
    assert await counts(sonarium) == (5, 0)
