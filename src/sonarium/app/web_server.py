"""Runs the web application on granian inside our own event loop."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.net import SocketHolder  # type: ignore[attr-defined]  # by an alias
from granian.server.embed import Server
from litestar import Litestar
from litestar.types import ASGIApp

from sonarium.app.archive import (
    Archive,
    frame_shelf,
    key_image_service,
    key_state_service,
    measurement_service,
    quarantine_service,
    scrub_service,
    system_status_service,
)
from sonarium.app.folders import DataFolder
from sonarium.app.ports import refuse_taken_port
from sonarium.app.settings import HTTPSettings, Settings
from sonarium.app.web_application import web_application
from sonarium.base.log import get_logger
from sonarium.faces.dicomweb.routes import dicomweb_routes
from sonarium.faces.flow_guard import flow_guard
from sonarium.faces.room import ROOM
from sonarium.faces.ui_api.browser_guard import browser_guard
from sonarium.faces.ui_api.ohif import OHIFShelf
from sonarium.faces.web_access import access_guard
from sonarium.net.certificate_watch import watch_certificates
from sonarium.net.crowding import keep_room, nobody_new
from sonarium.net.tls import check_pair
from sonarium.peers.openid_provider import OpenIDProvider
from sonarium.services.audit.disclosures import DisclosureService
from sonarium.services.audit.reading import AuditReader
from sonarium.services.audit.unusual import UnusualAccess
from sonarium.services.change_feed import ChangeFeed
from sonarium.services.clients import ClientService
from sonarium.services.dead_letters import DeadLetterService
from sonarium.services.grants import GrantService
from sonarium.services.metadata import MetadataService
from sonarium.services.onlookers import OnlookerService
from sonarium.services.other_viewers import StudyTokenService
from sonarium.services.passkeys import PasskeyService
from sonarium.services.people import PeopleService
from sonarium.services.provider_sign_in import ProviderService
from sonarium.services.render import RenderService
from sonarium.services.retrieve import RetrieveService
from sonarium.services.sharing import SharingService
from sonarium.services.sign_in import SignInService
from sonarium.services.studies import StudiesService
from sonarium.services.study_links import StudyLinkService
from sonarium.services.study_marks import StudyMarkService
from sonarium.services.thumbnail import ThumbnailService
from sonarium.services.transcoding import Transcoder

log = get_logger(__name__)

_BUFFER_BYTES = 512 * 1024
_KNOCK_EVERY_S = 0.02
_LAST_HANDSHAKES_S = 0.5
"""Whoever came before a server stops has this long to finish shaking hands."""
_STOPPING_S = 0.25
"""Until a server that was told to stop takes no further connection; it does not say when."""


def application_of(archive: Archive, settings: Settings, feed: ChangeFeed) -> ASGIApp:
    """Return the web application as this machine's programs and browsers meet it."""
    routes = flow_guard(routes_of(archive, settings, feed), settings.http.flow, ROOM)
    return browser_guard(routes, settings.http.names)


def routes_of(archive: Archive, settings: Settings, feed: ChangeFeed) -> Litestar:
    """Give the web application the services that its routes ask for."""
    retrieve = RetrieveService(archive.access, archive.blobs)
    render = RenderService(retrieve, archive.decoding, frame_shelf(archive, settings))
    signing_in = SignInService(archive.database, settings.sessions)
    clients = ClientService(archive.database)
    study_links = StudyLinkService(archive.database, archive.access)
    study_tokens = StudyTokenService(archive.database, archive.access, settings.viewers)
    folder = DataFolder(settings.data.absolute())
    return web_application(
        {
            "studies": StudiesService(archive.access),
            "system": system_status_service(archive, settings),
            "feed": feed,
            "refusals": archive.refusals,
            "auditing": AuditReader(archive.database),
            "disclosures": DisclosureService(
                AuditReader(archive.database), settings.audit.site_id or settings.dimse.ae_title
            ),
            "unusual": UnusualAccess(archive.database),
            "source_id": settings.audit.source_id,
            "searching": archive.query,
            "store": archive.store,
            "retrieve": retrieve,
            "rendering": render,
            "thumbnails": ThumbnailService(
                retrieve, render, folder.cache, archive.keys.root, settings.thumbnails
            ),
            "sharing": SharingService(retrieve, render, archive.decoding),
            "metadata": MetadataService(archive.database, archive.access),
            "measuring": measurement_service(archive, settings),
            "study_marks": StudyMarkService(archive.database, archive.access),
            "marking": key_image_service(archive, settings),
            "transcoder": Transcoder(archive.database, archive.blobs, archive.decoding),
            "devices": archive.devices,
            "quarantine": quarantine_service(archive),
            "dead_letters": DeadLetterService(archive.database),
            "scrubbing": scrub_service(archive, settings),
            "people": PeopleService(archive.database),
            "signing_in": signing_in,
            "passkeys": PasskeyService(archive.database, signing_in),
            "provider": ProviderService(
                archive.database,
                signing_in,
                None if settings.provider is None else OpenIDProvider(settings.provider),
            ),
            "clients": clients,
            "study_tokens": study_tokens,
            "study_links": study_links,
            "onlookers": OnlookerService(archive.database, archive.access),
            "key_states": key_state_service(archive, settings),
            "grants": GrantService(archive.database, archive.access),
            "ohif": OHIFShelf(settings.viewers.ohif or folder.ohif),
        },
        [dicomweb_routes()],
        access_guard(signing_in, study_links, clients, study_tokens),
        archive.refusals,
    )


class _SharingServer(Server):
    """Granian, which takes its connections from a socket that it shares with its successor."""

    listener: socket.socket

    def _init_shared_socket(self) -> None:
        # Granian closes what it is given, so it gets a descriptor of its own.
        own = os.dup(self.listener.fileno())
        self._shd = SocketHolder(own, False, self.backlog)  # type: ignore[assignment,call-arg]


def _listen(http: HTTPSettings) -> socket.socket:
    """Listen, so that the operating system ends connections when nobody takes what was sent.

    An answer that is handed over whole is out of our hands: what the flow guard does for a
    stream, TCP does for the rest. Accepted connections inherit the option.
    """
    family = socket.AF_INET6 if ":" in http.host else socket.AF_INET
    listener = socket.create_server((http.host, http.port), family=family, backlog=http.backlog)
    listener.setblocking(False)
    milliseconds = int(http.flow.taking_window.total_seconds() * 1000)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
    return listener


@asynccontextmanager
async def web_server(archive: Archive, settings: Settings) -> AsyncIterator[None]:
    """Serve HTTP for as long as the block runs.

    Raises:
        PortTaken: another program has the port.
        TLSUnusable: certificate and key do not fit.
    """
    feed = ChangeFeed(archive.database, archive.access)
    refuse_taken_port("web", settings.http.host, settings.http.port, "--http-port")
    _check_certificate(settings.http)
    async with asyncio.TaskGroup() as tasks:
        door = WebDoor(application_of(archive, settings, feed), settings.http, tasks)
        background = [
            tasks.create_task(feed.run()),
            tasks.create_task(archive.refusals.run()),
        ]
        try:
            await door.open()
            if settings.http.certificate is not None:
                background.append(tasks.create_task(_follow_certificate(door, settings)))
            yield
        finally:
            for one in background:
                one.cancel()
            door.close()


async def _follow_certificate(door: "WebDoor", settings: Settings) -> None:
    http = settings.http
    await watch_certificates(
        (http.certificate, http.private_key), door.open, settings.certificate_interval
    )


class WebDoor:
    """Listens for browsers and programs; opening it again takes up a renewed certificate.

    One socket listens for as long as the door is there, and one server after another takes
    connections from it: those that come between two wait for the next.
    """

    def __init__(self, application: ASGIApp, http: HTTPSettings, tasks: asyncio.TaskGroup) -> None:
        self._application = application
        self._http = http
        self._tasks = tasks
        self._listener: socket.socket | None = None
        self._counting: asyncio.Task[None] | None = None
        self._server: _SharingServer | None = None

    async def open(self) -> None:
        """Serve with the certificate of now; what served before finishes what it has begun.

        Raises:
            TLSUnusable: certificate and key do not fit; what served goes on.
        """
        _check_certificate(self._http)
        if self._listener is None:
            self._listener = _listen(self._http)
        if self._counting is not None:
            self._counting.cancel()
        if self._server is not None:
            await self._end_kindly(self._server, self._listener)
        most = self._http.maximum_connections_per_address
        self._counting = self._tasks.create_task(keep_room(self._listener, most))
        self._server = self._new_server(self._listener)
        self._tasks.create_task(self._server.serve())
        await _until_it_serves(self._http)

    async def _end_kindly(self, server: _SharingServer, listener: socket.socket) -> None:
        """Stop a server that would reset whoever is shaking hands with it."""
        try:
            with nobody_new(listener):
                await asyncio.sleep(_LAST_HANDSHAKES_S)
                server.stop()  # type: ignore[no-untyped-call]  # granian's own
                await asyncio.sleep(_STOPPING_S)
        except OSError as error:  # a kernel without filters
            log.warning("handshakes_may_be_reset", error_type=type(error).__name__)
            server.stop()  # type: ignore[no-untyped-call]  # granian's own

    def close(self) -> None:
        """Stop listening; requests under way are answered."""
        if self._counting is not None:
            self._counting.cancel()
        if self._listener is not None:
            self._listener.close()
        if self._server is not None:
            self._server.stop()  # type: ignore[no-untyped-call]  # granian's own

    def _new_server(self, listener: socket.socket) -> _SharingServer:
        http = self._http
        server = _SharingServer(
            self._application,
            address=http.host,
            port=http.port,
            # For a moment two servers share the application: it must not end with the first.
            interface=Interfaces.ASGINL,
            # Only HTTP/1.1 has a deadline for a connection that says nothing at all.
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(
                header_read_timeout=int(http.header_timeout.total_seconds() * 1000),
                max_buffer_size=_BUFFER_BYTES,
            ),
            backlog=http.backlog,
            backpressure=http.maximum_connections,
            ssl_cert=http.certificate,
            ssl_key=http.private_key,
            ssl_protocol_min=SSLProtocols.tls12,
            websockets=False,
            log_enabled=False,
        )
        server.listener = listener
        return server


def _check_certificate(http: HTTPSettings) -> None:
    if http.certificate is not None and http.private_key is not None:
        check_pair(http.certificate, http.private_key)


async def _until_it_serves(http: HTTPSettings) -> None:
    """Knock until somebody opens: the server begins late, and does not say when.

    An older one may still open once or twice: go on until the certificate of now is shown.
    """
    if http.certificate is None:
        trust, expected = None, None
    else:
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        expected = ssl.PEM_cert_to_DER_cert(_first_certificate(http.certificate))
    while http.port:
        try:
            _, writer = await asyncio.open_connection(http.host, http.port, ssl=trust)
        except (ConnectionRefusedError, ConnectionResetError, ssl.SSLError):
            await asyncio.sleep(_KNOCK_EVERY_S)
            continue
        shown = writer.get_extra_info("ssl_object")
        writer.close()
        if shown is None or shown.getpeercert(binary_form=True) == expected:
            return
        await asyncio.sleep(_KNOCK_EVERY_S)


def _first_certificate(chain: Path) -> str:
    """Return our own certificate out of the file that holds its chain too."""
    text = chain.read_text(encoding="ascii", errors="replace")
    begin, end = text.index(ssl.PEM_HEADER), text.index(ssl.PEM_FOOTER)
    return text[begin : end + len(ssl.PEM_FOOTER)]
