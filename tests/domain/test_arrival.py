from sonarium.domain.arrival import Door, Source


def test_a_file_of_this_machine_has_no_address() -> None:
    assert Source(Door.IMPORT).address == ""
