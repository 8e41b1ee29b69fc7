from sonarium.wire.upper_layer.presentation_context import ContextResult


def test_results_carry_the_numbers_of_table_9_18() -> None:
    assert [(result.name, result.value) for result in ContextResult] == [
        ("ACCEPTANCE", 0),
        ("USER_REJECTION", 1),
        ("NO_REASON", 2),
        ("ABSTRACT_SYNTAX_NOT_SUPPORTED", 3),
        ("TRANSFER_SYNTAXES_NOT_SUPPORTED", 4),
    ]
