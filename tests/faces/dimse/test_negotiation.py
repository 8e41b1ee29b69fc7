from dataclasses import replace

from tests.faces.dimse.entity import MemoryCallers

from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from sonarium.domain.device import DevicePermission
from sonarium.faces.dimse.negotiation import Negotiator
from sonarium.faces.dimse.settings import DimseSettings
from sonarium.faces.dimse.sop_classes import (
    STORAGE_COMMITMENT_PUSH_MODEL,
    STUDY_ROOT,
    VERIFICATION_SOP_CLASS,
)
from sonarium.net.negotiation import (
    CALLED_AE_TITLE_NOT_RECOGNIZED,
    CALLING_AE_TITLE_NOT_RECOGNIZED,
    TEMPORARY_CONGESTION,
    Acceptance,
    AssociateRequest,
    Rejection,
)
from sonarium.services.callers import CallerRefused, DevicesUnread
from sonarium.wire.upper_layer.presentation_context import ContextResult, ProposedContext
from sonarium.wire.upper_layer.user_information import (
    AsynchronousOperationsWindow,
    RoleSelection,
    UserIdentity,
    UserIdentityType,
)

US_IMAGE = "1.2.840.10008.5.1.4.1.1.6.1"
PLAIN = (IMPLICIT_VR_LITTLE_ENDIAN,)


def ask(*contexts: tuple[str, tuple[str, ...]]) -> AssociateRequest:
    return AssociateRequest(
        calling_ae_title="SCANNER",
        called_ae_title="SONARIUM",
        peer_address="127.0.0.1",
        presentation_contexts=tuple(
            ProposedContext(2 * at + 1, *context) for at, context in enumerate(contexts)
        ),
    )


def negotiate(
    request: AssociateRequest, callers: MemoryCallers | None = None, **settings: bool | int
) -> Acceptance | Rejection:
    return Negotiator(DimseSettings.model_validate(settings), callers or MemoryCallers()).negotiate(
        request
    )


def accepted(
    request: AssociateRequest, callers: MemoryCallers | None = None, **settings: bool | int
) -> Acceptance:
    answer = negotiate(request, callers, **settings)
    assert isinstance(answer, Acceptance)
    return answer


def test_another_called_ae_title_is_rejected() -> None:
    assert (
        negotiate(replace(ask((US_IMAGE, PLAIN)), called_ae_title="OTHER"))
        == CALLED_AE_TITLE_NOT_RECOGNIZED
    )


def test_any_called_ae_title_is_accepted_where_the_setting_says_so() -> None:
    assert accepted(replace(ask((US_IMAGE, PLAIN)), called_ae_title="X"), any_called_ae_title=True)


def test_each_context_gets_its_own_answer() -> None:
    answer = accepted(
        ask(
            (US_IMAGE, (EXPLICIT_VR_LITTLE_ENDIAN,)),
            ("1.2.840.10008.5.1.1.9", PLAIN),
            (VERIFICATION_SOP_CLASS, ("1.2.840.10008.1.2.4.50",)),
        )
    )
    assert answer.contexts == {
        1: EXPLICIT_VR_LITTLE_ENDIAN,
        3: ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED,
        5: ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED,
    }


def test_a_get_requestor_may_be_scp_of_storage_and_nothing_else() -> None:
    roles = {
        uid: RoleSelection(uid, scu_role=True, scp_role=True)
        for uid in (US_IMAGE, STORAGE_COMMITMENT_PUSH_MODEL, "1.2.840.10008.5.1.1.9")
    }
    request = ask((US_IMAGE, PLAIN), (STORAGE_COMMITMENT_PUSH_MODEL, PLAIN))
    answer = accepted(replace(request, roles=roles))
    assert answer.roles == {
        US_IMAGE: RoleSelection(US_IMAGE, scu_role=True, scp_role=True),
        STORAGE_COMMITMENT_PUSH_MODEL: RoleSelection(
            STORAGE_COMMITMENT_PUSH_MODEL, scu_role=True, scp_role=False
        ),
    }


def test_extensions_are_agreed_byte_by_byte() -> None:
    request = ask(
        (STUDY_ROOT.find_sop_class_uid, PLAIN),
        (STUDY_ROOT.move_sop_class_uid, PLAIN),
        (US_IMAGE, PLAIN),
    )
    asked = {
        STUDY_ROOT.find_sop_class_uid: b"\x01\x00\x01\x01\x01",
        STUDY_ROOT.move_sop_class_uid: b"\x01",
        US_IMAGE: b"\x00\x00\x00\x00\x00",
        "1.2.3": b"\x01",
    }
    answer = accepted(replace(request, extended_negotiation=asked))
    assert answer.extended_negotiation == {
        STUDY_ROOT.find_sop_class_uid: b"\x01\x00\x01\x00\x00",
        STUDY_ROOT.move_sop_class_uid: b"\x01",
        US_IMAGE: b"\x02\x00\x03\x00\x00",
    }


def test_the_operations_window_is_bounded_by_the_setting() -> None:
    request = ask((US_IMAGE, PLAIN))
    for asked, given in ((2, 2), (9, 4), (0, 4)):
        answer = accepted(
            replace(request, window=AsynchronousOperationsWindow(asked, 7)), maximum_operations=4
        )
        assert answer.window == AsynchronousOperationsWindow(given, 1)
    assert accepted(request).window is None


def test_a_user_identity_that_nobody_checked_is_not_confirmed() -> None:
    identity = UserIdentity(
        UserIdentityType.USERNAME, positive_response_requested=True, primary_field=b"user"
    )
    answer = accepted(replace(ask((US_IMAGE, PLAIN)), user_identity=identity))
    assert answer.user_identity_response is None


def callers(*permissions: DevicePermission) -> MemoryCallers:
    one = MemoryCallers()
    one.permissions = frozenset(permissions)
    return one


def test_an_unknown_caller_is_rejected_for_good_and_an_unread_one_for_now() -> None:
    strangers = callers()
    strangers.refusal = CallerRefused("unknown")
    assert negotiate(ask((US_IMAGE, PLAIN)), strangers) == CALLING_AE_TITLE_NOT_RECOGNIZED
    strangers.refusal = DevicesUnread("not yet")
    assert negotiate(ask((US_IMAGE, PLAIN)), strangers) == TEMPORARY_CONGESTION


def test_a_device_opens_only_the_contexts_that_it_may_use() -> None:
    services = {
        DevicePermission.STORE: (US_IMAGE, STORAGE_COMMITMENT_PUSH_MODEL),
        DevicePermission.QUERY: (STUDY_ROOT.find_sop_class_uid,),
        DevicePermission.RETRIEVE: (STUDY_ROOT.move_sop_class_uid, STUDY_ROOT.get_sop_class_uid),
    }
    everything = [VERIFICATION_SOP_CLASS, *(uid for uids in services.values() for uid in uids)]
    request = ask(*((uid, PLAIN) for uid in everything))
    for permission, uids in services.items():
        answer = accepted(request, callers(permission))
        for context in request.presentation_contexts:
            opens = context.abstract_syntax in (VERIFICATION_SOP_CLASS, *uids)
            result = answer.contexts[context.context_id]
            assert (result is not ContextResult.USER_REJECTION) is opens


def test_one_that_only_retrieves_may_take_objects_by_c_get_and_store_none() -> None:
    role = RoleSelection(US_IMAGE, scu_role=True, scp_role=True)
    request = replace(ask((US_IMAGE, PLAIN)), roles={US_IMAGE: role})
    answer = accepted(request, callers(DevicePermission.RETRIEVE))
    assert answer.contexts == {1: IMPLICIT_VR_LITTLE_ENDIAN}
    assert answer.roles == {US_IMAGE: RoleSelection(US_IMAGE, scu_role=False, scp_role=True)}
