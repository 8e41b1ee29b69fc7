"""The JSON API of the browser application."""

import asyncio
from datetime import timedelta

import pytest
from tests.faces.conftest import Shelf, WebArchive

from sonarium.domain.access import SYSTEM
from sonarium.faces.ui_api import routes

LOOP = "acuson-stress-baseline-v1"
_OFTEN = timedelta(seconds=1)


async def test_the_list_is_searched_by_words(shelf: Shelf) -> None:
    every = (await shelf.web.client.get("/api/studies")).json()
    assert not every["hasMore"]
    chosen = next(study for study in every["studies"] if study["patientID"])
    found = (await shelf.web.client.get("/api/studies", params={"q": chosen["patientID"]})).json()
    assert chosen["studyInstanceUID"] in {study["studyInstanceUID"] for study in found["studies"]}
    none = (await shelf.web.client.get("/api/studies", params={"q": "zzqqzz"})).json()
    assert none == {"studies": [], "hasMore": False}


async def test_the_list_comes_in_pages(shelf: Shelf) -> None:
    first = (await shelf.web.client.get("/api/studies", params={"limit": 2})).json()
    assert (len(first["studies"]), first["hasMore"]) == (2, True)
    rest = (await shelf.web.client.get("/api/studies", params={"limit": 2, "offset": 2})).json()
    assert first["studies"][0] not in rest["studies"]


async def test_a_study_opens_with_what_a_player_needs(shelf: Shelf) -> None:
    study = shelf.selections[LOOP].study_instance_uid
    detail = (await shelf.web.client.get(f"/api/studies/{study}")).json()
    (loop,) = (
        instance
        for series in detail["series"]
        for instance in series["instances"]
        if instance["sopInstanceUID"] == shelf.selections[LOOP].sop_instance_uid
    )
    assert loop["presentation"] == "stored-jpeg"
    assert loop["numberOfFrames"] == len(loop["frameStartsMs"]) == 10
    assert loop["loopLengthMs"] > 0


async def test_a_study_that_is_not_here_is_not_found(shelf: Shelf) -> None:
    answer = await shelf.web.client.get("/api/studies/1.2.3")
    assert answer.status_code == 404
    assert "does not hold" in answer.json()["detail"]


async def test_the_status_counts_and_says_how_to_reach_us(web: WebArchive, shelf: Shelf) -> None:
    before = (await web.client.get("/api/status")).json()
    assert (before["studies"], before["aeTitle"], before["dimsePort"]) == (0, "SONARIUM", 11112)
    await web.stow(shelf.files[LOOP])
    after = (await web.client.get("/api/status")).json()
    assert (after["studies"], after["instances"]) == (1, 1)


async def test_whoever_watches_is_told_of_a_new_study(web: WebArchive, shelf: Shelf) -> None:
    listening = asyncio.create_task(web.feed.run())
    try:
        async with asyncio.timeout(20):
            async for changed in web.feed.watch(SYSTEM, heartbeat=_OFTEN):
                if changed == "":  # it listens now
                    await web.stow(shelf.files[LOOP])
                elif changed is not None:
                    break
    finally:
        listening.cancel()
    assert changed == shelf.selections[LOOP].study_instance_uid


async def test_a_stream_of_changes_ends_so_that_the_door_is_asked_again(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "LONGEST_WATCH", timedelta(0))
    monkeypatch.setattr(routes, "HEARTBEAT", timedelta(milliseconds=10))
    answer = await shelf.web.client.get("/api/changes")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "still here" in answer.text
