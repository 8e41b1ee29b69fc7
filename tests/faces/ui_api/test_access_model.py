import msgspec
import pytest

from sonarium.faces.ui_api.access_model import AccessTarget, NewStudyLink
from sonarium.services.grants import Target


def test_a_target_is_named_by_one_of_its_numbers() -> None:
    named = msgspec.json.decode(b'{"patientID": "SYN1"}', type=AccessTarget)
    assert named.target() == Target(patient_id="SYN1")


def test_a_link_for_longer_than_a_week_is_no_link() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"recipient": "x", "days": 8}', type=NewStudyLink)
