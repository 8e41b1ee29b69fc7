import pytest
from pydantic import ValidationError

from sonarium.faces.dimse.settings import DimseSettings


def test_an_ae_title_has_at_most_sixteen_characters() -> None:
    assert DimseSettings(ae_title="A" * 16).ae_title == "A" * 16
    with pytest.raises(ValidationError):
        DimseSettings(ae_title="A" * 17)


def test_out_of_the_box_only_our_own_title_is_answered() -> None:
    assert not DimseSettings().any_called_ae_title
