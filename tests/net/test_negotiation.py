from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.base.identifiers import IMPLEMENTATION_CLASS_UID
from sonarium.net.incoming import AcceptedContext
from sonarium.net.negotiation import (
    APPLICATION_CONTEXT_NAME_NOT_SUPPORTED,
    CALLED_AE_TITLE_NOT_RECOGNIZED,
    CALLING_AE_TITLE_NOT_RECOGNIZED,
    NO_REASON_GIVEN,
    Acceptance,
    agreed_contexts,
    answer_contexts,
    build_answer,
    incoming_request,
    refusal_of,
)
from sonarium.net.settings import AssociationSettings
from sonarium.wire.upper_layer.pdu import AssociateRQ
from sonarium.wire.upper_layer.presentation_context import (
    AnsweredContext,
    ContextResult,
    ProposedContext,
)
from sonarium.wire.upper_layer.user_information import (
    AsynchronousOperationsWindow,
    RoleSelection,
    UserIdentity,
    UserIdentityType,
    UserInformation,
)

SETTINGS = AssociationSettings(maximum_operations=8)
REQUEST = AssociateRQ(
    "ARCHIVE",
    "SCANNER",
    (ProposedContext(1, "1.2", ("1.3", "1.4")), ProposedContext(3, "1.5", ("1.3",))),
    UserInformation(16384, "9.9"),
)
TAKE_BOTH = Acceptance(contexts={1: "1.4", 3: "1.3"})


def asking(**user_information: object) -> AssociateRQ:
    user = replace(REQUEST.user_information, **user_information)  # type: ignore[arg-type]
    return replace(REQUEST, user_information=user)


def test_contexts_are_answered_one_by_one() -> None:
    acceptance = Acceptance(contexts={1: "1.4", 3: ContextResult.USER_REJECTION})
    answer = build_answer(REQUEST, acceptance, SETTINGS)
    assert answer.presentation_contexts == (
        AnsweredContext(1, ContextResult.ACCEPTANCE, "1.4"),
        AnsweredContext(3, ContextResult.USER_REJECTION, "1.3"),
    )
    assert answer.user_information.implementation_class_uid == IMPLEMENTATION_CLASS_UID


def test_contexts_left_out_are_refused() -> None:
    answer = build_answer(REQUEST, Acceptance(contexts={}), SETTINGS)
    assert {context.result for context in answer.presentation_contexts} == {ContextResult.NO_REASON}


def test_one_rule_answers_every_context() -> None:
    request = incoming_request(REQUEST, "10.0.0.1", None)
    assert answer_contexts(request, lambda context: context.transfer_syntaxes[-1]) == {
        1: "1.4",
        3: "1.3",
    }


def test_a_request_knows_where_it_came_from() -> None:
    assert not incoming_request(REQUEST, "10.0.0.1", None).secured
    anonymous = incoming_request(REQUEST, "10.0.0.1", b"")
    assert (anonymous.secured, anonymous.peer_certificate) == (True, None)
    assert incoming_request(REQUEST, "10.0.0.1", b"DER").peer_certificate == b"DER"


@pytest.mark.parametrize(
    ("asked", "offered", "answered"),
    [
        (None, None, None),
        ((5, 1), None, (5, 1)),
        ((0, 20), None, (8, 8)),
        ((0, 0), (0, 0), (0, 0)),
        ((9, 9), (2, 1), (2, 1)),
    ],
)
def test_the_window_is_never_larger_than_asked_or_offered(
    asked: tuple[int, int] | None,
    offered: tuple[int, int] | None,
    answered: tuple[int, int] | None,
) -> None:
    def window(numbers: tuple[int, int] | None) -> AsynchronousOperationsWindow | None:
        return None if numbers is None else AsynchronousOperationsWindow(*numbers)

    answer = build_answer(
        asking(window=window(asked)), replace(TAKE_BOTH, window=window(offered)), SETTINGS
    )
    assert answer.user_information.window == window(answered)


@pytest.mark.parametrize("wants_response", [True, False])
def test_a_user_identity_response_goes_only_to_who_asked_for_it(wants_response: bool) -> None:
    identity = UserIdentity(UserIdentityType.KERBEROS, wants_response, b"ticket")
    acceptance = replace(TAKE_BOTH, user_identity_response=b"server ticket")
    answer = build_answer(asking(user_identity=identity), acceptance, SETTINGS)
    expected = b"server ticket" if wants_response else None
    assert answer.user_information.user_identity_response == expected


def test_extended_negotiation_answers_only_what_was_asked() -> None:
    acceptance = replace(TAKE_BOTH, extended_negotiation={"1.2": b"\1", "1.5": b"\1"})
    answer = build_answer(asking(extended_negotiation={"1.2": b"\1\1"}), acceptance, SETTINGS)
    assert answer.user_information.extended_negotiation == {"1.2": b"\1"}


BOOLEANS = st.booleans()
ROLES = st.builds(RoleSelection, st.just("1.2"), BOOLEANS, BOOLEANS)


@given(asked=ROLES, offered=st.none() | ROLES)
def test_both_sides_work_out_the_same_roles_and_none_that_was_not_asked(
    asked: RoleSelection, offered: RoleSelection | None
) -> None:
    request = asking(roles=(asked,))
    acceptance = replace(TAKE_BOTH, roles={"1.2": offered} if offered else {})
    answer = build_answer(request, acceptance, SETTINGS)
    ours = agreed_contexts(request, answer, is_requestor=False)
    theirs = agreed_contexts(request, answer, is_requestor=True)
    assert (ours[1].as_scp, ours[1].as_scu) == (theirs[1].as_scu, theirs[1].as_scp)
    if offered is None:
        assert (theirs[1].as_scu, theirs[1].as_scp) == (True, False)
    else:
        assert theirs[1].as_scu is (asked.scu_role and offered.scu_role)
        assert theirs[1].as_scp is (asked.scp_role and offered.scp_role)
    assert ours[3] == AcceptedContext(3, "1.5", "1.3", as_scu=False, as_scp=True)


def test_an_answer_with_what_was_not_proposed_agrees_to_nothing() -> None:
    answer = build_answer(REQUEST, TAKE_BOTH, SETTINGS)
    odd = replace(
        answer,
        presentation_contexts=(
            AnsweredContext(1, ContextResult.ACCEPTANCE, "6.6.6"),
            AnsweredContext(7, ContextResult.ACCEPTANCE, "1.3"),
        ),
    )
    assert agreed_contexts(REQUEST, odd, is_requestor=True) == {}


def test_nobody_can_accept_another_application_context() -> None:
    other = replace(REQUEST, application_context_name="1.2.3")
    assert refusal_of(other) == APPLICATION_CONTEXT_NAME_NOT_SUPPORTED


@pytest.mark.parametrize("length", [1, 127])
def test_a_peer_that_takes_only_crumbs_is_refused(length: int) -> None:
    assert refusal_of(asking(maximum_length_received=length)) == NO_REASON_GIVEN


def test_nobody_is_accepted_without_a_name() -> None:
    assert refusal_of(replace(REQUEST, called_ae_title="")) == CALLED_AE_TITLE_NOT_RECOGNIZED
    assert refusal_of(replace(REQUEST, calling_ae_title="")) == CALLING_AE_TITLE_NOT_RECOGNIZED


def test_an_association_for_nothing_is_refused() -> None:
    assert refusal_of(replace(REQUEST, presentation_contexts=())) == NO_REASON_GIVEN


def test_an_ordinary_request_is_left_to_the_face() -> None:
    assert refusal_of(REQUEST) is None
    assert refusal_of(asking(maximum_length_received=0)) is None
