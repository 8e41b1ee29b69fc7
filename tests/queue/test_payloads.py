from dataclasses import asdict
from typing import get_args

import orjson
import pytest

from sonarium.queue.payloads import Payload, ReportCommitment


def test_a_payload_is_small_json_and_names_its_task() -> None:
    payload = ReportCommitment(commitment_ref=7)
    assert orjson.dumps(asdict(payload)) == b'{"commitment_ref":7}'
    assert payload.task == "commitment.report"


@pytest.mark.parametrize("kind", get_args(Payload) or (Payload,))
def test_every_kind_of_job_has_a_task_and_a_queue(kind: type[ReportCommitment]) -> None:
    assert kind.task
    assert kind.queue
