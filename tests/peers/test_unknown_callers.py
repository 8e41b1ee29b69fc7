"""Who may come in at the DICOM door of a running service, tried with DCMTK."""

import asyncio
from pathlib import Path

import pytest
from tests.peers.dcmtk import Finished, run
from tests.peers.service import AE_TITLE, PROGRAM, Service

pytestmark = pytest.mark.peers

PATIENCE_S = 20.0


async def device(service: Service, *words: str) -> str:
    finished = await run(PROGRAM, "device", *words, "--data", service.data_folder)
    assert finished.exit_code == 0, finished.output
    return finished.output


async def ask(service: Service, program: str, *words: str | Path) -> Finished:
    aets = ("-aet", "CART", "-aec", AE_TITLE)
    return await run(program, *aets, "127.0.0.1", str(service.dimse_port), *words)


async def test_a_stranger_is_refused_knocks_is_let_in_and_may_do_what_it_may(
    tmp_path: Path, testdata: Path
) -> None:
    service = Service(tmp_path, {"SONARIUM_DIMSE__UNKNOWN_CALLERS": "refused"})
    await device(service, "add", "ECHOSCU", "127.0.0.1", "104")  # asks whether it is well
    still = testdata / "dicom" / "us" / "ge-vivid7-colour-cine.dcm"
    query = ("-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "PatientID")
    await service.start()
    try:
        refused = await ask(service, "echoscu")
        assert "Calling AE Title Not Recognized" in refused.output
        async with asyncio.timeout(PATIENCE_S):
            while "CART" not in await device(service, "knocking"):
                await asyncio.sleep(0.1)
        await device(service, "add", "CART", "127.0.0.1", "104", "--may", "store")
        assert "nobody has knocked" in await device(service, "knocking")
        async with asyncio.timeout(PATIENCE_S):
            while (await ask(service, "echoscu")).exit_code != 0:
                await asyncio.sleep(0.1)
        assert (await ask(service, "storescu", "-xy", still)).exit_code == 0
        found = await ask(service, "findscu", *query)
        assert "No Acceptable Presentation Contexts" in found.output
    finally:
        await service.stop()
