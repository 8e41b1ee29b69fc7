"""What a provider may make us fetch, and what we believe of it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from litestar.types import ASGIApp, Receive, Scope, Send
from pydantic import SecretStr, ValidationError
from tests.in_process import InProcess
from tests.openid_site import ISSUER, SECRET, OpenIDSite

from sonarium.peers.errors import UnexpectedResponse
from sonarium.peers.openid_provider import (
    OpenIDProvider,
    ProviderSettings,
    ProviderUnreachable,
    is_safe_address,
)

SETTINGS = ProviderSettings(
    issuer=ISSUER,
    client_id="sonarium",
    client_secret=SecretStr(SECRET),
    timeout=timedelta(seconds=0.5),
)


def provider(site: ASGIApp) -> OpenIDProvider:
    return OpenIDProvider(SETTINGS, InProcess(site))


@pytest.mark.parametrize(
    ("address", "issuer", "is_safe"),
    [
        ("https://login.example/token", ISSUER, True),
        ("https://keys.other.example/jwks", ISSUER, True),
        ("http://login.example/token", ISSUER, False),
        ("http://127.0.0.1/token", ISSUER, False),
        ("http://169.254.169.254/latest", ISSUER, False),
        ("http://127.0.0.1:9/token", "http://localhost:9", True),
        ("http://10.0.0.1/token", "http://localhost:9", False),
        ("file:///etc/passwd", ISSUER, False),
        ("gopher://login.example", ISSUER, False),
        ("https://user:password@login.example/", ISSUER, False),
        ("https://login.example:99999/", ISSUER, False),
        ("https:///token", ISSUER, False),
        ("https://[::1", ISSUER, False),
        ("", ISSUER, False),
    ],
)
def test_what_may_be_fetched(address: str, issuer: str, is_safe: bool) -> None:
    assert is_safe_address(address, issuer) is is_safe


@pytest.mark.parametrize("issuer", ["http://login.example", "login.example", "https://x/?a=b"])
def test_an_issuer_in_clear_is_refused_by_the_settings(issuer: str) -> None:
    with pytest.raises(ValidationError, match="https"):
        ProviderSettings(issuer=issuer, client_id="sonarium")


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://169.254.169.254/"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
    ids=str,
)
async def test_metadata_that_lies_is_not_believed(lie: dict[str, Any]) -> None:
    with pytest.raises(ProviderUnreachable):
        await provider(OpenIDSite(metadata=lie)).metadata()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b"[" * 100_000, b'{"a":"' + b"x" * 300_000 + b'"}'], ids=len
)
async def test_an_answer_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(ProviderUnreachable):
        await provider(OpenIDSite(body=body)).metadata()  # type: ignore[arg-type]


async def test_no_redirect_is_followed() -> None:
    asked = []

    async def elsewhere(scope: Scope, _receive: Receive, send: Send) -> None:
        asked.append(scope["path"])
        headers = [(b"location", b"http://169.254.169.254/latest/meta-data")]
        await send({"type": "http.response.start", "status": 302, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    with pytest.raises(ProviderUnreachable, match="302"):
        await provider(elsewhere).metadata()
    assert asked == ["/.well-known/openid-configuration"]


async def test_a_provider_that_says_nothing_is_left_in_time() -> None:
    async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        await asyncio.Event().wait()

    with pytest.raises(ProviderUnreachable):
        async with asyncio.timeout(20):
            await provider(silent).metadata()


async def test_a_code_that_is_refused_is_not_a_provider_that_is_down() -> None:
    with pytest.raises(UnexpectedResponse, match="refused the code"):
        await provider(OpenIDSite()).id_token_for("made up", "verifier", "https://pacs.example/")  # type: ignore[arg-type]


async def test_metadata_is_asked_for_once_an_hour() -> None:
    now, site = [0.0], OpenIDSite()
    known = OpenIDProvider(SETTINGS, InProcess(site), lambda: now[0])
    await known.metadata()
    await known.metadata()
    assert len(site.asked) == 1
    now[0] += 3601
    await known.metadata()
    assert len(site.asked) == 2
