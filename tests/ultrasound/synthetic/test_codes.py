import pytest
from pydicom.sr._concepts_dict import concepts

from sonarium.ultrasound.synthetic.acquisition import Code
from sonarium.ultrasound.synthetic.codes import STAGES, VIEWS


def groups(code: Code) -> list[int]:
    """List the context groups in which pydicom's dictionary has a code."""
    return [
        group
        for by_value in concepts[code.scheme].values()
        for value, (_, found) in by_value.items()  # type: ignore[attr-defined]
        if value == code.value
        for group in found
    ]


@pytest.mark.parametrize("code", VIEWS.values(), ids=list(VIEWS))
def test_views_are_in_their_context_group(code: Code) -> None:
    assert 12226 in groups(code)


@pytest.mark.parametrize("code", STAGES.values(), ids=list(STAGES))
def test_stages_are_in_their_context_group(code: Code) -> None:
    assert 12002 in groups(code)
