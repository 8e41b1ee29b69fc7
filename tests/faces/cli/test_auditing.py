"""The audit trail on the command line."""

import io
import json

from rich.console import Console
from tests.services.audit.trail_events import opened

from sonarium.faces.cli.auditing import record_line, record_table, verdict_lines
from sonarium.index.audit_search import FoundRecord
from sonarium.services.audit.verifying import Finding, Tampering, Verdict


def printed(records: list[FoundRecord]) -> str:
    out = io.StringIO()
    Console(file=out, width=200).print(record_table(records))
    return out.getvalue()


def test_a_record_is_a_line_in_plain_words() -> None:
    text = printed([FoundRecord(1, opened())])
    for part in ("Alice Ash", "192.0.2.7", "opened a study", "P1"):
        assert part in text
    assert "nothing fits" in printed([])


def test_a_record_is_a_line_of_json() -> None:
    line = json.loads(record_line(FoundRecord(7, opened("1.2"))))
    assert line["record_ref"] == 7
    assert line["event"]["subjects"][0]["identifier"] == "1.2"


def test_a_verdict_says_whether_the_trail_is_whole() -> None:
    assert verdict_lines(Verdict(3, 0, 1, []))[-1] == "The trail is whole."
    findings = [Finding(Tampering.EDITED, number, "its code does not fit") for number in range(25)]
    lines = verdict_lines(Verdict(3, 0, 1, findings))
    assert lines[2] == "  edited at 0: its code does not fit"
    assert lines[-1] == "  and 5 more"
