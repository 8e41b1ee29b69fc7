"""Of which department is what somebody stores over HTTP, where its objects name none."""

from sonarium.base.errors import RequestError
from sonarium.domain.access import EVERY_DEPARTMENT
from sonarium.domain.principal import Principal
from sonarium.index.folding import fold
from sonarium.services.grants import check_own_department


class NotTheirDepartment(RequestError):
    """Nobody puts studies where they themselves do not work."""


def department_of_sender(sender: Principal, named: str | None) -> str:
    """Return the department that `named` says, else the sender's own; empty: none is known.

    Raises:
        InvalidGrant: no study can be of the department.
        NotTheirDepartment: the sender does not work there.
    """
    wanted = (named or "").strip()
    if not wanted:
        return sender.department
    check_own_department(wanted)
    theirs = {*map(fold, sender.viewer.departments), fold(sender.department)}
    if EVERY_DEPARTMENT not in theirs and fold(wanted) not in theirs:
        raise NotTheirDepartment("you do not work in the department that you name for this")
    return wanted
