"""What can be set about viewers of others."""

import pytest
from pydantic import ValidationError

from sonarium.services.other_viewers import ViewerSettings


def test_ohif_is_in_the_data_folder_unless_set() -> None:
    assert ViewerSettings().ohif is None


def test_an_unknown_viewer_is_refused() -> None:
    with pytest.raises(ValidationError):
        ViewerSettings.model_validate({"osirix": "/somewhere"})
