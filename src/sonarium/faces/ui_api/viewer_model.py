"""What the browser is told of viewers of others."""

from sonarium.faces.ui_api.model import UIModel


class OtherViewers(UIModel, frozen=True):
    """Which viewers of others are offered beside our own."""

    ohif: bool
    weasis: bool


class WeasisLink(UIModel, frozen=True):
    """A link that starts Weasis; whoever has it sees the study while it holds."""

    address: str
