"""The table of formulas fits the labels."""

import inspect

from sonarium.ultrasound.measuring.formulas import FORMULAS
from sonarium.ultrasound.measuring.labels import LABELS


def test_every_input_is_a_label() -> None:
    assert {name for formula in FORMULAS for name in formula.inputs} <= set(LABELS)


def test_every_formula_takes_as_many_numbers_as_it_names() -> None:
    for formula in FORMULAS:
        assert len(inspect.signature(formula.compute).parameters) == len(formula.inputs)


def test_names_are_unique() -> None:
    names = [formula.name for formula in FORMULAS]
    assert len(set(names)) == len(names)
