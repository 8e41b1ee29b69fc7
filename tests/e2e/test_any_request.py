"""Whatever the description of the JSON API allows, and much that it does not, breaks nothing.

`./dev fuzz http` tries more of it.
"""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance
from tests.e2e.browsers import Site, running_site
from tests.signing_in import bearer_of

from sonarium.domain.principal import Role
from sonarium.faces.dicomweb.routes import dicomweb_routes
from sonarium.faces.dicomweb.urls import ROOT
from sonarium.faces.web_access import SESSION_COOKIE
from sonarium.services.sign_in import Caller, SessionSettings, SignInService

pytestmark = [pytest.mark.peers, pytest.mark.timeout(3600)]

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
UNTRIED = {("DELETE", "/api/session")}
"""It would end the session that the others need."""
ANY_ROUTE_MAY = {400, 401, 403, 405, 408, 413, 415, 429}
"""What the guards around every route answer; its own description does not repeat them."""
TRY = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CALLERS = ("stranger", "program", Role.SONOGRAPHER, Role.ADMINISTRATOR, Role.PATIENT)


async def headers_of(site: Site, who: str) -> dict[str, str]:
    """Return what lets somebody in."""
    headers = {"Origin": site.address}
    if who == "program":
        headers |= await bearer_of(site.archive.database)
    elif who != "stranger":
        entrance = await site.sign_in_address(Role(who))
        signing_in = SignInService(site.archive.database, SessionSettings())
        secret = await signing_in.with_link(entrance.split("#")[1], Caller("", "tests"))
        headers["Cookie"] = f"{SESSION_COOKIE}={secret}"
    return headers


@pytest.mark.parametrize("who", CALLERS)
async def test_every_answer_is_one_that_was_described(dsn: str, tmp_path: Path, who: str) -> None:
    async with running_site(dsn, tmp_path) as site:
        headers = await headers_of(site, who)
        program = await bearer_of(site.archive.database)
        async with httpx.AsyncClient(base_url=site.address, headers=program) as client:
            document = (await client.get("/api/openapi.json")).json()
        mistakes = await asyncio.to_thread(_mistakes, document, site.address, headers)
    assert mistakes == []


def _mistakes(document: dict[str, Any], address: str, headers: dict[str, str]) -> list[str]:
    """Try every operation with generated requests; list the answers that nobody described."""
    described = schemathesis.openapi.from_dict(document)
    described.config.update(base_url=address)
    found: list[str] = []
    for result in described.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]
        if (operation.method.upper(), operation.path) not in UNTRIED:
            given(case=operation.as_strategy())(TRY(_trial(headers, found)))()
    return found


def _trial(headers: dict[str, str], found: list[str]) -> Callable[[schemathesis.Case], None]:  # type: ignore[type-arg]
    def try_one(case: schemathesis.Case) -> None:  # type: ignore[type-arg]
        answer = case.call(headers=headers)
        checks: list[Any] = [not_a_server_error]
        if answer.status_code not in ANY_ROUTE_MAY:
            checks += [status_code_conformance, response_schema_conformance]
        named = f"{case.method} {case.path}: {answer.status_code}"
        if answer.status_code >= 400 and case.method != "HEAD":
            if answer.headers["content-type"] != ["application/problem+json"]:
                found.append(f"{named} is no problem document")
            elif answer.json()["status"] != answer.status_code:
                found.append(f"{named} tells another status")
        try:
            case.validate_response(answer, checks=checks)
        except FailureGroup as failures:
            found.append(f"{named}: {failures.exceptions[0]}")

    return try_one


PATHS = sorted(route.path_format.removeprefix(ROOT) for route in dicomweb_routes().routes)
JUNK = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["1.2.3", "..", "%00", "../../etc/passwd", "1" * 64, "1" * 65, "0", "-1", "*"]),
)
ACCEPT = st.one_of(
    st.sampled_from(
        [
            "*/*", "application/dicom", "application/dicom+json", "application/zip", "image/png",
            'multipart/related; type="application/dicom"; transfer-syntax=*', "video/mp4",
            'multipart/related; type="image/jpeg"; transfer-syntax=1.2', 'a/b; q="', ";;;,,,", "",
        ]
    ),
    # Around a value HTTP allows no spaces, and the client sends none.
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60).map(str.strip),
)  # fmt: skip
CONTENT_TYPES = st.sampled_from(
    [
        "application/dicom", 'multipart/related; type="application/dicom"; boundary=b', "text/html",
        'multipart/related; type="application/dicom+json"; boundary=b', "multipart/related",
        'multipart/related; type="application/dicom+xml"; boundary=b', "application/json", "",
    ]
)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda kind, body: b"--b\r\nContent-Type: " + kind + b"\r\n\r\n" + body + b"\r\n--b--",
        st.sampled_from([b"application/dicom", b"application/dicom+json", b"text/xml", b""]),
        st.one_of(st.binary(max_size=300), st.sampled_from([b"[{}]", b"[1]", b"{", b"<a/>"])),
    ),
)


@pytest.mark.parametrize("who", ["stranger", "program", Role.SONOGRAPHER])
async def test_no_dicomweb_request_is_answered_by_a_mistake_of_ours(
    dsn: str, tmp_path: Path, who: str
) -> None:
    async with running_site(dsn, tmp_path) as site:
        headers = await headers_of(site, who)
        mistakes = await asyncio.to_thread(_dicomweb_mistakes, site.address, headers)
    assert mistakes == []


def _dicomweb_mistakes(address: str, headers: dict[str, str]) -> list[str]:
    found: list[str] = []
    # A connection for each: one that waited is closed by the server, perhaps as it is used again.
    fresh = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=address, headers=headers, timeout=30, limits=fresh) as client:

        @given(
            path=st.sampled_from(PATHS),
            names=st.lists(JUNK, min_size=6, max_size=6),
            method=st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE"]),
            query=st.dictionaries(st.one_of(JUNK, st.sampled_from(QUERY_NAMES)), JUNK, max_size=3),
            accept=ACCEPT,
            content_type=CONTENT_TYPES,
            body=BODIES,
        )
        @settings(TRY, max_examples=EXAMPLES * 25)
        def try_one(
            path: str,
            names: list[str],
            method: str,
            query: dict[str, str],
            accept: str,
            content_type: str,
            body: bytes,
        ) -> None:
            parts = path.split("/")
            filled = [
                quote(names[at % 6], safe="%.*") if "{" in part else part
                for at, part in enumerate(parts)
            ]
            answer = client.request(
                method,
                f"{ROOT}{'/'.join(filled)}",
                params=query,
                headers={"Accept": accept, "Content-Type": content_type},
                content=body if method == "POST" else None,
            )
            if answer.status_code >= 500:
                found.append(f"{method} {answer.url} {accept!r}: {answer.status_code}")

        try_one()
    return found


QUERY_NAMES = (
    *("PatientName", "StudyDate", "limit", "offset", "includefield", "fuzzymatching", "accept"),
    *("requestType", "studyUID", "viewport", "window", "quality", "00081115.00081155", "7FE00010"),
)
