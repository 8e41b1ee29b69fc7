"""Storage as SCU (PS3.4 Annex B): send instances over an association.

The association may be one that we opened (C-MOVE, routing), or that of a C-GET requestor who
takes the SCP role. What is sent comes as bytes or as a stream; where it is read from, and
whether it is transcoded on the way, is for the caller to decide.
"""

from collections.abc import AsyncIterable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sonarium.dicom.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from sonarium.net.association import AcceptedContext, Association
from sonarium.peers.errors import ContextRefused
from sonarium.peers.responses import status_of_response
from sonarium.wire.dimse.command import Command, CommandField, Priority
from sonarium.wire.upper_layer.presentation_context import ProposedContext

FALLBACK_SYNTAXES: Final = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
"""Proposed in one context beside each stored syntax; Implicit VR every peer must take."""

InstanceKind = tuple[str, str]
"""SOP Class UID and transfer syntax UID of a stored instance."""


@dataclass(frozen=True, slots=True)
class MoveOriginator:
    """Who asked for the C-MOVE that a C-STORE belongs to (PS3.7 9.1.1.1)."""

    ae_title: str
    message_id: int


def plan_associations(
    kinds: Iterable[InstanceKind], maximum_contexts: int
) -> list[tuple[tuple[ProposedContext, ...], frozenset[InstanceKind]]]:
    """Plan presentation contexts, and which kinds of instances each association carries.

    Each stored syntax gets a context of its own, so that the peer answers for each one; a
    further context of each SOP class offers the uncompressed syntaxes to fall back to.
    """
    by_class: dict[str, list[str]] = {}
    for sop_class_uid, transfer_syntax_uid in sorted(set(kinds)):
        by_class.setdefault(sop_class_uid, []).append(transfer_syntax_uid)
    plans = []
    contexts: list[tuple[str, tuple[str, ...]]] = []
    carried: list[InstanceKind] = []
    for sop_class_uid, syntaxes in by_class.items():
        for group in _groups(syntaxes, maximum_contexts - 1):
            offers: list[tuple[str, ...]] = [*((uid,) for uid in group), FALLBACK_SYNTAXES]
            wanted = [(sop_class_uid, offer) for offer in offers]
            if len(contexts) + len(wanted) > maximum_contexts:
                plans.append((_numbered(contexts), frozenset(carried)))
                contexts, carried = [], []
            contexts += wanted
            carried += [(sop_class_uid, uid) for uid in group]
    if contexts:
        plans.append((_numbered(contexts), frozenset(carried)))
    return plans


def _groups(syntaxes: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (syntaxes[at : at + size] for at in range(0, len(syntaxes), size))


def _numbered(contexts: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[ProposedContext, ...]:
    return tuple(
        ProposedContext(2 * index + 1, abstract, transfer)
        for index, (abstract, transfer) in enumerate(contexts)
    )


class StorageSCU:
    """Sends C-STORE requests on one association, one at a time."""

    def __init__(self, association: Association) -> None:
        self._association = association
        self._contexts: dict[str, dict[str, AcceptedContext]] = {}
        for context in association.contexts.values():
            if context.as_scu:
                syntaxes = self._contexts.setdefault(context.abstract_syntax, {})
                syntaxes.setdefault(context.transfer_syntax, context)

    @property
    def is_usable(self) -> bool:
        """Tell whether the association still stands."""
        return self._association.is_established

    def accepted_syntaxes(self, sop_class_uid: str) -> Sequence[str]:
        """List the transfer syntaxes that the peer takes for a SOP class."""
        return tuple(self._contexts.get(sop_class_uid, ()))

    async def store(
        self,
        sop_class_uid: str,
        sop_instance_uid: str,
        transfer_syntax_uid: str,
        data_set: bytes | memoryview | AsyncIterable[bytes | memoryview],
        *,
        priority: int = Priority.MEDIUM,
        originator: MoveOriginator | None = None,
    ) -> int:
        """Send one instance and return the status that the peer answers.

        Raises:
            ContextRefused: the peer takes no such instance in this syntax.
            AssociationLost: the peer is gone.
        """
        context = self._contexts.get(sop_class_uid, {}).get(transfer_syntax_uid)
        if context is None:
            raise ContextRefused("the peer accepted no presentation context for the instance")
        operation = await self._association.invoke(
            context.context_id,
            Command(
                field=CommandField.C_STORE_RQ,
                affected_sop_class_uid=sop_class_uid,
                affected_sop_instance_uid=sop_instance_uid,
                priority=priority,
                move_originator_ae_title=originator.ae_title if originator else None,
                move_originator_message_id=originator.message_id if originator else None,
                has_data_set=True,
            ),
            data_set,
        )
        response = await operation.response()
        return status_of_response(response.command)
