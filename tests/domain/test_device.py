from sonarium.domain.device import Device


def test_a_device_is_reached_without_tls_unless_told() -> None:
    assert not Device("SCANNER", "127.0.0.1", 104).tls
