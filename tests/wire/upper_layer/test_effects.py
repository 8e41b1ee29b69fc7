from typing import get_args

from sonarium.wire.upper_layer.core import UpperLayer
from sonarium.wire.upper_layer.effects import (
    AbortIndication,
    AssociateConfirmation,
    AssociateIndication,
    Effect,
    ReleaseConfirmation,
    ReleaseIndication,
    Transmit,
)
from sonarium.wire.upper_layer.pdu import (
    AssociateAC,
    AssociateRQ,
    PresentationDataValue,
    data_header,
)
from sonarium.wire.upper_layer.presentation_context import (
    AnsweredContext,
    ContextResult,
    ProposedContext,
)
from sonarium.wire.upper_layer.user_information import UserInformation

USER = UserInformation(0, "1.2.3")
REQUEST = AssociateRQ("ARCHIVE", "SCANNER", (ProposedContext(1, "1.2", ("1.3",)),), USER)
ANSWER = AssociateAC(
    "ARCHIVE", "SCANNER", (AnsweredContext(1, ContextResult.ACCEPTANCE, "1.3"),), USER
)


def sent(effects: list[Effect]) -> bytes:
    return b"".join(
        bytes(piece)
        for effect in effects
        if isinstance(effect, Transmit)
        for piece in effect.pieces
    )


def test_two_upper_layers_exchange_every_effect() -> None:
    """An association from connection to release, and one that is aborted, use all of them."""
    requestor, acceptor = UpperLayer(), UpperLayer()
    seen: list[Effect] = []

    def over(effects: list[Effect], to: UpperLayer) -> list[Effect]:
        seen.extend(effects)
        answer = to.feed(sent(effects))
        seen.extend(answer)
        return answer

    seen += requestor.associate(REQUEST) + acceptor.transport_indicated()
    over(requestor.transport_confirmed(), acceptor)
    over(acceptor.accept(ANSWER), requestor)
    over(requestor.send([data_header(1, 2, is_command=True, is_last=True), b"ab"]), acceptor)
    over(requestor.request_release(), acceptor)
    over(acceptor.respond_release(), requestor)
    seen += acceptor.transport_closed()

    lost = UpperLayer()
    lost.transport_indicated()
    seen += lost.feed(sent(_opening())) + lost.transport_closed()

    kinds = {type(effect) for effect in seen}
    assert kinds == set(get_args(Effect))
    assert PresentationDataValue(1, True, True, memoryview(b"ab")) in seen
    assert {AbortIndication, AssociateConfirmation, AssociateIndication} <= kinds
    assert {ReleaseConfirmation, ReleaseIndication} <= kinds


def _opening() -> list[Effect]:
    requestor = UpperLayer()
    requestor.associate(REQUEST)
    return requestor.transport_confirmed()
