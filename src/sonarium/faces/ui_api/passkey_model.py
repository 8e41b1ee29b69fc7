"""Passkeys: the shapes behind the JSON API (WebAuthn 5.1.8, in base64url)."""

from typing import Annotated, Any

import msgspec

from sonarium.faces.ui_api.account_model import Text
from sonarium.faces.ui_api.model import UIModel
from sonarium.services.passkeys import Assertion, Attestation

Encoded = Annotated[str, msgspec.Meta(max_length=64 * 1024)]


class PasskeyOptions(UIModel, frozen=True):
    """What the browser's `navigator.credentials` is asked, in its JSON form."""

    public_key: dict[str, Any]


class NewPasskey(UIModel, frozen=True, forbid_unknown_fields=True):
    """A passkey as the authenticator made it."""

    raw_id: Encoded
    client_data: Encoded
    attestation: Encoded

    def attested(self) -> Attestation:
        """Return it as the service takes it."""
        return Attestation(self.raw_id, self.client_data, self.attestation)


class PasskeyAnswer(UIModel, frozen=True, forbid_unknown_fields=True):
    """A passkey's signature of our challenge."""

    raw_id: Encoded
    client_data: Encoded
    authenticator_data: Encoded
    signature: Encoded
    user_handle: Encoded

    def asserted(self) -> Assertion:
        """Return it as the service takes it."""
        return Assertion(
            self.raw_id,
            self.client_data,
            self.authenticator_data,
            self.signature,
            self.user_handle,
        )


class PasskeyEnrolment(UIModel, frozen=True, forbid_unknown_fields=True):
    """Whose passkey is to be made by a link; the names count for the first administrator."""

    secret: Text
    user_name: Text
    display_name: Text


class EnrolledPasskey(UIModel, frozen=True, forbid_unknown_fields=True):
    """A passkey made by a link."""

    secret: Text
    user_name: Text
    display_name: Text
    name: Text
    passkey: NewPasskey


class AddedPasskey(UIModel, frozen=True, forbid_unknown_fields=True):
    """One more passkey, and what its person calls it."""

    name: Text
    passkey: NewPasskey


class PasskeyName(UIModel, frozen=True, forbid_unknown_fields=True):
    """What a person calls a passkey."""

    name: Text


class PasskeyDetail(UIModel, frozen=True):
    """A passkey of somebody; moments in UTC."""

    passkey_ref: int
    name: str
    host_name: str
    """Where it works."""
    created_at: str
    used_at: str | None


class PasskeyList(UIModel, frozen=True):
    """Somebody's passkeys, the first one first."""

    passkeys: list[PasskeyDetail]
