from sonarium.domain.selection import Selection


def test_a_selection_names_a_whole_study_by_default() -> None:
    whole = Selection("1.2.3")
    assert whole.series_instance_uid is None
    assert whole.sop_instance_uid is None
