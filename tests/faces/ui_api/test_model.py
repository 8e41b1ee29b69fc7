"""The shapes that the browser is told of."""

from typing import get_args

import msgspec

from sonarium.faces.ui_api.model import Playback, Presentation, Problem, StudyPage, SystemStatus


def test_a_page_of_studies_is_written_in_the_browsers_spelling() -> None:
    assert msgspec.json.encode(StudyPage(studies=[], has_more=False)) == (
        b'{"studies":[],"hasMore":false}'
    )


def test_the_status_tells_a_demonstration_from_the_real_thing() -> None:
    status = SystemStatus(
        version="1", ae_title="A", dimse_port=1, studies=0, instances=0, quarantined=0,
        damaged=0, demo=True,
    )  # fmt: skip
    assert msgspec.to_builtins(status)["demo"] is True


def test_what_cannot_be_shown_has_a_name_of_its_own() -> None:
    assert set(get_args(Presentation)) == {"stored-jpeg", "rendered", "video", "none"}
    assert set(get_args(Playback)) == {"loop", "sweep"}


def test_a_problem_has_status_title_and_detail() -> None:
    assert set(msgspec.to_builtins(Problem(status=404, title="t", detail="d"))) >= {
        "status", "title", "detail",
    }  # fmt: skip
