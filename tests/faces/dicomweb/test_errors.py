"""What went wrong, as HTTP says it."""

import pytest
from tests.faces.conftest import Shelf

from sonarium.base.errors import RequestError, SonariumError, UnavailableError
from sonarium.faces.dicomweb.errors import (
    PROBLEM,
    NotAcceptable,
    RangeNotSatisfiable,
    problem,
    status_of,
)
from sonarium.services.query import TooManyMatches
from sonarium.services.retrieve import NotHere, StoredDamaged


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotHere("x"), 404),
        (NotAcceptable("x"), 406),
        (TooManyMatches("x"), 413),
        (RangeNotSatisfiable("x"), 416),
        (RequestError("x"), 400),
        (StoredDamaged("x"), 500),
        (UnavailableError("x"), 503),
        (SonariumError("x"), 500),
    ],
)
def test_the_most_exact_class_decides(error: SonariumError, status: int) -> None:
    assert status_of(error) == status


def test_what_may_pass_says_when_to_try_again() -> None:
    assert problem(503, "later").headers["Retry-After"] == "5"
    assert "Retry-After" not in problem(404, "never").headers


async def test_a_refusal_is_a_problem_document(shelf: Shelf) -> None:
    answer = await shelf.get("/studies/1.2.3")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == PROBLEM
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["title"] == "Not found"


async def test_a_refusal_does_not_repeat_what_was_asked(shelf: Shelf) -> None:
    answer = await shelf.get("/studies?PatientName=CANARY^NAME&StudyDate=CANARY")
    assert answer.status_code == 400
    assert "CANARY" not in answer.text
