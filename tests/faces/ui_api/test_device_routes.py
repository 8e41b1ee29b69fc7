"""Administering devices over HTTP."""

import httpx
from tests.faces.conftest import WebArchive

from sonarium.domain.device import Caller, Device, DevicePermission
from sonarium.index.devices import put_knocks

CART = {
    "host": "192.0.2.7",
    "port": 104,
    "tls": False,
    "description": "Echo room 1",
    "may": ["store", "query"],
    "callsFrom": ["192.0.2.0/28"],
    "certificate": "",
    "departments": ["*"],
    "department": "Echo Lab",
}


async def test_a_device_is_let_in_listed_changed_and_removed(
    administrator: httpx.AsyncClient, web: WebArchive
) -> None:
    async with web.archive.database.transaction() as tx:
        await put_knocks(tx, [(Caller("CART", "192.0.2.7"), 2)])
    [knock] = (await administrator.get("/api/devices")).json()["knocks"]
    assert (knock["aeTitle"], knock["address"], knock["times"]) == ("CART", "192.0.2.7", 2)
    assert (await administrator.put("/api/devices/CART", json=CART)).status_code == 204
    listed = (await administrator.get("/api/devices")).json()
    assert listed == {"devices": [{"aeTitle": "CART", "settings": CART}], "knocks": []}
    assert await web.archive.devices.get("CART") == Device(
        "CART",
        "192.0.2.7",
        104,
        description="Echo room 1",
        may=(DevicePermission.STORE, DevicePermission.QUERY),
        calls_from=("192.0.2.0/28",),
        department="Echo Lab",
    )
    assert (await administrator.delete("/api/devices/CART")).status_code == 204
    assert (await administrator.delete("/api/devices/CART")).status_code == 404


async def test_what_cannot_be_a_device_is_refused_with_the_reason(
    administrator: httpx.AsyncClient,
) -> None:
    for wrong, said in (
        ({"host": "no host"}, "host"),
        ({"callsFrom": ["10.0.0.0/99"]}, "networks"),
        ({"certificate": "abc"}, "SHA-256"),
        ({"may": ["fly"]}, "may"),
    ):
        answer = await administrator.put("/api/devices/CART", json={**CART, **wrong})
        assert answer.status_code == 400
        assert said in answer.json()["detail"]


async def test_a_device_that_does_not_answer_is_no_error(
    administrator: httpx.AsyncClient, web: WebArchive
) -> None:
    await web.archive.devices.put(Device("NOBODY", "127.0.0.1", 1))
    answer = (await administrator.post("/api/devices/NOBODY/echo")).json()
    assert answer["answered"] is False
    assert answer["detail"]
    assert (await administrator.post("/api/devices/OTHER/echo")).status_code == 404
