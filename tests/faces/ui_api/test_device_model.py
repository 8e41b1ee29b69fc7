from sonarium.domain.device import Device, DevicePermission
from sonarium.faces.ui_api.device_model import DeviceSettings


def test_a_device_survives_its_settings() -> None:
    device = Device(
        "CART",
        "cart.example",
        104,
        tls=True,
        description="Echo",
        may=tuple(DevicePermission),
        calls_from=("10.0.0.0/8",),
        certificate="5e" * 32,
    )
    assert DeviceSettings.of(device).device("CART") == device
