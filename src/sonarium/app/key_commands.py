"""`sonarium keys`: the recovery kit, and what is done with keys at the machine itself."""

from typing import Annotated

import typer
from rich.progress import Progress as Bar
from rich.table import Table

from sonarium.app.archive import (
    Archive,
    open_object_service,
    scrub_service,
    study_key_service,
)
from sonarium.app.keys import key_room
from sonarium.app.opening import Data, existing_settings, out, settings_for, with_archive
from sonarium.app.settings import Settings
from sonarium.base.clock import utc_now
from sonarium.base.errors import RequestError, SonariumError
from sonarium.domain.audit import Action
from sonarium.storage.recovery_kit import read_kit, write_kit


class KeyInUse(RequestError):
    """The root key is needed."""


keys = typer.Typer(no_args_is_help=True, help="The keys that open what is kept.")


@keys.command(name="kit")
def show_kit(data: Data = None) -> None:
    """Print the recovery kit: lay it in a safe, and keep no copy on the machine."""
    settings = existing_settings(data)
    with_archive(settings, lambda archive: print_kit(archive, settings))


@keys.command(name="restore")
def restore(
    data: Data = None,
    kit: Annotated[
        str,
        typer.Option(prompt="The characters of the kit", help="Better typed when asked."),
    ] = "",
) -> None:
    """Bring back a root key from a recovery kit."""
    root = read_kit(kit)
    settings = settings_for(data)
    room = key_room(settings)
    room.restore(root)
    room.open()
    out.print(f"The root key {root.key_id} is back. Next: sonarium doctor", highlight=False)

    async def run(archive: Archive) -> None:
        service = study_key_service(archive, settings)
        await service.note_root(root.key_id, Action.CREATE, "brought back from its recovery kit")

    try:
        with_archive(existing_settings(data), run)
    except SonariumError as error:
        # On a new machine the key comes back first, and the archive after it.
        out.print(f"The audit trail could not be told of it: {error}", highlight=False)


@keys.command(name="rotate")
def rotate(data: Data = None) -> None:
    """Make a new root key and its kit; the worker then wraps every study's key by it."""
    settings = existing_settings(data)

    async def run(archive: Archive) -> None:
        root = key_room(settings).rotate()
        service = study_key_service(archive, settings)
        await service.note_root(root.key_id, Action.CREATE, "made by a rotation")
        await print_kit(archive, settings)

    key_room(settings).open()  # a lost key is named, and none is made in its stead
    with_archive(settings, run)
    out.print(
        "While Sonarium serves, every key is wrapped anew in the background; `sonarium keys list` "
        "shows how far that is.",
        highlight=False,
        soft_wrap=True,
    )


@keys.command(name="retire")
def retire(key_id: str, data: Data = None) -> None:
    """Destroy an old root key that wraps nothing any more; its kit still opens old backups."""
    settings = existing_settings(data)

    async def run(archive: Archive) -> None:
        service = study_key_service(archive, settings)
        count = (await service.count_by_root()).get(key_id, 0)
        if count:
            raise KeyInUse(f"the root key {key_id} still wraps {count:,} keys: let Sonarium serve")
        key_room(settings).retire(key_id)
        await service.note_root(key_id, Action.DELETE, "destroyed")

    with_archive(settings, run)
    out.print(f"The root key {key_id} is destroyed.", highlight=False)


@keys.command(name="list")
def list_keys(data: Data = None) -> None:
    """List the root keys by their ids, and how many keys each wraps."""
    settings = existing_settings(data)

    async def run(archive: Archive) -> None:
        wrapped = await study_key_service(archive, settings).count_by_root()
        room = key_room(settings)
        current, here = room.current_id(), room.roots()
        table = Table("root key", "use", "wraps")
        for key_id in sorted({*here, *wrapped}):
            use = "in use" if key_id == current else "old"
            use = use if key_id in here else "missing: sonarium keys restore"
            table.add_row(key_id, use, f"{wrapped.get(key_id, 0):,}")
        out.print(table)

    with_archive(settings, run)


@keys.command(name="encrypt")
def encrypt(data: Data = None) -> None:
    """Encrypt the objects that were stored in clear; may be stopped, and goes on where it was."""
    settings = existing_settings(data)

    async def run(archive: Archive) -> None:
        service = open_object_service(archive, settings)
        scrubbing = scrub_service(archive, settings)
        before = await service.count()
        with Bar(console=out) as bar:
            task = bar.add_task("Encrypting", total=before.instances)
            async for reached in service.seal_all():
                while await scrubbing.free_doomed():
                    pass
                bar.update(task, completed=reached.sealed + reached.failed)
        left = await service.count()
        out.print(f"{before.instances - left.instances:,} objects were encrypted.", highlight=False)
        if left.instances:
            out.print(
                f"{left.instances:,} could not be read as they were stored, and are left as they "
                "are: sonarium status counts them as damaged once they were checked",
                highlight=False,
            )
        if left.set_aside:
            out.print(
                f"{left.set_aside:,} lie in clear in quarantine: decide about them on the page "
                "Archive, or by sonarium quarantine",
                highlight=False,
            )

    with_archive(settings, run)


@keys.command(name="shredded")
def list_shredded(data: Data = None) -> None:
    """List the days on which keys were destroyed, and from when no backup opens a copy."""
    settings = existing_settings(data)

    async def run(archive: Archive) -> None:
        service = study_key_service(archive, settings)
        table = Table("destroyed on", "keys", "erased from backups too")
        for one in await service.erasures(settings.keys.backup_retention):
            table.add_row(
                f"{one.destroyed_on:%Y-%m-%d}", str(one.keys), f"{one.erased_on:%Y-%m-%d}"
            )
        out.print(table)

    with_archive(settings, run)


async def print_kit(archive: Archive, settings: Settings) -> None:
    """Print the kit of the root key in use, and note and remember that somebody saw it."""
    room = key_room(settings)
    root = room.open().root
    service = study_key_service(archive, settings)
    await service.note_root(root.key_id, Action.READ, "its recovery kit was printed")
    out.print(write_kit(root, utc_now()), highlight=False, soft_wrap=True)
    room.note_kit_shown()
