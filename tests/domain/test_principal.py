import pytest

from sonarium.domain.access import Reason
from sonarium.domain.principal import (
    PERMISSIONS,
    REASONS,
    SCOPE_PERMISSIONS,
    Permission,
    Role,
    Scope,
    permissions_of,
    scope_permissions_of,
)


def test_every_role_and_scope_has_its_row() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert set(SCOPE_PERMISSIONS) == set(Scope)


@pytest.mark.parametrize(
    "role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.MANAGER, Role.STUDENT, Role.PATIENT]
)
def test_who_runs_or_reviews_the_system_sees_no_images_by_that(role: Role) -> None:
    assert not REASONS[role] & {Reason.DEPARTMENT, Reason.ORDERING_OR_READING, Reason.CARE_TEAM}


def test_who_treats_patients_runs_nothing() -> None:
    clinical = (Role.SONOGRAPHER, Role.READING_PHYSICIAN, Role.REFERRING_CLINICIAN)
    assert not permissions_of(clinical) & {
        Permission.MANAGE_PEOPLE,
        Permission.MANAGE_DEVICES,
        Permission.READ_AUDIT,
    }


def test_several_roles_allow_what_each_of_them_allows() -> None:
    both = permissions_of((Role.SONOGRAPHER, Role.AUDITOR))
    assert both == PERMISSIONS[Role.SONOGRAPHER] | PERMISSIONS[Role.AUDITOR]
    assert permissions_of(()) == frozenset()


def test_a_program_that_reads_does_not_write() -> None:
    assert Permission.WRITE_STUDIES not in scope_permissions_of((Scope.READ_STUDIES,))
    assert scope_permissions_of((Scope.WRITE_STUDIES,)) == {Permission.WRITE_STUDIES}
