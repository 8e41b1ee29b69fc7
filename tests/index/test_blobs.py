"""What the index knows of the blob store."""

from sonarium.db.pool import Database
from sonarium.index.blobs import (
    doom_blobs,
    doomed_blobs,
    forget_doomed_blobs,
    mend_instance,
    settle_volumes,
    settled_volumes,
)
from sonarium.index.instances import unknown_blobs


async def test_volumes_are_settled_once_and_for_all(database: Database) -> None:
    async with database.transaction() as tx:
        await settle_volumes(tx, ["a", "b"])
        await settle_volumes(tx, ["a"])
        assert await settled_volumes(tx, ["a", "c"]) == {"a"}
        assert await settled_volumes(tx, []) == set()


async def test_a_doomed_blob_is_known_until_it_is_gone(database: Database) -> None:
    async with database.transaction() as tx:
        await doom_blobs(tx, ["x", "y"])
        await doom_blobs(tx, ["y"])
        assert await unknown_blobs(tx, ["x", "z"]) == ["z"], "a replay must not bring it back"
        assert await doomed_blobs(tx, 10) == ["x", "y"]
        await forget_doomed_blobs(tx, ["x"])
        assert await doomed_blobs(tx, 10) == ["y"]
        assert await unknown_blobs(tx, ["x", "z"]) == ["x", "z"]


async def test_nothing_is_mended_that_is_not_damaged(database: Database) -> None:
    async with database.transaction() as tx:
        assert (
            await mend_instance(
                tx,
                sop_instance_uid="1.2",
                sha256=b"x",
                blob_key="k",
                data_set_offset=0,
                data_set_length=1,
            )
            is None
        )
