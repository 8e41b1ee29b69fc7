"""A small OpenID Connect provider, which tests may make lie."""

import hashlib
import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from litestar.types import Receive, Send

ISSUER = "https://login.example"
SECRET = "secret of the archive"


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


FIRST_KEY = new_key("first")


@dataclass
class OpenIDSite:
    """Signs everybody in as `subject`; `lies` replace claims of the ID token."""

    issuer: str = ISSUER
    subject: str = "248289761001"
    groups: list[str] = field(default_factory=lambda: ["us-lab"])
    claims: dict[str, Any] = field(
        default_factory=lambda: {"preferred_username": "Mary", "name": "SYNTHETIC Mary"}
    )
    lies: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: FIRST_KEY)
    algorithm: str = "RS256"
    shown: list[Any] = field(default_factory=lambda: [FIRST_KEY])
    metadata: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    token: str | None = None
    """What stands in for the ID token."""
    body: bytes | None = None
    """What stands in for each answer."""
    status: int = 200

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        path, query = scope["path"], dict(parse_qsl(scope["query_string"].decode()))
        self.asked.append(path)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        body = b""
        while scope["type"] == "http" and scope["method"] == "POST":
            message = await receive()
            body += message.get("body", b"")  # type: ignore[operator]
            if not message.get("more_body"):
                break
        if path == "/authorize":
            await self._send(send, 302, b"", self.authorized(query))
            return
        status, answer = self._answer(path, dict(parse_qsl(body.decode())), headers)
        content = json.dumps(answer).encode() if self.body is None else self.body
        await self._send(send, self.status if status == 200 else status, content)

    def authorized(self, query: Mapping[str, str]) -> str:
        """Return where the browser goes after somebody signed in here."""
        back = {"state": query["state"]}
        if self.error:
            back["error"] = self.error
        else:
            back["code"] = token_urlsafe(16)
            self.codes[back["code"]] = dict(query)
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def visit(self, address: str) -> dict[str, str]:
        """Stand for a browser that goes to an address; return what it brings back."""
        there = self.authorized(dict(parse_qsl(urlsplit(address).query)))
        return dict(parse_qsl(urlsplit(there).query))

    def _answer(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any]]:
        match path:
            case "/.well-known/openid-configuration":
                return 200, {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/jwks",
                    **self.metadata,
                }
            case "/jwks":
                return 200, {"keys": [key.as_dict(private=False) for key in self.shown]}
            case "/token":
                return self._token(form, headers)
            case _:
                return 404, {}

    def _token(
        self, form: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any]]:
        given = b64decode(headers.get("authorization", "Basic ").partition(" ")[2]).decode()
        if unquote(given) != f"sonarium:{SECRET}":
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if (
            asked is None
            or asked["code_challenge"] != urlsafe_b64encode(digest).decode().rstrip("=")
            or asked["redirect_uri"] != form["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {"token_type": "Bearer", "id_token": self.token or self.id_token(asked)}

    def id_token(self, asked: Mapping[str, str]) -> str:
        now = int(datetime.now(UTC).timestamp())
        claims = {
            "iss": self.issuer,
            "aud": "sonarium",
            "sub": self.subject,
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": asked["nonce"],
            "groups": self.groups,
            **self.claims,
            **self.lies,
        }
        header = {"alg": self.algorithm}
        if not isinstance(self.key, OctKey):
            header["kid"] = self.key.kid
        return jwt.encode(header, claims, self.key, algorithms=[self.algorithm])

    async def _send(self, send: Send, status: int, body: bytes, location: str = "") -> None:
        headers = [(b"content-type", b"application/json")]
        if location:
            headers.append((b"location", location.encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})  # type: ignore[arg-type]


def unsigned(token: str) -> str:
    """Return a token with `alg` none and no signature."""
    header = urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return f"{header}.{token.split('.')[1]}."
