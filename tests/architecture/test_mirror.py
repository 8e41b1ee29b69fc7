"""`tests/` mirrors `src/`: each module has its file (house style, section 10)."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "sonarium"
MODULES = sorted(
    path.relative_to(SOURCE)
    for path in SOURCE.rglob("*.py")
    if path.name not in {"__init__.py", "__main__.py"} and "generated" not in path.parts
)


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_module_has_its_test_file(module: Path) -> None:
    assert (ROOT / "tests" / module.parent / f"test_{module.name}").is_file()


def test_no_room_is_a_junk_drawer() -> None:
    names = {path.stem for path in SOURCE.rglob("*")}
    assert not names & {"utils", "common", "helpers", "misc"}
