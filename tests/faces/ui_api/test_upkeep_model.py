"""What waits for an administrator, as the page receives it."""

from datetime import UTC, datetime

from sonarium.faces.ui_api.upkeep_model import CheckState
from sonarium.services.scrub import DamagedInstance, ScrubPass, ScrubStatus

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_a_pass_under_way_has_no_end_and_names_what_it_found() -> None:
    latest = ScrubPass(1, MOMENT, None, 7, instances=7, bytes=700, damaged=1)
    state = CheckState.of(
        ScrubStatus(latest, [DamagedInstance("1.2", "1.3", "1.4", "key", MOMENT)])
    )
    assert (state.started_at, state.finished_at) == (MOMENT.isoformat(), None)
    assert (state.instances, state.bytes) == (7, 700)
    assert [one.sop_instance_uid for one in state.damaged] == ["1.4"]
