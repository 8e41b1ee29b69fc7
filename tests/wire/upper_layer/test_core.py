from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonarium.wire.upper_layer.core import NotInThisState, UpperLayer
from sonarium.wire.upper_layer.effects import (
    ARTIM,
    AbortIndication,
    AssociateConfirmation,
    AssociateIndication,
    Effect,
    ReleaseConfirmation,
    ReleaseIndication,
    Transmit,
    Transport,
)
from sonarium.wire.upper_layer.pdu import (
    Abort,
    AssociateAC,
    AssociateRJ,
    AssociateRQ,
    PresentationDataValue,
    ReleaseRP,
    ReleaseRQ,
    data_header,
    encode_pdu,
)
from sonarium.wire.upper_layer.presentation_context import (
    AnsweredContext,
    ContextResult,
    ProposedContext,
)
from sonarium.wire.upper_layer.state_table import TABLE, Event, State
from sonarium.wire.upper_layer.user_information import UserInformation

USER = UserInformation(0, "1.2.3")
REQUEST = AssociateRQ("ARCHIVE", "SCANNER", (ProposedContext(1, "1.2", ("1.3",)),), USER)
ANSWER = AssociateAC(
    "ARCHIVE", "SCANNER", (AnsweredContext(1, ContextResult.ACCEPTANCE, "1.3"),), USER
)
REJECTION = AssociateRJ(1, 1, 7)
DATA = data_header(1, 4, is_command=False, is_last=True) + b"abcd"
VALUE = PresentationDataValue(1, False, True, memoryview(b"abcd"))
USER_ABORT = encode_pdu(Abort())
UNEXPECTED_ABORT = encode_pdu(Abort(2, 2))
UNRECOGNIZED_ABORT = encode_pdu(Abort(2, 1))
RELEASE_RQ = encode_pdu(ReleaseRQ())
RELEASE_RP = encode_pdu(ReleaseRP())
UNKNOWN_PDU = b"\x47\0\0\0\0\4abcd"


def acceptor(state: State) -> UpperLayer:
    """Bring an acceptor's upper layer to a state by the shortest way there."""
    layer = UpperLayer()
    if state is not State.STA1:
        layer.transport_indicated()
    if state > State.STA2:
        layer.feed(encode_pdu(REQUEST))
        if state > State.STA3:
            layer.accept(ANSWER)
        if state is State.STA13:
            layer.abort()
        elif state is State.STA8:
            layer.feed(RELEASE_RQ)
        elif state > State.STA6:
            layer.request_release()
            if state > State.STA7:
                layer.feed(RELEASE_RQ)
            if state is State.STA12:
                layer.feed(RELEASE_RP)
    return layer


def requestor(state: State) -> UpperLayer:
    """Likewise for the requestor."""
    layer = UpperLayer()
    layer.associate(REQUEST)
    if state > State.STA4:
        layer.transport_confirmed()
    if state > State.STA5:
        layer.feed(encode_pdu(ANSWER))
    if state > State.STA6:
        layer.request_release()
        layer.feed(RELEASE_RQ)
    if state is State.STA11:
        layer.respond_release()
    return layer


def layer_in(state: State) -> UpperLayer:
    of_requestor = (State.STA4, State.STA5, State.STA9, State.STA11)
    layer = requestor(state) if state in of_requestor else acceptor(state)
    assert layer.state is state
    return layer


HAPPENINGS: dict[Event, Callable[[UpperLayer], list[Effect]]] = {
    Event.EVT1: lambda layer: layer.associate(REQUEST),
    Event.EVT2: lambda layer: layer.transport_confirmed(),
    Event.EVT3: lambda layer: layer.feed(encode_pdu(ANSWER)),
    Event.EVT4: lambda layer: layer.feed(encode_pdu(REJECTION)),
    Event.EVT5: lambda layer: layer.transport_indicated(),
    Event.EVT6: lambda layer: layer.feed(encode_pdu(REQUEST)),
    Event.EVT7: lambda layer: layer.accept(ANSWER),
    Event.EVT8: lambda layer: layer.reject(REJECTION),
    Event.EVT9: lambda layer: layer.send([DATA]),
    Event.EVT10: lambda layer: layer.feed(DATA),
    Event.EVT11: lambda layer: layer.request_release(),
    Event.EVT12: lambda layer: layer.feed(RELEASE_RQ),
    Event.EVT13: lambda layer: layer.feed(RELEASE_RP),
    Event.EVT14: lambda layer: layer.respond_release(),
    Event.EVT15: lambda layer: layer.abort(),
    Event.EVT16: lambda layer: layer.feed(USER_ABORT),
    Event.EVT17: lambda layer: layer.step(Event.EVT17),
    Event.EVT18: lambda layer: layer.artim_expired(),
    Event.EVT19: lambda layer: layer.feed(UNKNOWN_PDU),
}
RECEIVED = {3, 4, 6, 10, 12, 13, 16, 19}
PEER_ABORTED = AbortIndication("aborted by the peer's service user", by_peer=True)
CLOSED = AbortIndication("the connection closed", by_peer=False)


def expected(action: str, event: Event) -> list[Effect]:
    """Say in other words than the code's what each action of Tables 9-6 to 9-9 does."""
    unknown = event is Event.EVT19
    provider_abort = Transmit([UNRECOGNIZED_ABORT if unknown else UNEXPECTED_ABORT])
    why = "the PDU type is unknown" if unknown else "an unexpected PDU"
    answers: dict[str, list[Effect]] = {
        "AE-1": [Transport.OPEN],
        "AE-2": [Transmit([encode_pdu(REQUEST)])],
        "AE-3": [AssociateConfirmation(ANSWER)],
        "AE-4": [AssociateConfirmation(REJECTION), Transport.CLOSE],
        "AE-5": [ARTIM.START],
        "AE-6": [ARTIM.STOP, AssociateIndication(REQUEST)],
        "AE-7": [Transmit([encode_pdu(ANSWER)])],
        "AE-8": [Transmit([encode_pdu(REJECTION)]), ARTIM.START],
        "DT-1": [Transmit([DATA])],
        "DT-2": [VALUE],
        "AR-1": [Transmit([RELEASE_RQ])],
        "AR-2": [ReleaseIndication(is_collision=False)],
        "AR-3": [ReleaseConfirmation(), Transport.CLOSE],
        "AR-4": [Transmit([RELEASE_RP]), ARTIM.START],
        "AR-5": [ARTIM.STOP],
        "AR-6": [VALUE],
        "AR-7": [Transmit([DATA])],
        "AR-8": [ReleaseIndication(is_collision=True)],
        "AR-9": [Transmit([RELEASE_RP])],
        "AR-10": [ReleaseConfirmation()],
        "AA-1": [Transmit([USER_ABORT]), ARTIM.START],
        "AA-2": [ARTIM.STOP, Transport.CLOSE],
        "AA-3": [PEER_ABORTED, Transport.CLOSE],
        "AA-4": [CLOSED],
        "AA-5": [ARTIM.STOP],
        "AA-6": [],
        "AA-7": [provider_abort],
        "AA-8": [
            provider_abort,
            AbortIndication(f"aborted by us: {why}", by_peer=False),
            ARTIM.START,
        ],
    }
    return answers[action]


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_every_event_in_every_state_does_what_the_table_says(event: Event, state: State) -> None:
    layer = layer_in(state)
    transition = TABLE.get((event, state))
    if transition is None:
        if event in RECEIVED and state is State.STA1:
            assert HAPPENINGS[event](layer) == []  # no connection, so nobody can have said it
        else:
            with pytest.raises(NotInThisState):
                HAPPENINGS[event](layer)
        assert layer.state is state
        return
    effects = HAPPENINGS[event](layer)
    assert effects == expected(transition.action, event)
    assert layer.state in transition.next_states


def test_collision_states_differ_for_requestor_and_acceptor() -> None:
    assert requestor(State.STA9).state is State.STA9
    assert acceptor(State.STA10).state is State.STA10


def test_another_protocol_version_is_rejected_by_the_provider() -> None:
    layer = acceptor(State.STA2)
    wrong = bytearray(encode_pdu(REQUEST))
    wrong[6:8] = b"\0\2"
    assert layer.feed(bytes(wrong)) == [
        Transmit([encode_pdu(AssociateRJ(1, 2, 2))]),
        ARTIM.START,
    ]
    assert layer.state is State.STA13


def test_a_later_protocol_version_that_still_speaks_ours_is_accepted() -> None:
    layer = acceptor(State.STA2)
    later = bytearray(encode_pdu(REQUEST))
    later[6:8] = b"\0\3"
    layer.feed(bytes(later))
    assert layer.state is State.STA3


def test_data_on_a_context_that_was_not_accepted_aborts() -> None:
    layer = acceptor(State.STA6)
    effects = layer.feed(data_header(3, 1, is_command=True, is_last=True) + b"a")
    assert effects[0] == Transmit([encode_pdu(Abort(2, 6))])
    assert layer.state is State.STA13


def test_an_answer_to_what_was_not_proposed_opens_no_context() -> None:
    layer = requestor(State.STA5)
    surplus = AnsweredContext(5, ContextResult.ACCEPTANCE, "1.3")
    layer.feed(encode_pdu(AssociateAC("A", "B", (surplus,), USER)))
    layer.feed(data_header(5, 1, is_command=True, is_last=True) + b"a")
    assert layer.state is State.STA13


def test_nothing_is_heard_after_framing_is_lost() -> None:
    layer = acceptor(State.STA6)
    layer.feed(UNKNOWN_PDU + DATA + RELEASE_RQ)
    assert layer.state is State.STA13
    assert layer.feed(DATA * 1000 + USER_ABORT) == []
    assert not layer.is_inside_pdu


def test_nothing_is_heard_after_the_association_is_over() -> None:
    layer = acceptor(State.STA6)
    effects = layer.feed(USER_ABORT + DATA + RELEASE_RQ)
    assert effects == [PEER_ABORTED, Transport.CLOSE]
    assert layer.state is State.STA1
    assert layer.transport_closed() == []


def test_an_abort_has_a_place_only_where_the_table_gives_one() -> None:
    assert [state for state in State if layer_in(state).may_abort] == [
        State(number) for number in range(3, 13)
    ]


def test_a_provider_abort_of_the_peer_tells_its_reason() -> None:
    (indication, _) = acceptor(State.STA6).feed(encode_pdu(Abort(2, 4)))
    assert indication == AbortIndication(
        "aborted by the peer's service provider, reason 4", by_peer=True
    )


def chunks(content: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cuts), len(content)]
    return [content[start:end] for start, end in pairwise(edges)]


def flat(effects: list[Effect]) -> list[object]:
    """Make effects comparable: views compare by content, which may be gone later."""
    return [
        effect._replace(fragment=memoryview(bytes(effect.fragment)))
        if isinstance(effect, PresentationDataValue)
        else effect
        for effect in effects
    ]


@given(
    fragments=st.lists(st.binary(max_size=6000), max_size=12),
    ending=st.sampled_from([b"", RELEASE_RQ, USER_ABORT, UNKNOWN_PDU, DATA[:7]]),
    choice=st.data(),
)
def test_any_chunking_gives_the_same_effects(
    fragments: list[bytes], ending: bytes, choice: st.DataObject
) -> None:
    content = encode_pdu(REQUEST)
    data = b"".join(
        data_header(1, len(fragment), is_command=False, is_last=False) + fragment
        for fragment in fragments
    )
    cuts = choice.draw(st.lists(st.integers(0, len(data + ending)), max_size=15))
    results = []
    for parts in ([data + ending], chunks(data + ending, cuts)):
        layer = acceptor(State.STA2)
        effects = layer.feed(content) + layer.accept(ANSWER)
        for part in parts:
            effects += layer.feed(part)
        results.append((flat(effects), layer.state))
    assert results[0] == results[1]
    data_effects = [effect for effect in results[0][0] if isinstance(effect, PresentationDataValue)]
    assert [bytes(effect.fragment) for effect in data_effects] == fragments


@settings(max_examples=300)
@given(
    state=st.sampled_from([State(number) for number in (2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13)]),
    stream=st.binary(max_size=300)
    | st.lists(
        st.sampled_from(
            [
                *(encode_pdu(pdu) for pdu in (REQUEST, ANSWER, REJECTION)),
                *(DATA, RELEASE_RQ, RELEASE_RP, USER_ABORT),
            ]
        ),
        max_size=6,
    ).map(b"".join),
    mutations=st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=4),
)
def test_hostile_bytes_in_any_state_end_in_a_state_of_the_table(
    state: State, stream: bytes, mutations: list[tuple[int, int]]
) -> None:
    mutated = bytearray(stream)
    for at, value in mutations:
        if mutated:
            mutated[at % len(mutated)] = value
    layer = layer_in(state)
    layer.feed(bytes(mutated))
    assert layer.state in State
    layer.transport_closed()
    assert layer.state is State.STA1


@pytest.mark.parametrize("name", ["dicom_echo.raw", "dicom_find.raw"])
@given(
    mutations=st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), max_size=6),
    cut=st.integers(1, 500),
)
def test_recorded_streams_and_their_mutants_are_survived(
    testdata: Path, name: str, mutations: list[tuple[int, int]], cut: int
) -> None:
    stream = bytearray((testdata / "dicom" / "fuzz" / "pdu" / name).read_bytes())
    for at, value in mutations:
        stream[at % len(stream)] = value
    layer = acceptor(State.STA2)
    for part in (bytes(stream[:cut]), bytes(stream[cut:])):
        for effect in layer.feed(part):
            if isinstance(effect, AssociateIndication) and layer.state is State.STA3:
                layer.accept(accept_everything(effect.request))
    assert layer.state in State


def test_the_recorded_echo_is_understood(testdata: Path) -> None:
    stream = (testdata / "dicom" / "fuzz" / "pdu" / "dicom_echo.raw").read_bytes()
    length = int.from_bytes(stream[2:6], "big") + 6
    layer = acceptor(State.STA2)
    (_, indication) = layer.feed(stream[:length])
    assert isinstance(indication, AssociateIndication)
    layer.accept(accept_everything(indication.request))
    effects = layer.feed(stream[length:])
    assert isinstance(effects[0], PresentationDataValue)
    assert effects[0].is_command


def accept_everything(request: AssociateRQ) -> AssociateAC:
    contexts = (
        AnsweredContext(context.context_id, ContextResult.ACCEPTANCE, context.transfer_syntaxes[0])
        for context in request.presentation_contexts
    )
    return AssociateAC("A", "B", tuple(contexts), USER)
