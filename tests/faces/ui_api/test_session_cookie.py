from typing import Any

import pytest
from litestar.exceptions import ClientException, NotAuthorizedException
from litestar.testing import RequestFactory

from sonarium.domain.principal import Principal
from sonarium.faces.ui_api.session_cookie import (
    OurRequest,
    caller_of,
    person_in,
    relying_party_of,
    takes_passkeys,
    with_session,
)


def request(host: str, **headers: str) -> OurRequest:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RequestFactory().get("/", headers={"Host": host, **named})


@pytest.mark.parametrize(
    ("host", "rp_id", "origins"),
    [
        ("localhost:8042", "localhost", ("https://localhost:8042", "http://localhost:8042")),
        ("pacs.example", "pacs.example", ("https://pacs.example",)),
        ("PACS.example:8443", "pacs.example", ("https://pacs.example:8443",)),
    ],
)
def test_passkeys_work_at_the_name_by_which_the_browser_came(
    host: str, rp_id: str, origins: tuple[str, ...]
) -> None:
    at = relying_party_of(request(host))
    assert (at.rp_id, at.origins) == (rp_id, origins)


@pytest.mark.parametrize("host", ["127.0.0.1:8042", "[::1]:8042", "192.0.2.1"])
def test_passkeys_work_at_no_bare_address(host: str) -> None:
    assert not takes_passkeys(request(host))
    with pytest.raises(ClientException, match="localhost"):
        relying_party_of(request(host))


def test_no_header_says_from_where_somebody_calls() -> None:
    told = request("localhost", X_Forwarded_For="192.0.2.9", Forwarded="for=192.0.2.9")
    assert caller_of(told).address != "192.0.2.9"
    assert caller_of(told).address == caller_of(request("localhost")).address


def test_a_program_is_no_person() -> None:
    asked: Any = request("localhost")
    for who in (None, Principal("pacs", "A peer", frozenset())):
        asked.scope["user"] = who
        with pytest.raises(NotAuthorizedException):
            person_in(asked)


def test_the_cookie_is_bound_to_the_host_and_hidden_from_scripts() -> None:
    [cookie] = with_session("s").cookies
    assert (cookie.key, cookie.path, cookie.domain) == ("__Host-sonarium", "/", None)
    assert (cookie.secure, cookie.httponly, cookie.samesite) == (True, True, "strict")
