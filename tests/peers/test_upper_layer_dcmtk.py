"""DCMTK's tools against our upper layer, both ways, as real processes on loopback."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pydicom
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pydicom.filereader import read_file_meta_info

from sonarium.net.acceptor import DimseServer, serve_dimse
from sonarium.net.association import Association, AssociationLost
from sonarium.net.negotiation import Acceptance, AssociateRequest, answer_contexts
from sonarium.net.requestor import (
    AssociationRejected,
    PeerAddress,
    Proposal,
    associate,
    number_contexts,
)
from sonarium.net.settings import AssociationSettings, DimseNetSettings, TLSSettings
from sonarium.wire.dimse.command import Command, CommandField

pytestmark = pytest.mark.peers

VERIFICATION = "1.2.840.10008.1.1"
IMPLICIT_LITTLE = "1.2.840.10008.1.2"
SCANS = (
    "us/sonosite-30frames.dcm",
    "us/philips-cx50-2frame-rle.dcm",
    "us/ge-logiq700-j2k-lossy.dcm",
    "us/agilent-cine-cropped.dcm",
    "us/ge-logiq700-rgb.dcm",
)


@dataclass(frozen=True, slots=True)
class Instance:
    """A file's data set, as it lies there."""

    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    data_set: bytes


def load(path: Path) -> Instance:
    with path.open("rb") as file:
        meta = read_file_meta_info(path)
        file.seek(132 + 12 + meta.FileMetaInformationGroupLength)
        return Instance(
            str(meta.MediaStorageSOPClassUID),
            str(meta.MediaStorageSOPInstanceUID),
            str(meta.TransferSyntaxUID),
            file.read(),
        )


@pytest.fixture
def scans(testdata: Path) -> list[Path]:
    return [testdata / "dicom" / name for name in SCANS]


@contextlib.asynccontextmanager
async def listening(
    converse: Callable[[Association], Awaitable[None]], **settings: object
) -> AsyncIterator[DimseServer]:
    def negotiate(request: AssociateRequest) -> Acceptance:
        return Acceptance(
            contexts=answer_contexts(request, lambda context: context.transfer_syntaxes[0]),
            roles=request.roles,
        )

    listener = DimseNetSettings.model_validate({"port": 0, **settings})
    server = await serve_dimse(listener, negotiate, converse)
    try:
        yield server
    finally:
        await server.close(timedelta(0))


async def run(program: str, *arguments: object, nodelay: bool = False) -> tuple[int, str]:
    """Run a tool to its end; DCMTK keeps Nagle's algorithm on unless told otherwise."""
    environment = {**os.environ, **({"TCP_NODELAY": "1"} if nodelay else {})}
    tool = await asyncio.create_subprocess_exec(
        program,
        *map(str, arguments),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(60):
        output, _ = await tool.communicate()
    assert tool.returncode is not None
    return tool.returncode, output.decode(errors="replace")


class Archive:
    """Keeps what it is sent in memory."""

    def __init__(self) -> None:
        self.received: list[Instance] = []

    async def converse(self, association: Association) -> None:
        while (message := await association.receive()) is not None:
            command = message.command
            if command.has_data_set:
                self.received.append(
                    Instance(
                        command.affected_sop_class_uid or "",
                        command.affected_sop_instance_uid or "",
                        message.context.transfer_syntax,
                        await message.read(1 << 30),
                    )
                )
            response = Command(
                field=command.field.response,
                message_id_responded_to=command.message_id,
                affected_sop_class_uid=command.affected_sop_class_uid,
                affected_sop_instance_uid=command.affected_sop_instance_uid,
                status=0,
            )
            await association.send(message.context.context_id, response)
        await association.confirm_release()


async def test_echoscu_is_answered() -> None:
    async with listening(Archive().converse) as server:
        code, output = await run("echoscu", "-v", "--repeat", 5, "127.0.0.1", server.port)
    assert code == 0, output
    assert output.count("Received Echo Response (Success)") == 5


async def test_echoscu_may_abort() -> None:
    ended: list[AssociationLost] = []

    async def note(association: Association) -> None:
        try:
            await Archive().converse(association)
        except AssociationLost as error:
            ended.append(error)

    async with listening(note) as server:
        await run("echoscu", "--abort", "127.0.0.1", server.port)
        async with asyncio.timeout(5):
            while not ended:
                await asyncio.sleep(0)
    assert "aborted by the peer" in str(ended[0])


@pytest.mark.parametrize("program", ["storescu", "dcmsend"])
@pytest.mark.parametrize("maximum_length", [4096, 131072])
async def test_dcmtk_sends_and_nothing_is_changed(
    scans: list[Path], tmp_path: Path, program: str, maximum_length: int
) -> None:
    archive = Archive()
    for number, scan in enumerate(scans):
        (tmp_path / f"{number}.dcm").symlink_to(scan)
    async with listening(archive.converse, maximum_length_received=maximum_length) as server:
        for path in sorted(tmp_path.iterdir()):
            syntax = load(path).transfer_syntax_uid
            option = {"1.2.840.10008.1.2.4.50": "-xy", "1.2.840.10008.1.2.5": "-xr"}
            extra = [option.get(syntax, "-xw" if syntax.endswith("4.91") else "-x=")]
            arguments = extra if program == "storescu" else []
            code, output = await run(program, *arguments, "127.0.0.1", server.port, path)
            assert code == 0, output
    assert len(archive.received) == len(scans)
    for instance, scan in zip(archive.received, scans, strict=True):
        sent = pydicom.dcmread(scan)
        assert instance.sop_instance_uid == sent.SOPInstanceUID
        assert instance.transfer_syntax_uid == sent.file_meta.TransferSyntaxUID
        # DCMTK writes the header anew, the pixels as they are.
        assert instance.data_set.find(sent.PixelData) > 0


@pytest.mark.parametrize("nodelay", [True, False], ids=["without Nagle", "with Nagle"])
async def test_a_sender_as_scanners_are_does_not_wait_for_acknowledgements(
    scans: list[Path], tmp_path: Path, nodelay: bool
) -> None:
    """Delayed acknowledgements (40 ms each) would make 200 objects take over 8 seconds."""
    archive = Archive()
    still = pydicom.dcmread(scans[3])
    for number in range(200):
        uid = pydicom.uid.UID(f"2.25.{number + 1}")
        still.SOPInstanceUID = still.file_meta.MediaStorageSOPInstanceUID = uid
        still.save_as(tmp_path / f"{number:03}.dcm")
    loop = asyncio.get_running_loop()
    async with listening(archive.converse) as server:
        begun = loop.time()
        code, output = await run(
            "dcmsend", "127.0.0.1", server.port, "+sd", tmp_path, nodelay=nodelay
        )
        took = loop.time() - begun
    assert code == 0, output
    assert len(archive.received) == 200
    assert took < 4


@contextlib.asynccontextmanager
async def storescp(*arguments: object) -> AsyncIterator[PeerAddress]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tool = await asyncio.create_subprocess_exec(
        "storescp",
        *map(str, arguments),
        str(port),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(10):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", port)
                    break
                except ConnectionRefusedError:
                    await asyncio.sleep(0.01)
        writer.transport.abort()
        yield PeerAddress("127.0.0.1", port)
    finally:
        tool.kill()
        await tool.wait()


def proposal(*syntaxes: tuple[str, tuple[str, ...]]) -> Proposal:
    return Proposal(
        calling_ae_title="SONARIUM",
        called_ae_title="STORESCP",
        presentation_contexts=number_contexts((VERIFICATION, (IMPLICIT_LITTLE,)), *syntaxes),
    )


@pytest.mark.parametrize("maximum_length", [4096, 131072])
async def test_storescp_writes_exactly_what_we_send(
    scans: list[Path], tmp_path: Path, maximum_length: int
) -> None:
    instances = [load(scan) for scan in scans]
    contexts = sorted({(it.sop_class_uid, (it.transfer_syntax_uid,)) for it in instances})
    options = ("+xa", "+B", "-pdu", maximum_length, "-od", tmp_path)
    async with (
        storescp(*options) as address,
        await associate(address, proposal(*contexts), AssociationSettings()) as association,
    ):
        for instance in instances:
            context = association.find_context(instance.sop_class_uid, instance.transfer_syntax_uid)
            assert context is not None
            operation = await association.invoke(
                context.context_id,
                Command(
                    field=CommandField.C_STORE_RQ,
                    has_data_set=True,
                    priority=0,
                    affected_sop_class_uid=instance.sop_class_uid,
                    affected_sop_instance_uid=instance.sop_instance_uid,
                ),
                instance.data_set,
            )
            assert (await operation.response()).command.status == 0
    written = {load(path).sop_instance_uid: load(path) for path in tmp_path.iterdir()}
    assert {it.sop_instance_uid: it.data_set for it in written.values()} == {
        it.sop_instance_uid: it.data_set for it in instances
    }


async def test_storescp_may_reject() -> None:
    async with storescp("--refuse") as address:
        with pytest.raises(AssociationRejected) as rejected:
            await associate(address, proposal(), AssociationSettings())
    assert rejected.value.rejection.result == 1


@pytest.mark.parametrize("when", ["--abort-after", "--abort-during"])
async def test_storescp_may_abort(scans: list[Path], when: str) -> None:
    instance = load(scans[0])
    contexts = (instance.sop_class_uid, (instance.transfer_syntax_uid,))
    async with storescp(when, "+xa", "--ignore") as address:
        association = await associate(address, proposal(contexts), AssociationSettings())
        command = Command(
            field=CommandField.C_STORE_RQ,
            has_data_set=True,
            priority=0,
            affected_sop_class_uid=instance.sop_class_uid,
            affected_sop_instance_uid=instance.sop_instance_uid,
        )
        operation = await association.invoke(3, command, instance.data_set)
        with pytest.raises(AssociationLost):
            await operation.response()
        await association.abort()


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> TLSSettings:
    """One certificate that both sides show and trust."""
    folder = tmp_path_factory.mktemp("tls")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return TLSSettings(
        certificate=folder / "certificate.pem",
        private_key=folder / "key.pem",
        trusted=folder / "certificate.pem",
    )


@pytest.mark.parametrize("profile", ["--profile-bcp195-nd", "--profile-bcp195-ex"])
async def test_echoscu_speaks_tls_with_us(tls: TLSSettings, profile: str) -> None:
    async with listening(Archive().converse, tls=tls) as server:
        code, output = await run(
            "echoscu", "-v", profile, "+tls", tls.private_key, tls.certificate,
            "+cf", tls.trusted, "127.0.0.1", server.port,
        )  # fmt: skip
        assert code == 0, output
        assert "Received Echo Response (Success)" in output
        code, output = await run(
            "echoscu", "-v", "+tla", "+cf", tls.trusted, "127.0.0.1", server.port
        )
        assert code != 0, output
        code, _ = await run("echoscu", "127.0.0.1", server.port)
        assert code != 0


async def test_we_speak_tls_with_storescp(tls: TLSSettings) -> None:
    options = ("+tls", tls.private_key, tls.certificate, "+cf", tls.trusted)
    async with storescp(*options) as plain:
        address = PeerAddress(plain.host, plain.port, tls)
        async with await associate(address, proposal(), AssociationSettings()) as association:
            operation = await association.invoke(
                1,
                Command(field=CommandField.C_ECHO_RQ, affected_sop_class_uid=VERIFICATION),
            )
            assert (await operation.response()).command.status == 0
