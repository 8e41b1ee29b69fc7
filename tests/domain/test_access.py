from sonarium.domain.access import (
    NOBODY,
    SYSTEM,
    Reason,
    device_viewer,
    only_department,
    program_viewer,
)


def test_only_the_archive_itself_needs_no_reason() -> None:
    assert SYSTEM.is_system
    assert not any(one.is_system for one in (NOBODY, program_viewer("X"), device_viewer("X")))


def test_every_department_is_in_sight_only_where_a_department_is_a_reason() -> None:
    assert program_viewer("X").sees_every_department
    assert not program_viewer("X", ("radiology",)).sees_every_department
    assert not NOBODY.sees_every_department


def test_who_has_one_department_by_name_has_one_of_their_own() -> None:
    assert only_department(["Echo Lab"]) == "Echo Lab"
    assert not any(map(only_department, ([], ["*"], ["Echo Lab", "Vascular"], ["Echo Lab", "*"])))


def test_programs_and_devices_have_their_departments_as_their_only_reason() -> None:
    assert program_viewer("X").reasons == device_viewer("X").reasons == {Reason.DEPARTMENT}
