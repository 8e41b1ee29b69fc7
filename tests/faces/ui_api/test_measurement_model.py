"""The names of the JSON API are those of the measuring room."""

from typing import get_args

from sonarium.dicom.sr.content import GraphicType
from sonarium.faces.ui_api.measurement_model import GraphicTypeName, QuantityName, ToolName
from sonarium.ultrasound.measuring.measurement import Quantity, Tool


def test_every_tool_quantity_and_graphic_has_its_name() -> None:
    assert set(get_args(ToolName)) == {tool.value for tool in Tool}
    assert set(get_args(QuantityName)) == {quantity.value for quantity in Quantity}
    assert set(get_args(GraphicTypeName)) == {kind.value for kind in GraphicType}
