from sonarium.domain.commitment import FailureReason


def test_failure_reasons_have_the_codes_of_the_standard() -> None:
    assert [int(reason) for reason in FailureReason] == [0x0110, 0x0112, 0x0119]
