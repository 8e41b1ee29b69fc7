"""Every control that `docs/security/controls.md` claims names a test that exists."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs" / "security" / "controls.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TABLE)))
ROWS = [line for line in TABLE.splitlines() if line.startswith("| ") and "---" not in line]


@pytest.mark.parametrize(("file", "test"), NAMED, ids=lambda part: part)
def test_the_named_test_exists(file: str, test: str) -> None:
    tree = ast.parse((ROOT / file).read_text())
    found = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert test in found


def test_every_row_names_its_proof() -> None:
    rows = [row for row in ROWS if not row.startswith(("| requirement", "| mark"))]
    assert len(rows) > 20
    proofless = [row for row in rows if "::test_" not in row and "| not met |" not in row]
    assert proofless == []
