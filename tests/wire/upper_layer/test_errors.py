from sonarium.base.errors import PeerError
from sonarium.wire.upper_layer.errors import AbortReason, AbortSource, InvalidPDU


def test_broken_bytes_name_the_abort_that_answers_them() -> None:
    error = InvalidPDU("a PDU nobody knows", AbortReason.UNRECOGNIZED_PDU)
    assert isinstance(error, PeerError)
    assert (error.source, error.reason) == (AbortSource.SERVICE_PROVIDER, 1)


def test_without_a_closer_reason_a_parameter_value_is_invalid() -> None:
    assert InvalidPDU("odd").reason is AbortReason.INVALID_PDU_PARAMETER_VALUE
    assert int(AbortReason.INVALID_PDU_PARAMETER_VALUE) == 6
