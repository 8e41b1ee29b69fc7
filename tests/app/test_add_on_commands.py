"""`sonarium add-on`, as an administrator types it."""

from pathlib import Path

import pytest
from tests.app.conftest import Run

from sonarium.app.ohif_add_on import AddOnRefused


def test_a_package_that_is_not_ohif_is_refused(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.tgz"
    other.write_bytes(b"other")
    with pytest.raises(AddOnRefused):
        run("add-on", "ohif", "--data", tmp_path / "data", "--package", other)
