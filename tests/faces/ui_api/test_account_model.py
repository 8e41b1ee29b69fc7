import msgspec
import pytest

from sonarium.faces.ui_api.account_model import NewPerson, PasswordSignIn

LONG = "x" * 257


def test_a_text_of_a_request_has_an_end() -> None:
    with pytest.raises(msgspec.ValidationError, match="256"):
        msgspec.convert({"userName": LONG, "password": "p", "code": "1"}, PasswordSignIn)


def test_a_misspelt_member_and_an_unknown_role_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="role"):
        msgspec.convert(
            {"userName": "a", "displayName": "A", "roles": [], "role": "auditor"}, NewPerson
        )
    with pytest.raises(msgspec.ValidationError, match="Invalid enum value"):
        msgspec.convert({"userName": "a", "displayName": "A", "roles": ["king"]}, NewPerson)
