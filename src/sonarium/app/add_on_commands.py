"""`sonarium add-on`: what others made, installed beside Sonarium."""

from pathlib import Path
from typing import Annotated

import typer

from sonarium.app.ohif_add_on import PACKAGE, VERSION, install_ohif
from sonarium.app.opening import Data, folder_of, out, settings_for

add_ons = typer.Typer(no_args_is_help=True, help="Viewers of others, installed beside Sonarium.")

Package = Annotated[
    Path | None,
    typer.Option(help=f"{PACKAGE} {VERSION} as a file, for a machine without npm or network."),
]


@add_ons.callback()
def _several() -> None:
    """Keep `ohif` a word of its own while it is the only one."""


@add_ons.command(name="ohif")
def install_ohif_command(data: Data = None, package: Package = None) -> None:
    """Fetch the OHIF viewer by npm, and offer it to everybody who may open studies."""
    settings = settings_for(data)
    folder = folder_of(settings)
    target = (settings.viewers.ohif or folder.ohif).absolute()
    if settings.viewers.ohif is None:
        folder.ensure()
    size = install_ohif(target, package)
    out.print(f"OHIF {VERSION} is in {target} ({size / 2**20:.0f} MiB).", highlight=False)
    out.print("A running Sonarium offers it at once, under /ohif/.", highlight=False)
