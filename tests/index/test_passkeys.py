from datetime import timedelta
from uuid import uuid4

from sonarium.db.pool import Database
from sonarium.db.transaction import Transaction
from sonarium.domain.principal import Role, WayIn
from sonarium.index import passkeys, people
from sonarium.index.passkeys import NewPasskey

MINUTE = timedelta(minutes=1)
KEY = NewPasskey(b"id", b"key", 4, "localhost", "telephone")


async def ada(tx: Transaction) -> int:
    ref = await people.add_person(tx, "ada", "Ada", [Role.ADMINISTRATOR])
    assert ref is not None
    return ref


async def test_a_passkey_is_kept_once_and_makes_its_person_enrolled(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await ada(tx)
        assert not await people.has_administrator(tx)
        assert await passkeys.add_passkey(tx, ref, KEY)
        assert not await passkeys.add_passkey(tx, ref, KEY)
        assert await people.has_administrator(tx)
        assert await people.administrators(tx) == {ref}
        person = await people.find_person(tx, "ada")
        assert person is not None
        assert person.ways == (WayIn.PASSKEY,)
        [kept] = await passkeys.passkeys_of(tx, "ada")
        assert (kept.credential_id, kept.name, kept.used_at) == (b"id", "telephone", None)
        assert await passkeys.name_passkey(tx, "ada", kept.passkey_ref, "tablet")
        assert not await passkeys.delete_passkey(tx, "eve", kept.passkey_ref)
        assert await passkeys.delete_passkey(tx, "ada", kept.passkey_ref)
        assert await passkeys.find_passkey(tx, b"id") is None


async def test_a_counter_goes_on_or_stays_at_nothing(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await ada(tx)
        await passkeys.add_passkey(tx, ref, KEY)
        found = await passkeys.find_passkey(tx, b"id")
        assert found is not None
        for count in (4, 3, 0):
            assert not await passkeys.use_passkey(tx, found.passkey_ref, count)
        assert await passkeys.use_passkey(tx, found.passkey_ref, 5)
        await passkeys.add_passkey(tx, ref, NewPasskey(b"0", b"key", 0, "localhost", "none"))
        uncounted = await passkeys.find_passkey(tx, b"0")
        assert uncounted is not None
        assert await passkeys.use_passkey(tx, uncounted.passkey_ref, 0)


async def test_a_challenge_is_taken_once_for_its_purpose_and_in_time(database: Database) -> None:
    handle = uuid4()
    async with database.transaction() as tx:
        for name, lifetime in ((b"one", MINUTE), (b"over", -MINUTE)):
            assert await passkeys.put_ceremony(
                tx, name, "add", handle, "192.0.2.1", lifetime=lifetime, most=2
            )
        assert await passkeys.take_ceremony(tx, b"one", "prove") is None
        assert await passkeys.take_ceremony(tx, b"over", "add") is None
        assert await passkeys.take_ceremony(tx, b"one", "add") == (handle,)
        assert await passkeys.take_ceremony(tx, b"one", "add") is None


async def test_so_many_challenges_of_an_address_wait_at_most(database: Database) -> None:
    async with database.transaction() as tx:
        for name, address in ((b"1", "a"), (b"2", "a"), (b"3", "b")):
            assert await passkeys.put_ceremony(
                tx, name, "sign_in", None, address, lifetime=MINUTE, most=2
            )
        assert not await passkeys.put_ceremony(
            tx, b"4", "sign_in", None, "a", lifetime=MINUTE, most=2
        )


async def test_who_holds_passkeys_is_found_while_they_may_come(database: Database) -> None:
    async with database.transaction() as tx:
        ref = await ada(tx)
        holder = await passkeys.lock_person(tx, "ada")
        assert holder is not None
        assert (holder.person_ref, holder.display_name) == (ref, "Ada")
        await passkeys.add_passkey(tx, ref, KEY)
        await people.change_person(tx, "ada", "Ada", [Role.AUDITOR], is_active=False)
        assert await passkeys.lock_person(tx, "ada") is None
        assert await passkeys.find_passkey(tx, b"id") is None
