"""pynetdicom against our upper layer, both ways on loopback."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pydicom
import pynetdicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import AE, AllStoragePresentationContexts, evt
from pynetdicom.pdu_primitives import (
    AsynchronousOperationsWindowNegotiation,
    SOPClassExtendedNegotiation,
    UserIdentityNegotiation,
)

from sonarium.net.acceptor import DimseServer, serve_dimse
from sonarium.net.association import Association
from sonarium.net.negotiation import (
    CALLED_AE_TITLE_NOT_RECOGNIZED,
    Acceptance,
    AssociateRequest,
    Rejection,
    answer_contexts,
)
from sonarium.net.requestor import PeerAddress, Proposal, associate, number_contexts
from sonarium.net.settings import AssociationSettings, DimseNetSettings
from sonarium.wire.dimse.command import Command, CommandField
from sonarium.wire.upper_layer.user_information import UserIdentity, UserIdentityType

pytestmark = pytest.mark.peers

VERIFICATION = "1.2.840.10008.1.1"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
STUDY_ROOT_FIND = UID("1.2.840.10008.5.1.4.1.2.2.1")
PATIENT_ID_QUERY = b"\x10\0\x20\0\0\0\0\0"


@contextlib.asynccontextmanager
async def listening(
    converse: Callable[[Association], Awaitable[None]],
    negotiate: Callable[[AssociateRequest], Acceptance | Rejection],
) -> AsyncIterator[DimseServer]:
    server = await serve_dimse(DimseNetSettings(port=0), negotiate, converse)
    try:
        yield server
    finally:
        await server.close(timedelta(0))


def take_all(request: AssociateRequest) -> Acceptance:
    return Acceptance(
        contexts=answer_contexts(request, lambda context: context.transfer_syntaxes[0]),
        roles=request.roles,
        extended_negotiation=request.extended_negotiation,
        user_identity_response=b"",
    )


async def succeed(association: Association) -> None:
    while (message := await association.receive()) is not None:
        command = message.command
        if command.has_data_set:
            await message.read(1 << 30)
        await association.send(
            message.context.context_id,
            Command(
                field=command.field.response,
                message_id_responded_to=command.message_id,
                affected_sop_class_uid=command.affected_sop_class_uid,
                affected_sop_instance_uid=command.affected_sop_instance_uid,
                status=0,
            ),
        )
    await association.confirm_release()


async def test_pynetdicom_negotiates_everything_it_knows(testdata: Path) -> None:
    instance = pydicom.dcmread(testdata / "dicom" / "us" / "philips-cx50-palette.dcm")
    seen: list[AssociateRequest] = []

    def negotiate(request: AssociateRequest) -> Acceptance:
        seen.append(request)
        return take_all(request)

    def converse(port: int) -> list[int]:
        entity = AE("SCANNER")
        entity.add_requested_context(VERIFICATION)
        entity.add_requested_context(instance.SOPClassUID, EXPLICIT_LITTLE)
        role = pynetdicom.build_role(instance.SOPClassUID, scu_role=True, scp_role=True)
        window = AsynchronousOperationsWindowNegotiation()
        window.maximum_number_operations_invoked = 4
        window.maximum_number_operations_performed = 1
        identity = UserIdentityNegotiation()
        identity.user_identity_type = 2
        identity.positive_response_requested = True
        identity.primary_field = b"user"
        identity.secondary_field = b"passcode"
        extended = SOPClassExtendedNegotiation()
        extended.sop_class_uid = STUDY_ROOT_FIND
        extended.service_class_application_information = b"\1\1\1"
        association = entity.associate(
            "127.0.0.1", port, ext_neg=[role, window, identity, extended]
        )
        assert association.is_established
        statuses = [association.send_c_echo().Status, association.send_c_store(instance).Status]
        answered: Any = association.acceptor
        assert answered.asynchronous_operations == (4, 1)
        assert answered.user_identity.server_response == b""
        assert answered.sop_class_extended == {STUDY_ROOT_FIND: b"\1\1\1"}
        association.release()
        assert association.is_released
        return statuses

    async with listening(succeed, negotiate) as server:
        assert await asyncio.to_thread(converse, server.port) == [0, 0]
    (request,) = seen
    assert request.user_identity is not None
    assert request.user_identity.secondary_field == b"passcode"
    assert request.roles[instance.SOPClassUID].scp_role


async def test_pynetdicom_understands_our_rejection() -> None:
    def converse(port: int) -> bool:
        entity = AE("SCANNER")
        entity.add_requested_context(VERIFICATION)
        return bool(entity.associate("127.0.0.1", port).is_rejected)

    async with listening(succeed, lambda _: CALLED_AE_TITLE_NOT_RECOGNIZED) as server:
        assert await asyncio.to_thread(converse, server.port)


async def test_pynetdicom_cancels_a_query_of_ours() -> None:
    async def find(association: Association) -> None:
        request = await association.receive()
        assert request is not None
        message_id = request.command.message_id
        assert message_id is not None
        pending = Command(
            field=CommandField.C_FIND_RSP,
            message_id_responded_to=message_id,
            affected_sop_class_uid=STUDY_ROOT_FIND,
            status=0xFF00,
            has_data_set=True,
        )
        while not association.is_cancelled(message_id):
            await association.send_many(
                request.context.context_id, [(pending, PATIENT_ID_QUERY)] * 10
            )
            await asyncio.sleep(0)
        final = Command(
            field=CommandField.C_FIND_RSP, message_id_responded_to=message_id, status=0xFE00
        )
        await association.send(request.context.context_id, final)
        assert await association.receive() is None
        await association.confirm_release()

    def converse(port: int) -> list[int]:
        entity = AE("SCANNER")
        entity.add_requested_context(STUDY_ROOT_FIND)
        association = entity.associate("127.0.0.1", port)
        query = Dataset()
        query.QueryRetrieveLevel = "STUDY"
        statuses: list[int] = []
        for status, _ in association.send_c_find(query, STUDY_ROOT_FIND, msg_id=7):
            if not statuses:
                association.send_c_cancel(7, query_model=STUDY_ROOT_FIND)
            statuses.append(status.Status)
        association.release()
        return statuses

    async with listening(find, take_all) as server:
        statuses = await asyncio.to_thread(converse, server.port)
    assert statuses[0] == 0xFF00
    assert statuses[-1] == 0xFE00


@pytest.fixture
def peer() -> Iterator[tuple[PeerAddress, list[Dataset]]]:
    """A pynetdicom server for verification, storage and query."""
    stored: list[Dataset] = []

    def store(event: Any) -> int:  # noqa: ANN401 - an untyped library
        stored.append(event.dataset)
        return 0

    def find(event: Any) -> Iterator[tuple[int, Dataset | None]]:  # noqa: ANN401 - likewise
        for number in range(10):
            match = Dataset()
            match.PatientID = str(number)
            yield 0xFF00, match
        # This peer reads nothing while it has something to send, so it pauses to listen.
        for _ in range(5000):
            if event.is_cancelled:
                yield 0xFE00, None
                return
            time.sleep(0.001)

    def identify(_: Any) -> tuple[bool, bytes]:  # noqa: ANN401 - likewise
        return True, b"granted"

    entity = AE("PEER")
    entity.add_supported_context(VERIFICATION)
    entity.add_supported_context(STUDY_ROOT_FIND)
    for context in AllStoragePresentationContexts:
        entity.add_supported_context(
            str(context.abstract_syntax), EXPLICIT_LITTLE, scu_role=True, scp_role=True
        )
    handlers: list[Any] = [
        (evt.EVT_C_STORE, store),
        (evt.EVT_C_FIND, find),
        (evt.EVT_USER_ID, identify),
    ]
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
    assert server is not None
    yield PeerAddress("127.0.0.1", server.server_address[1]), stored
    server.shutdown()


def proposal(*syntaxes: tuple[str, tuple[str, ...]]) -> Proposal:
    return Proposal(
        calling_ae_title="SONARIUM",
        called_ae_title="PEER",
        presentation_contexts=number_contexts((VERIFICATION, (IMPLICIT_LITTLE,)), *syntaxes),
        user_identity=UserIdentity(UserIdentityType.JWT, True, b"token"),
    )


async def test_we_store_into_pynetdicom(
    testdata: Path, peer: tuple[PeerAddress, list[Dataset]]
) -> None:
    address, stored = peer
    path = testdata / "dicom" / "us" / "philips-cx50-palette.dcm"
    sent = pydicom.dcmread(path)
    raw = path.read_bytes()
    data_set = raw[132 + 12 + sent.file_meta.FileMetaInformationGroupLength :]
    asked = proposal((str(sent.SOPClassUID), (EXPLICIT_LITTLE,)))
    async with await associate(address, asked, AssociationSettings()) as association:
        assert association.user_identity_response == b"granted"
        for _ in range(3):
            operation = await association.invoke(
                3,
                Command(
                    field=CommandField.C_STORE_RQ,
                    has_data_set=True,
                    priority=0,
                    affected_sop_class_uid=str(sent.SOPClassUID),
                    affected_sop_instance_uid=str(sent.SOPInstanceUID),
                ),
                data_set,
            )
            assert (await operation.response()).command.status == 0
    assert [instance.PixelData == sent.PixelData for instance in stored] == [True] * 3


async def test_we_cancel_a_query_of_pynetdicom(peer: tuple[PeerAddress, list[Dataset]]) -> None:
    address, _ = peer
    asked = proposal((STUDY_ROOT_FIND, (IMPLICIT_LITTLE,)))
    async with await associate(address, asked, AssociationSettings()) as association:
        operation = await association.invoke(
            3,
            Command(
                field=CommandField.C_FIND_RQ,
                has_data_set=True,
                priority=0,
                affected_sop_class_uid=STUDY_ROOT_FIND,
            ),
            PATIENT_ID_QUERY,
        )
        statuses: list[int | None] = []
        async for response in operation.responses():
            if len(statuses) == 5:
                await operation.cancel()
            statuses.append(response.command.status)
    assert statuses == [0xFF00] * 10 + [0xFE00]
