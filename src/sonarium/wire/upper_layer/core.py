"""Runs the state table of PS3.8 over bytes and primitives; holds no socket and no clock."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final, TypeAlias, TypeVar, cast

from sonarium.base.block_pool import BlockPool
from sonarium.base.errors import SonariumError
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
from sonarium.wire.upper_layer.errors import AbortReason, AbortSource, InvalidPDU
from sonarium.wire.upper_layer.pdu import (
    PROTOCOL_VERSION,
    Abort,
    AssociateAC,
    AssociateRJ,
    AssociateRQ,
    AssociationPDU,
    PDUType,
    PresentationDataValue,
    ReleaseRP,
    ReleaseRQ,
    decode_data,
    decode_pdu,
    encode_pdu,
)
from sonarium.wire.upper_layer.presentation_context import ContextResult
from sonarium.wire.upper_layer.state_table import TABLE, Action, Event, State
from sonarium.wire.upper_layer.stream import PDUStream

_RECEIVED: Final[Mapping[int, Event]] = {
    PDUType.A_ASSOCIATE_RQ: Event.EVT6,
    PDUType.A_ASSOCIATE_AC: Event.EVT3,
    PDUType.A_ASSOCIATE_RJ: Event.EVT4,
    PDUType.P_DATA_TF: Event.EVT10,
    PDUType.A_RELEASE_RQ: Event.EVT12,
    PDUType.A_RELEASE_RP: Event.EVT13,
    PDUType.A_ABORT: Event.EVT16,
}
_DATA_STATES: Final = frozenset(
    state
    for (event, state), transition in TABLE.items()
    if event is Event.EVT10 and transition.action in {Action.DT_2, Action.AR_6}
)
_VERSION_REJECTED: Final = AssociateRJ(result=1, source=2, reason=2)

_Cargo: TypeAlias = (
    AssociationPDU
    | InvalidPDU
    | Sequence[bytes | memoryview]
    | Sequence[PresentationDataValue]
    | None
)
_Expected = TypeVar("_Expected")


class NotInThisState(SonariumError):
    """A primitive or event that the state table leaves no room for; ours to avoid."""


class UpperLayer:
    """One association's upper layer, for requestor and acceptor.

    Bytes go in through `writable()` and `received()`, primitives through the methods named
    after them; each returns what is to be done and told, in order.
    """

    def __init__(
        self,
        *,
        largest_data: int = 128 * 1024,
        largest_associate: int = 256 * 1024,
        blocks: BlockPool | None = None,
    ) -> None:
        self.state = State.STA1
        self._stream = PDUStream(
            largest_data=largest_data, largest_associate=largest_associate, blocks=blocks
        )
        self._is_requestor = False
        self._request: AssociateRQ | None = None
        self._contexts: frozenset[int] = frozenset()
        self._deaf = False

    # Transport connection --------------------------------------------------------------------

    @property
    def is_inside_pdu(self) -> bool:
        """Tell whether a PDU has begun to arrive and is not complete."""
        return not self._deaf and self._stream.is_inside_pdu

    @property
    def pdu_count(self) -> int:
        """How many PDUs have arrived."""
        return self._stream.pdu_count

    @property
    def byte_count(self) -> int:
        """How many bytes have arrived."""
        return self._stream.byte_count

    def transport_indicated(self) -> list[Effect]:
        """A peer connected to us (Evt5)."""
        return self.step(Event.EVT5)

    def transport_confirmed(self) -> list[Effect]:
        """The connection that we asked for is open (Evt2)."""
        return self.step(Event.EVT2)

    def transport_closed(self) -> list[Effect]:
        """The connection is gone (Evt17), and with it the need for memory."""
        self._stream.release()
        return [] if self.state is State.STA1 else self.step(Event.EVT17)

    def artim_expired(self) -> list[Effect]:
        """ARTIM ran out (Evt18)."""
        return self.step(Event.EVT18)

    def writable(self) -> memoryview:
        """Return where to put the next bytes from the peer."""
        return self._stream.writable()

    def received(self, count: int) -> list[Effect]:
        """Take `count` bytes that were put into `writable()`.

        Fragments of data are views of what was written; nothing is copied.
        """
        stream = self._stream
        stream.advance(count)
        effects: list[Effect] = []
        while not self._deaf and self.state is not State.STA1:
            try:
                pdu = stream.next_pdu()
            except InvalidPDU as error:
                self._deaf = True  # where the next PDU begins is not known any more
                effects += self.step(Event.EVT19, error)
                break
            if pdu is None:
                return effects
            effects += self._on_pdu(*pdu)
        stream.clear()
        return effects

    def feed(self, stream: bytes) -> list[Effect]:
        """Take bytes of any number; `received()` without the care for copies."""
        effects: list[Effect] = []
        offset = 0
        while offset < len(stream):
            target = self.writable()
            count = min(len(target), len(stream) - offset)
            target[:count] = stream[offset : offset + count]
            offset += count
            effects += self.received(count)
        return effects

    def _on_pdu(self, pdu_type: int, body: memoryview) -> list[Effect]:
        event = _RECEIVED[pdu_type]
        if self.state is State.STA13 and event is not Event.EVT16:
            return self.step(event)  # nothing of it is looked at any more: no need to decode
        try:
            if event is not Event.EVT10:
                return self.step(event, decode_pdu(pdu_type, body))
            if self.state in _DATA_STATES:
                return self.step(event, self._decode_data(body))
        except InvalidPDU as error:
            return self.step(Event.EVT19, error)
        return self.step(event)

    def _decode_data(self, body: memoryview) -> list[PresentationDataValue]:
        values = decode_data(body)
        for value in values:
            if value.context_id not in self._contexts:
                raise InvalidPDU("a PDV names a presentation context that was not accepted")
        return values

    @property
    def may_abort(self) -> bool:
        """Tell whether `abort()` has a place in this state."""
        return (Event.EVT15, self.state) in TABLE

    # Primitives ------------------------------------------------------------------------------

    def associate(self, request: AssociateRQ) -> list[Effect]:
        """A-ASSOCIATE request (Evt1): remember it and ask for the connection."""
        self._request = request
        return self.step(Event.EVT1)

    def accept(self, answer: AssociateAC) -> list[Effect]:
        """A-ASSOCIATE response, accepted (Evt7)."""
        return self.step(Event.EVT7, answer)

    def reject(self, answer: AssociateRJ) -> list[Effect]:
        """A-ASSOCIATE response, rejected (Evt8)."""
        return self.step(Event.EVT8, answer)

    def send(self, pieces: Sequence[bytes | memoryview]) -> list[Effect]:
        """P-DATA request (Evt9): `pieces` join to whole P-DATA-TF PDUs."""
        return self.step(Event.EVT9, pieces)

    def request_release(self) -> list[Effect]:
        """A-RELEASE request (Evt11)."""
        return self.step(Event.EVT11)

    def respond_release(self) -> list[Effect]:
        """A-RELEASE response (Evt14)."""
        return self.step(Event.EVT14)

    def abort(self) -> list[Effect]:
        """A-ABORT request (Evt15)."""
        return self.step(Event.EVT15)

    # The table -------------------------------------------------------------------------------

    def step(self, event: Event, cargo: _Cargo = None) -> list[Effect]:
        """Do what the state table says for `event`, and move to the next state.

        Raises:
            NotInThisState: the table has no such cell.
        """
        transition = TABLE.get((event, self.state))
        if transition is None:
            raise NotInThisState(f"Evt{event:d} cannot happen in Sta{self.state:d}")
        if len(transition.next_states) == 1:
            (self.state,) = transition.next_states
        return self._ACTIONS[transition.action](self, cargo)

    def _ae_1(self, _: _Cargo) -> list[Effect]:
        self._is_requestor = True
        return [Transport.OPEN]

    def _ae_2(self, _: _Cargo) -> list[Effect]:
        return [Transmit([encode_pdu(_expect(AssociateRQ, self._request))])]

    def _ae_3(self, answer: _Cargo) -> list[Effect]:
        acceptance = _expect(AssociateAC, answer)
        self._contexts = self._accepted(acceptance)
        return [AssociateConfirmation(acceptance)]

    def _ae_4(self, answer: _Cargo) -> list[Effect]:
        return [AssociateConfirmation(_expect(AssociateRJ, answer)), Transport.CLOSE]

    def _ae_5(self, _: _Cargo) -> list[Effect]:
        return [ARTIM.START]

    def _ae_6(self, cargo: _Cargo) -> list[Effect]:
        request = _expect(AssociateRQ, cargo)
        if request.protocol_version & PROTOCOL_VERSION:
            self.state = State.STA3
            self._request = request
            return [ARTIM.STOP, AssociateIndication(request)]
        self.state = State.STA13
        return [Transmit([encode_pdu(_VERSION_REJECTED)]), ARTIM.START]

    def _ae_7(self, answer: _Cargo) -> list[Effect]:
        acceptance = _expect(AssociateAC, answer)
        self._contexts = self._accepted(acceptance)
        return [Transmit([encode_pdu(acceptance)])]

    def _ae_8(self, answer: _Cargo) -> list[Effect]:
        return [Transmit([encode_pdu(_expect(AssociateRJ, answer))]), ARTIM.START]

    def _send_data(self, pieces: _Cargo) -> list[Effect]:
        return [Transmit(cast("Sequence[bytes | memoryview]", pieces))]

    def _indicate_data(self, values: _Cargo) -> list[Effect]:
        return cast("list[Effect]", values)

    def _ar_1(self, _: _Cargo) -> list[Effect]:
        return [Transmit([encode_pdu(ReleaseRQ())])]

    def _ar_2(self, _: _Cargo) -> list[Effect]:
        return [ReleaseIndication(is_collision=False)]

    def _ar_3(self, _: _Cargo) -> list[Effect]:
        return [ReleaseConfirmation(), Transport.CLOSE]

    def _ar_4(self, _: _Cargo) -> list[Effect]:
        return [Transmit([encode_pdu(ReleaseRP())]), ARTIM.START]

    def _stop_timer(self, _: _Cargo) -> list[Effect]:
        return [ARTIM.STOP]

    def _ar_8(self, _: _Cargo) -> list[Effect]:
        self.state = State.STA9 if self._is_requestor else State.STA10
        return [ReleaseIndication(is_collision=True)]

    def _ar_9(self, _: _Cargo) -> list[Effect]:
        return [Transmit([encode_pdu(ReleaseRP())])]

    def _ar_10(self, _: _Cargo) -> list[Effect]:
        return [ReleaseConfirmation()]

    def _aa_1(self, _: _Cargo) -> list[Effect]:
        return [Transmit([encode_pdu(Abort())]), ARTIM.START]

    def _aa_2(self, _: _Cargo) -> list[Effect]:
        return [ARTIM.STOP, Transport.CLOSE]

    def _aa_3(self, cargo: _Cargo) -> list[Effect]:
        abort = _expect(Abort, cargo)
        by_user = abort.source == AbortSource.SERVICE_USER
        who = "service user" if by_user else f"service provider, reason {abort.reason}"
        return [AbortIndication(f"aborted by the peer's {who}", by_peer=True), Transport.CLOSE]

    def _aa_4(self, _: _Cargo) -> list[Effect]:
        return [AbortIndication("the connection closed", by_peer=False)]

    def _aa_6(self, _: _Cargo) -> list[Effect]:
        return []

    def _aa_7(self, error: _Cargo) -> list[Effect]:
        return [Transmit([encode_pdu(_provider_abort(error))])]

    def _aa_8(self, error: _Cargo) -> list[Effect]:
        reason = str(error) if isinstance(error, InvalidPDU) else "an unexpected PDU"
        return [
            Transmit([encode_pdu(_provider_abort(error))]),
            AbortIndication(f"aborted by us: {reason}", by_peer=False),
            ARTIM.START,
        ]

    def _accepted(self, answer: AssociateAC) -> frozenset[int]:
        if self._request is None:
            return frozenset()
        proposed = {context.context_id for context in self._request.presentation_contexts}
        return frozenset(
            context.context_id
            for context in answer.presentation_contexts
            if context.result is ContextResult.ACCEPTANCE and context.context_id in proposed
        )

    _ACTIONS: ClassVar[Mapping[Action, Callable[..., list[Effect]]]] = {
        Action.AE_1: _ae_1,
        Action.AE_2: _ae_2,
        Action.AE_3: _ae_3,
        Action.AE_4: _ae_4,
        Action.AE_5: _ae_5,
        Action.AE_6: _ae_6,
        Action.AE_7: _ae_7,
        Action.AE_8: _ae_8,
        Action.DT_1: _send_data,
        Action.DT_2: _indicate_data,
        Action.AR_1: _ar_1,
        Action.AR_2: _ar_2,
        Action.AR_3: _ar_3,
        Action.AR_4: _ar_4,
        Action.AR_5: _stop_timer,
        Action.AR_6: _indicate_data,
        Action.AR_7: _send_data,
        Action.AR_8: _ar_8,
        Action.AR_9: _ar_9,
        Action.AR_10: _ar_10,
        Action.AA_1: _aa_1,
        Action.AA_2: _aa_2,
        Action.AA_3: _aa_3,
        Action.AA_4: _aa_4,
        Action.AA_5: _stop_timer,
        Action.AA_6: _aa_6,
        Action.AA_7: _aa_7,
        Action.AA_8: _aa_8,
    }


def _expect(kind: type[_Expected], cargo: object) -> _Expected:
    """Return what an action works on; a wrong kind is our own mistake."""
    if isinstance(cargo, kind):
        return cargo
    raise NotInThisState(f"this event carries no {kind.__name__}")


def _provider_abort(error: _Cargo) -> Abort:
    reason = error.reason if isinstance(error, InvalidPDU) else AbortReason.UNEXPECTED_PDU
    return Abort(AbortSource.SERVICE_PROVIDER, reason)
