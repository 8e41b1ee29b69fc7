from dataclasses import fields

from sonarium.faces.dimse.services import DimseServices


def test_an_association_reaches_these_services_and_no_others() -> None:
    assert {field.name for field in fields(DimseServices)} == {
        "callers",
        "store",
        "query",
        "move",
        "commitment",
    }
