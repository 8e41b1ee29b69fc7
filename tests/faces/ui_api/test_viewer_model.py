"""What the browser is told of viewers of others."""

import msgspec

from sonarium.faces.ui_api.viewer_model import OtherViewers, WeasisLink


def test_each_viewer_is_offered_or_not() -> None:
    shown = msgspec.to_builtins(OtherViewers(ohif=True, weasis=False))
    assert shown == {"ohif": True, "weasis": False}


def test_a_link_is_an_address() -> None:
    assert msgspec.to_builtins(WeasisLink(address="weasis://x")) == {"address": "weasis://x"}
