"""Modules and functions stay small enough to read in one sitting (house style, section 1)."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "sonarium"
MODULE_LINES = 800
FUNCTION_LINES = 80
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "generated" not in path.parts)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_module_and_its_functions_are_short(module: Path) -> None:
    text = module.read_text()
    assert text.count("\n") <= MODULE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < FUNCTION_LINES, f"{node.name} is too long"
