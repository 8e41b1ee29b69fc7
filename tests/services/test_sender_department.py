"""Of which department is what somebody stores over HTTP."""

import pytest

from sonarium.base.errors import RequestError
from sonarium.domain.access import Viewer, ViewerKind
from sonarium.domain.principal import Principal
from sonarium.services.sender_department import NotTheirDepartment, department_of_sender


def sender(*departments: str, own: str = "") -> Principal:
    viewer = Viewer(ViewerKind.PROGRAM, "pacs2", departments=departments)
    return Principal("pacs2", "pacs2", frozenset(), viewer=viewer, department=own)


@pytest.mark.parametrize("named", [None, "", "  "])
def test_who_names_none_stores_for_their_own(named: str | None) -> None:
    assert department_of_sender(sender("*", own="Echo Lab"), named) == "Echo Lab"
    assert department_of_sender(sender("Echo Lab", "Vascular"), named) == ""


def test_who_works_there_may_name_it_whatever_its_case() -> None:
    assert department_of_sender(sender("Écho Lab", "Vascular"), " echo LAB ") == "echo LAB"
    assert department_of_sender(sender(own="Echo Lab"), "echo lab") == "echo lab"
    assert department_of_sender(sender("*"), "Vascular") == "Vascular"


def test_nobody_puts_studies_where_they_do_not_work() -> None:
    for nowhere in (sender(), sender("Vascular"), sender(own="Vascular")):
        with pytest.raises(NotTheirDepartment):
            department_of_sender(nowhere, "Echo Lab")


@pytest.mark.parametrize("named", ["*", "a\nb", "x" * 65])
def test_what_cannot_be_a_department_is_refused(named: str) -> None:
    with pytest.raises(RequestError):
        department_of_sender(sender("*"), named)
