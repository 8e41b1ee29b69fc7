"""How far the checking of all blobs has come, and what it found."""

from dataclasses import dataclass
from datetime import datetime

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction

OPEN_SCRUB_PASS = sql_file("sonarium.index", "open_scrub_pass")
CURRENT_SCRUB_PASS = sql_file("sonarium.index", "current_scrub_pass")
ADVANCE_SCRUB_PASS = sql_file("sonarium.index", "advance_scrub_pass")
FINISH_SCRUB_PASS = sql_file("sonarium.index", "finish_scrub_pass")
LATEST_SCRUB_PASSES = sql_file("sonarium.index", "latest_scrub_passes")
DAMAGED_INSTANCES = sql_file("sonarium.index", "damaged_instances")


@dataclass(frozen=True, slots=True)
class ScrubPass:
    """One walk over all instances."""

    scrub_pass_ref: int
    started_at: datetime
    finished_at: datetime | None
    after_instance_ref: int
    instances: int
    bytes: int
    damaged: int


@dataclass(frozen=True, slots=True)
class ScrubStep:
    """A part of a pass: what was checked, and up to where."""

    after_instance_ref: int
    instances: int
    bytes: int
    damaged: int


@dataclass(frozen=True, slots=True)
class DamagedInstance:
    """An instance whose bytes are no longer what was stored."""

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str
    blob_key: str
    damaged_at: datetime


async def open_scrub_pass(tx: Transaction) -> None:
    """Begin a pass unless one is under way."""
    await tx.execute(OPEN_SCRUB_PASS)


async def current_scrub_pass(tx: Transaction) -> ScrubPass | None:
    """Return the pass under way, if there is one."""
    return await tx.find(ScrubPass, CURRENT_SCRUB_PASS)


async def advance_scrub_pass(tx: Transaction, before: ScrubPass, step: ScrubStep) -> bool:
    """Note what was checked; False when another process has gone on from `before` meanwhile."""
    advanced = await tx.execute(
        ADVANCE_SCRUB_PASS,
        scrub_pass=before.scrub_pass_ref,
        before=before.after_instance_ref,
        after=step.after_instance_ref,
        instances=step.instances,
        bytes=step.bytes,
        damaged=step.damaged,
    )
    return advanced == 1


async def finish_scrub_pass(tx: Transaction, scrub_pass: int) -> None:
    """Note that a pass has seen everything."""
    await tx.execute(FINISH_SCRUB_PASS, scrub_pass=scrub_pass)


async def latest_scrub_passes(tx: Transaction, limit: int) -> list[ScrubPass]:
    """List the latest passes, newest first."""
    return await tx.all(ScrubPass, LATEST_SCRUB_PASSES, limit=limit)


async def damaged_instances(tx: Transaction, limit: int) -> list[DamagedInstance]:
    """List damaged instances, the newest finding first."""
    return await tx.all(DamagedInstance, DAMAGED_INSTANCES, limit=limit)
