import asyncio
from struct import pack

import pytest
from tests.faces.dimse.entity import Entity, StartEntity, context_id_of

from sonarium.dicom.encode import decode_identifier, encode_attributes
from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.attributes import Attributes
from sonarium.domain.query import QueryLevel
from sonarium.faces.dimse.sop_classes import PATIENT_ROOT, STUDY_ROOT
from sonarium.net.association import Association, IncomingMessage
from sonarium.services.query import QueryTimedOut, TooManyMatches
from sonarium.wire.dimse.command import Command, CommandField
from sonarium.wire.dimse.status import Status

FIND = STUDY_ROOT.find_sop_class_uid
ALL_STUDIES: Attributes = {
    "00080052": {"vr": "CS", "Value": ["STUDY"]},
    "00100010": {"vr": "PN"},
    "0020000D": {"vr": "UI"},
    "00081030": {"vr": "LO"},
}


def match(name: str, uid: str = "1.2.3") -> Attributes:
    return {
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": name}]},
        "0020000D": {"vr": "UI", "Value": [uid]},
    }


def character_set(term: str) -> bytes:
    """Encode Specific Character Set (0008,0005), or nothing."""
    return b"\x08\x00\x05\x00CS" + pack("<H", len(term)) + term.encode() if term else b""


async def find(
    association: Association,
    identifier: Attributes,
    sop_class_uid: str = FIND,
    declared: bytes = b"",
) -> list[tuple[Command, bytes]]:
    operation = await association.invoke(
        context_id_of(sop_class_uid),
        Command(
            field=CommandField.C_FIND_RQ,
            affected_sop_class_uid=sop_class_uid,
            priority=0,
            has_data_set=True,
        ),
        declared + encode_attributes(identifier, EXPLICIT_VR_LITTLE_ENDIAN),
    )
    return [await read(response) async for response in operation.responses()]


async def read(response: IncomingMessage) -> tuple[Command, bytes]:
    return response.command, await response.read(1_000_000)


async def answers(entity: Entity, identifier: Attributes) -> list[Attributes]:
    async with await entity.call() as association:
        *pending, (final, _) = await find(association, identifier)
    assert final.status == Status.SUCCESS
    assert {command.status for command, _ in pending} <= {Status.PENDING}
    return [decode_identifier(raw, EXPLICIT_VR_LITTLE_ENDIAN) for _, raw in pending]


async def refused(entity: Entity, identifier: Attributes) -> Command:
    async with await entity.call() as association:
        [(response, _)] = await find(association, identifier)
    return response


async def test_each_match_is_a_pending_response_with_every_key_that_was_asked(
    entity: Entity,
) -> None:
    entity.query.pages = [[match("DOE^JANE", "1.2.1")], [match("DOE^JOHN", "1.2.2")]]
    first, second = await answers(entity, ALL_STUDIES)
    assert first == {
        "00080052": {"vr": "CS", "Value": ["STUDY"]},
        "00080054": {"vr": "AE", "Value": ["SONARIUM"]},
        "00081030": {"vr": "LO"},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "DOE^JANE"}]},
        "0020000D": {"vr": "UI", "Value": ["1.2.1"]},
    }
    assert second["0020000D"]["Value"] == ["1.2.2"]
    assert entity.query.queries[0].level is QueryLevel.STUDY


async def test_what_is_stored_here_is_online(entity: Entity) -> None:
    entity.query.pages = [[match("DOE^JANE")]]
    [answer] = await answers(entity, {**ALL_STUDIES, "00080056": {"vr": "CS"}})
    assert answer["00080056"] == {"vr": "CS", "Value": ["ONLINE"]}


@pytest.mark.parametrize(
    ("asked", "name", "answered"),
    [
        ("ISO_IR 144", "DOE^JANE", ""),
        ("ISO_IR 144", "Люкceмбypг", "ISO_IR 144"),
        ("", "Buc^Jérôme", "ISO_IR 100"),
        ("ISO_IR 144", "Buc^Jérôme", "ISO_IR 100"),
        ("ISO_IR 192", "Buc^Jérôme", "ISO_IR 192"),
        ("", "山田^太郎", "ISO_IR 192"),
        ("ISO_IR 100", "山田^太郎", "ISO_IR 192"),
    ],
)
async def test_an_answer_comes_in_a_character_set_that_holds_it(
    entity: Entity, asked: str, name: str, answered: str
) -> None:
    entity.query.pages = [[match(name)]]
    async with await entity.call() as association:
        (_, raw), _ = await find(association, ALL_STUDIES, declared=character_set(asked))
    assert decode_identifier(raw, EXPLICIT_VR_LITTLE_ENDIAN)["00100010"]["Value"] == [
        {"Alphabetic": name}
    ]
    assert raw.startswith(character_set(answered) or b"\x08\x00\x52\x00")


async def test_keys_that_cannot_be_matched_are_warned_of(entity: Entity) -> None:
    entity.query.pages = [[match("DOE^JANE")]]
    item: Attributes = {"00400009": {"vr": "SH", "Value": ["STEP"]}}
    identifier: Attributes = {**ALL_STUDIES, "00400275": {"vr": "SQ", "Value": [dict(item)]}}
    async with await entity.call() as association:
        (pending, _), (final, _) = await find(association, identifier)
    assert pending.status == Status.PENDING_WITH_UNSUPPORTED_KEYS
    assert final.status == Status.SUCCESS


async def test_a_refused_identifier_names_the_element(entity: Entity) -> None:
    response = await refused(entity, {"00100010": {"vr": "PN"}})
    assert response.status == Status.DATA_SET_DOES_NOT_MATCH_SOP_CLASS
    assert response.offending_elements == (0x00080052,)
    assert response.error_comment == "Query/Retrieve Level is missing"
    series: Attributes = {"00080052": {"vr": "CS", "Value": ["SERIES"]}}
    assert (await refused(entity, series)).offending_elements == (0x0020000D,)


async def test_extended_negotiation_makes_queries_relational_and_fuzzy(entity: Entity) -> None:
    series: Attributes = {"00080052": {"vr": "CS", "Value": ["SERIES"]}}
    extended = {FIND: b"\x01\x01\x01"}
    async with await entity.call(extended_negotiation=extended) as association:
        [(final, _)] = await find(association, series)
    assert final.status == Status.SUCCESS
    [query] = entity.query.queries
    assert query.fuzzy_person_names
    assert query.combined_date_time


async def test_the_patient_root_has_patients(entity: Entity) -> None:
    patients: Attributes = {"00080052": {"vr": "CS", "Value": ["PATIENT"]}}
    async with await entity.call() as association:
        [(of_study_root, _)] = await find(association, patients)
        [(of_patient_root, _)] = await find(association, patients, PATIENT_ROOT.find_sop_class_uid)
    assert of_study_root.status == Status.DATA_SET_DOES_NOT_MATCH_SOP_CLASS
    assert of_patient_root.status == Status.SUCCESS


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QueryTimedOut("too slow"), 0xA700),
        (TooManyMatches("too many"), 0xA700),
        (ZeroDivisionError(), 0x0110),
    ],
)
async def test_what_goes_wrong_in_the_middle_ends_the_operation_alone(
    entity: Entity, error: Exception, status: int
) -> None:
    entity.query.pages = [[match("DOE^JANE")]]
    entity.query.failure = error
    async with await entity.call() as association:
        _, (final, _) = await find(association, ALL_STUDIES)
        assert final.status == status
        entity.query.failure = None
        _, (final, _) = await find(association, ALL_STUDIES)
        assert final.status == Status.SUCCESS


async def test_an_identifier_that_is_too_long_or_broken_is_refused(
    start_entity: StartEntity,
) -> None:
    entity = await start_entity(maximum_identifier_length=4096)
    long: Attributes = {**ALL_STUDIES, "00081030": {"vr": "LO", "Value": ["x" * 5000]}}
    assert (await refused(entity, long)).status == Status.DATA_SET_DOES_NOT_MATCH_SOP_CLASS
    async with await entity.call() as association:
        operation = await association.invoke(
            context_id_of(FIND),
            Command(
                field=CommandField.C_FIND_RQ,
                affected_sop_class_uid=FIND,
                priority=0,
                has_data_set=True,
            ),
            b"\xff" * 100,
        )
        assert (await operation.response()).command.status == Status.CANNOT_UNDERSTAND


async def test_a_cancelled_query_stops(entity: Entity) -> None:
    entity.query.pages = [[match("DOE^JANE")] * 1000] * 200
    async with await entity.call() as association:
        operation = await association.invoke(
            context_id_of(FIND),
            Command(
                field=CommandField.C_FIND_RQ,
                affected_sop_class_uid=FIND,
                priority=0,
                has_data_set=True,
            ),
            encode_attributes(ALL_STUDIES, EXPLICIT_VR_LITTLE_ENDIAN),
        )
        await operation.response()
        await operation.cancel()
        matches = 1
        async with asyncio.timeout(20):
            async for response in operation.responses():
                matches += 1
                final = response.command
    assert final.status == Status.CANCEL
    assert matches < 200_000
