"""What the browser is told of viewers of others."""

import msgspec

from sonarium.faces.ui_api.viewer_model import OtherViewers


def test_names_are_in_camel_case() -> None:
    assert msgspec.to_builtins(OtherViewers(ohif=True)) == {"ohif": True}
