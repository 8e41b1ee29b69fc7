import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from tests.certificates import issue, refuses

from sonarium.net.acceptor import DimseServer
from sonarium.net.association import Association
from sonarium.net.negotiation import Acceptance, AssociateRequest, answer_contexts
from sonarium.net.requestor import PeerUnreachable
from sonarium.net.settings import ClientCertificates, TLSProfile, TLSSettings
from sonarium.net.tls import TLSUnusable, check_pair, client_context, server_context

Serve: TypeAlias = Callable[..., Awaitable[DimseServer]]
Call: TypeAlias = Callable[..., Awaitable[Association]]
Raw: TypeAlias = Callable[[DimseServer], Awaitable[Any]]

SOON = timedelta(milliseconds=100)


def trusting(own: TLSSettings, other: TLSSettings) -> TLSSettings:
    return own.model_copy(update={"trusted": other.certificate})


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> TLSSettings:
    key = ec.generate_private_key(ec.SECP256R1())
    return issue(tmp_path_factory.mktemp("tls"), "archive", key)


@pytest.fixture(scope="session")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> TLSSettings:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return issue(tmp_path_factory.mktemp("tls"), "scanner", key)


@pytest.mark.parametrize("profile", TLSProfile)
async def test_both_sides_know_each_other_by_certificate(
    serve: Serve,
    call: Call,
    archive: TLSSettings,
    scanner: TLSSettings,
    profile: TLSProfile,
) -> None:
    seen: list[AssociateRequest] = []

    def negotiate(request: AssociateRequest) -> Acceptance:
        seen.append(request)
        return Acceptance(contexts=answer_contexts(request, lambda it: it.transfer_syntaxes[0]))

    ours = trusting(archive, scanner).model_copy(update={"profile": profile})
    server = await serve(negotiate=negotiate, tls=ours)
    async with await call(server, tls=trusting(scanner, archive)) as association:
        assert association.is_established
    (request,) = seen
    assert request.secured
    assert request.peer_certificate is not None
    certificate = x509.load_der_x509_certificate(request.peer_certificate)
    assert certificate.subject.rfc4514_string() == "CN=scanner"


async def test_a_peer_without_certificate_is_refused_when_one_is_required(
    serve: Serve, call: Call, archive: TLSSettings, scanner: TLSSettings
) -> None:
    server = await serve(tls=trusting(archive, scanner), artim=SOON)
    anonymous = TLSSettings(trusted=archive.certificate)
    with pytest.raises((PeerUnreachable, Exception), match=r"TLS|closed"):
        await call(server, tls=anonymous)
    assert server.connection_count <= 1


@pytest.mark.parametrize("wanted", [ClientCertificates.OPTIONAL, ClientCertificates.IGNORED])
async def test_a_peer_without_certificate_is_known_as_such(
    serve: Serve,
    call: Call,
    archive: TLSSettings,
    scanner: TLSSettings,
    wanted: ClientCertificates,
) -> None:
    seen: list[AssociateRequest] = []

    def negotiate(request: AssociateRequest) -> Acceptance:
        seen.append(request)
        return Acceptance(contexts=answer_contexts(request, lambda it: it.transfer_syntaxes[0]))

    ours = trusting(archive, scanner).model_copy(update={"client_certificates": wanted})
    server = await serve(negotiate=negotiate, tls=ours)
    async with await call(server, tls=TLSSettings(trusted=archive.certificate)):
        pass
    assert [(request.secured, request.peer_certificate) for request in seen] == [(True, None)]


async def test_a_stranger_is_refused_by_the_requestor(
    serve: Serve, call: Call, archive: TLSSettings, scanner: TLSSettings
) -> None:
    server = await serve(tls=trusting(archive, scanner))
    with pytest.raises(PeerUnreachable, match="TLS failed"):
        await call(server, tls=scanner)


async def test_a_listener_with_tls_speaks_nothing_else(
    serve: Serve, call: Call, archive: TLSSettings, scanner: TLSSettings
) -> None:
    server = await serve(tls=trusting(archive, scanner))
    with pytest.raises(Exception, match=r"closed|no association"):
        await call(server)


async def test_a_peer_silent_in_the_handshake_is_gone_with_artim(
    serve: Serve, raw: Raw, archive: TLSSettings, scanner: TLSSettings
) -> None:
    server = await serve(tls=trusting(archive, scanner), artim=SOON)
    peer = await raw(server)
    await peer.say(b"\x16\3\1")
    assert await peer.hear_all() == b""
    async with asyncio.timeout(5):
        while server.connection_count:
            await asyncio.sleep(0)


async def test_reloaded_certificates_serve_later_connections(
    serve: Serve, call: Call, tmp_path: Path, scanner: TLSSettings
) -> None:
    first = issue(tmp_path, "ours", ec.generate_private_key(ec.SECP256R1()))
    old = tmp_path / "old.pem"
    assert first.certificate is not None
    old.write_bytes(first.certificate.read_bytes())
    server = await serve(tls=trusting(first, scanner))
    running = await call(server, tls=trusting(scanner, first))
    issue(tmp_path, "ours", ec.generate_private_key(ec.SECP256R1()))
    server.reload_tls()
    async with await call(server, tls=trusting(scanner, first)) as association:
        assert association.is_established
    with pytest.raises(PeerUnreachable):
        await call(server, tls=scanner.model_copy(update={"trusted": old}))
    assert running.is_established


async def test_a_broken_file_keeps_the_old_certificates_in_use(
    serve: Serve, call: Call, tmp_path: Path, scanner: TLSSettings
) -> None:
    ours = issue(tmp_path, "ours", ec.generate_private_key(ec.SECP256R1()))
    trusted = trusting(scanner, ours)
    kept = tmp_path / "kept.pem"
    assert ours.certificate is not None
    kept.write_bytes(ours.certificate.read_bytes())
    server = await serve(tls=trusting(ours, scanner))
    ours.certificate.write_text("nothing")
    with pytest.raises(TLSUnusable):
        server.reload_tls()
    async with await call(server, tls=trusted.model_copy(update={"trusted": kept})):
        pass


@pytest.mark.parametrize("profile", TLSProfile)
def test_no_profile_offers_anything_old(archive: TLSSettings, profile: TLSProfile) -> None:
    settings = archive.model_copy(update={"profile": profile})
    for context in (server_context(settings), client_context(settings)):
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2
        for cipher in context.get_ciphers():
            name = cipher["name"]
            assert name.startswith(("TLS_", "ECDHE-"))
            assert any(mode in name for mode in ("GCM", "CCM", "POLY1305"))


def test_a_short_key_is_unusable(tmp_path: Path) -> None:
    weak = issue(tmp_path, "weak", rsa.generate_private_key(public_exponent=65537, key_size=1024))
    with pytest.raises(TLSUnusable):
        server_context(weak)


def test_missing_files_are_named_without_their_folder(tmp_path: Path) -> None:
    with pytest.raises(TLSUnusable, match=r"^gone\.pem is not there$"):
        server_context(TLSSettings(certificate=tmp_path / "gone.pem"))
    with pytest.raises(TLSUnusable, match="certificate"):
        server_context(TLSSettings())


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_old_versions_of_tls_are_refused(
    serve: Serve, archive: TLSSettings, scanner: TLSSettings, version: ssl.TLSVersion
) -> None:
    server = await serve(tls=trusting(archive, scanner))
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname = False
    old.verify_mode = ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = version
    with pytest.raises(OSError):  # noqa: PT011 - an alert or a closed connection, both refuse
        await asyncio.open_connection("127.0.0.1", server.port, ssl=old)


@pytest.mark.parametrize("profile", TLSProfile)
@pytest.mark.parametrize(
    "weak", ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "NULL", "aNULL"]
)
async def test_no_weak_suite_is_agreed_to(
    serve: Serve, archive: TLSSettings, profile: TLSProfile, weak: str
) -> None:
    tls = archive.model_copy(
        update={"profile": profile, "client_certificates": ClientCertificates.IGNORED}
    )
    server = await serve(tls=tls)
    await refuses(server.port, weak)


def test_a_key_of_another_certificate_does_not_fit(
    archive: TLSSettings, scanner: TLSSettings
) -> None:
    assert archive.certificate is not None
    assert archive.private_key is not None
    assert scanner.private_key is not None
    check_pair(archive.certificate, archive.private_key)
    with pytest.raises(TLSUnusable):
        check_pair(archive.certificate, scanner.private_key)
