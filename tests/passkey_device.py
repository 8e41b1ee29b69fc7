"""An authenticator made of software, which tests may also make lie."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from sonarium.services.passkeys import Assertion, Attestation

ORIGIN = "http://localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "==")


@dataclass
class PasskeyDevice:
    """One passkey of one person (ES256); the fields may be changed into lies."""

    origin: str = ORIGIN
    rp_id: str = "localhost"
    flags: int = PRESENT | VERIFIED
    sign_count: int = 0
    credential_id: bytes = field(default_factory=lambda: token_bytes(16))
    user_handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: dict[str, Any]) -> Attestation:
        """Answer `navigator.credentials.create`."""
        self.user_handle = decoded(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        key = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        attested = (
            bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + cbor2.dumps(key)
        )
        made = {
            "fmt": "none",
            "attStmt": {},
            "authData": self._authenticator_data(ATTESTED) + attested,
        }
        return Attestation(
            encoded(self.credential_id),
            self._client_data("webauthn.create", options["challenge"]),
            encoded(cbor2.dumps(made)),
        )

    def answer(self, options: dict[str, Any]) -> Assertion:
        """Answer `navigator.credentials.get`."""
        self.sign_count += 1
        said = self._client_data("webauthn.get", options["challenge"])
        known = self._authenticator_data()
        signed = known + hashlib.sha256(decoded(said)).digest()
        return Assertion(
            encoded(self.credential_id),
            said,
            encoded(known),
            encoded(self.key.sign(signed, ec.ECDSA(SHA256()))),
            encoded(self.user_handle),
        )

    def _client_data(self, kind: str, challenge: str) -> str:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return encoded(json.dumps(said).encode())

    def _authenticator_data(self, more: int = 0) -> bytes:
        return (
            hashlib.sha256(self.rp_id.encode()).digest()
            + bytes([self.flags | more])
            + self.sign_count.to_bytes(4)
        )


def attestation_json(made: Attestation) -> dict[str, str]:
    """Write a new passkey as the browser application sends it."""
    return {
        "rawId": made.raw_id,
        "clientData": made.client_data_json,
        "attestation": made.attestation_object,
    }


def assertion_json(answer: Assertion) -> dict[str, str]:
    """Write an answer as the browser application sends it."""
    return {
        "rawId": answer.raw_id,
        "clientData": answer.client_data_json,
        "authenticatorData": answer.authenticator_data,
        "signature": answer.signature,
        "userHandle": answer.user_handle,
    }
