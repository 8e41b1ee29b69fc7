"""The DICOM conformance statement claims what the code does, and nothing else."""

import ast
import re
from pathlib import Path

import pytest

from sonarium.dicom.uids import STORAGE_SOP_CLASSES
from sonarium.faces.dimse.conformance import TABLES, fill_tables, named_tables
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.faces.dimse.sop_classes import SERVICE_CLASSES, STORAGE_TRANSFER_SYNTAXES
from sonarium.faces.dimse.statuses import OTHER_STATUSES, STATUS_TABLES, UNFORESEEN
from sonarium.wire.dimse.status import Status

ROOT = Path(__file__).resolve().parents[2]
STATEMENT = (ROOT / "docs" / "conformance" / "dicom.md").read_text()
FACE = ROOT / "src" / "sonarium" / "faces" / "dimse"


def test_the_tables_are_those_of_the_code() -> None:
    assert fill_tables(STATEMENT) == STATEMENT, (
        "run: python -m sonarium.faces.dimse.conformance docs/conformance/dicom.md"
    )


def test_every_table_is_in_the_statement_once() -> None:
    assert sorted(named_tables(STATEMENT)) == sorted(TABLES)


@pytest.mark.parametrize("uid", sorted({*SERVICE_CLASSES, *STORAGE_TRANSFER_SYNTAXES}))
def test_every_sop_class_and_transfer_syntax_that_we_serve_is_claimed(uid: str) -> None:
    assert f"| {uid} |" in STATEMENT


def test_no_sop_class_is_claimed_that_we_do_not_serve() -> None:
    storage = STATEMENT.split("<!-- table: storage_sop_classes -->")[1]
    claimed = re.findall(r"\| ([\d.]+) \|", storage.split("<!-- end of table -->")[0])
    assert set(claimed) == STORAGE_SOP_CLASSES


@pytest.mark.parametrize("module", sorted(FACE.glob("*.py")), ids=lambda path: path.stem)
def test_every_status_that_the_face_names_is_in_a_table(module: Path) -> None:
    claimed = {UNFORESEEN}
    for statuses in OTHER_STATUSES.values():
        claimed.update(statuses)
    for table in STATUS_TABLES.values():
        claimed.update(table.values())
    named = {
        Status[node.attr]
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Status"
    }
    assert named <= claimed


def test_every_setting_that_the_statement_names_exists() -> None:
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", STATEMENT))
    assert named <= set(DimseSettings.model_fields)
