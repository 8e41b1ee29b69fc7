"""`sonarium keys`: the recovery kit, and what is done with keys at the machine itself."""

from typing import Annotated

import typer
from rich.table import Table

from sonarium.app.keys import key_room
from sonarium.app.opening import Data, existing_settings, out, settings_for
from sonarium.app.settings import Settings
from sonarium.base.clock import utc_now
from sonarium.storage.recovery_kit import read_kit, write_kit

keys = typer.Typer(no_args_is_help=True, help="The keys that open what is kept.")


@keys.command(name="kit")
def show_kit(data: Data = None) -> None:
    """Print the recovery kit: lay it in a safe, and keep no copy on the machine."""
    print_kit(existing_settings(data))


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
    room = key_room(settings_for(data))
    room.restore(root)
    room.open()
    out.print(f"The root key {root.key_id} is back. Next: sonarium doctor", highlight=False)


@keys.command(name="list")
def list_keys(data: Data = None) -> None:
    """List the root keys by their ids."""
    room = key_room(existing_settings(data))
    current = room.current_id()
    table = Table("root key", "use")
    for key_id in sorted(room.roots()):
        table.add_row(key_id, "in use" if key_id == current else "only opens what is older")
    out.print(table)


def print_kit(settings: Settings) -> None:
    """Print the kit of the root key in use, and remember that somebody saw it."""
    room = key_room(settings)
    room.ensure()
    out.print(write_kit(room.open().root, utc_now()), highlight=False, soft_wrap=True)
    room.note_kit_shown()
