import msgspec
import pytest
from tests.passkey_device import PasskeyDevice, assertion_json, attestation_json, encoded

from sonarium.faces.ui_api.passkey_model import NewPasskey, PasskeyAnswer


def test_what_the_browser_sends_is_what_the_service_takes() -> None:
    device = PasskeyDevice()
    options = {"challenge": encoded(b"x"), "user": {"id": encoded(b"handle")}}
    made, answer = device.make(options), device.answer(options)
    assert msgspec.convert(attestation_json(made), NewPasskey).attested() == made
    assert msgspec.convert(assertion_json(answer), PasskeyAnswer).asserted() == answer


def test_a_passkey_has_an_end() -> None:
    body = {"rawId": "x" * 65_537, "clientData": "", "attestation": ""}
    with pytest.raises(msgspec.ValidationError, match="65536"):
        msgspec.convert(body, NewPasskey)
