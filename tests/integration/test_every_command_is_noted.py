"""Every command and job is in the audit trail, or stands in a list that says why not.

Commands call the services that routes call, which `test_every_act_is_noted` really calls; what
only a command does names the test that finds it in the trail.
"""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

import pytest
import typer
from tests.integration.test_every_act_is_noted import SILENT as SILENT_ROUTES

from sonarium.app.command_line import app
from sonarium.queue.payloads import Payload, PrepareFrames, ReportCommitment, WriteMarks

ROOT: Final = Path(__file__).resolve().parents[2]
KEYS: Final = "tests/app/test_key_commands.py::test_what_is_done_with_root_keys_is_in_the_trail"
ENCRYPT: Final = (
    "tests/services/test_open_objects.py::test_what_lay_open_is_sealed_and_reads_as_before"
)
RESTORE: Final = (
    "tests/app/test_key_commands.py"
    "::test_that_a_key_was_brought_back_is_in_the_trail_once_there_is_one"
)
DELETION: Final = (
    "tests/services/audit/test_looks.py::test_a_deletion_names_the_patient_who_is_gone_then"
)
QUARANTINE: Final = "tests/services/test_quarantine.py::test_an_object_leaves_as_a_file"
COPY: Final = "tests/services/audit/test_looks.py::test_a_copy_is_noted_before_it_leaves"
STORE: Final = (
    "tests/services/audit/test_transfers.py::test_senders_over_http_and_at_the_machine_are_named"
)

REVOKED: Final = "tests/services/test_clients.py::test_tokens_end_at_a_word_and_with_their_program"
TOKEN: Final = (
    "tests/integration/test_every_act_is_noted.py::test_every_route_is_noted_or_says_why_not"
)

NOTED: Final = {
    "export": COPY,
    "import": STORE,
    "device add": "PUT /api/devices/{ae_title}",
    "device remove": "DELETE /api/devices/{ae_title}",
    "user add": "POST /api/people",
    "user change": "PUT /api/people/{user_name}",
    "user link": "POST /api/people/{user_name}/enrolment-link",
    "client add": "POST /api/clients",
    "client change": "PUT /api/clients/{client_id}/departments",
    "client remove": "DELETE /api/clients/{client_id}",
    "client token": TOKEN,
    "grant add": "POST /api/grants",
    "grant revoke": "DELETE /api/grants/{grant_ref}",
    "patient confidentiality": "PUT /api/patient-confidentiality",
    "patient teaching": "PUT /api/studies/{study_instance_uid}/teaching",
    "quarantine export": QUARANTINE,
    "quarantine discard": "POST /api/quarantine/{number}/discard",
    "quarantine restore": "POST /api/quarantine/{number}/restore",
    "quarantine exchange": "POST /api/quarantine/{number}/exchange",
    "job retry": "POST /api/jobs/failed/{number}/retry",
    "job drop": "DELETE /api/jobs/failed/{number}",
    "session end": "DELETE /api/people/{user_name}/sessions",
    "token revoke": REVOKED,
    "audit list": "GET /api/audit/records",
    "audit export": "GET /api/audit/records",
    "keys kit": KEYS,
    "keys rotate": KEYS,
    "keys retire": KEYS,
    "keys restore": RESTORE,
    "keys encrypt": ENCRYPT,
    "init": KEYS,
    "study delete": DELETION,
}
SILENT: Final = {
    "version": "says nothing of anybody",
    "serve": "what is done while it serves is noted",
    "demo": "synthetic people on a throw-away folder",
    "status": "counts",
    "doctor": "how the machine is",
    "device list": "names of devices; changes are noted",
    "patient confidential": "numbers and aliases; changes are noted",
    "device knocking": "names of devices; each refusal is noted",
    "device echo": "C-ECHO says nothing of anybody",
    "user list": "names of colleagues; changes are noted",
    "client list": "names of programs; changes are noted",
    "grant list": "who was let in; changes are noted",
    "quarantine list": "our own numbers and UIDs, no identity",
    "job list": "our own numbers",
    "session list": "where people are signed in",
    "token list": "names of programs",
    "add-on ohif": "a program of others, the same for everybody",
    "audit verify": "reads codes, and shows no record",
    "keys list": "ids of keys, and counts",
    "keys shredded": "days, and counts",
}
SILENT_JOBS: Final = {
    ReportCommitment: "the sender asks for its own objects by their UIDs",
    PrepareFrames: "draws what is kept already; who looks at it is noted",
}
NOTED_JOBS: Final = {WriteMarks: STORE}


def commands(of: typer.Typer, before: str = "") -> Iterator[str]:
    """Walk over the names of all commands."""
    for command in of.registered_commands:
        assert command.callback is not None
        yield before + (command.name or command.callback.__name__.replace("_", "-"))
    for group in of.registered_groups:
        assert group.typer_instance is not None
        yield from commands(group.typer_instance, f"{before}{group.name} ")


def test_every_command_is_noted_or_says_why_not() -> None:
    assert not NOTED.keys() & SILENT.keys()
    assert {*NOTED, *SILENT} == set(commands(app))


def test_every_job_is_noted_or_says_why_not() -> None:
    assert {*NOTED_JOBS, *SILENT_JOBS} == set(get_args(Payload))


@pytest.mark.parametrize("proof", sorted({*NOTED.values(), *NOTED_JOBS.values()}))
def test_the_proof_is_there(proof: str) -> None:
    if "::" in proof:
        file, _, name = proof.partition("::")
        tree = ast.parse((ROOT / file).read_text())
        kinds = ast.FunctionDef | ast.AsyncFunctionDef
        assert name in {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
        return
    method, _, path = proof.partition(" ")
    described = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    assert method.lower() in described[path]
    assert proof not in SILENT_ROUTES
