"""How the keys are, for whoever looks after the archive; nothing is done with them here."""

from datetime import datetime
from typing import Self

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency

from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.model import UIModel
from sonarium.faces.web_access import access
from sonarium.services.key_state import CertificateState, KeyStateService, RootKeyState
from sonarium.services.study_keys import Erasure


class RootKeyDetail(UIModel, frozen=True):
    """A root key by its id; `made_at` (UTC) is empty where it is not on this machine."""

    key_id: str = msgspec.field(name="keyID")
    made_at: str | None
    is_current: bool
    wraps: int

    @classmethod
    def of(cls, root: RootKeyState) -> Self:
        """Return a root key for the page."""
        return cls(
            key_id=root.key_id,
            made_at=_moment(root.made_at),
            is_current=root.is_current,
            wraps=root.wraps,
        )


class ErasureDetail(UIModel, frozen=True):
    """Keys destroyed on one day, and when no backup opens them any more. Moments in UTC."""

    destroyed_on: str
    keys: int
    erased_on: str

    @classmethod
    def of(cls, erasure: Erasure) -> Self:
        """Return an erasure for the page."""
        return cls(
            destroyed_on=erasure.destroyed_on.isoformat(),
            keys=erasure.keys,
            erased_on=erasure.erased_on.isoformat(),
        )


class CertificateDetail(UIModel, frozen=True):
    """A certificate of ours; `ends_at` (UTC) is empty where its file cannot be read."""

    door: str
    subject: str
    ends_at: str | None

    @classmethod
    def of(cls, certificate: CertificateState) -> Self:
        """Return a certificate for the page."""
        return cls(
            door=certificate.door,
            subject=certificate.subject,
            ends_at=_moment(certificate.ends_at),
        )


class KeyStateDetail(UIModel, frozen=True):
    """What there is to know of the keys; none of them is told."""

    seals_new: bool
    in_clear: int
    """Objects that lie in clear, from before they were encrypted; those set aside included."""
    is_kit_printed: bool
    roots: list[RootKeyDetail]
    erasures: list[ErasureDetail]
    certificates: list[CertificateDetail]


@get("/keys", summary="How the keys are")
async def show_keys(key_states: NamedDependency[KeyStateService]) -> KeyStateDetail:
    """Tell root keys by their ids, what was erased and when for good, and when certificates end."""
    state = await key_states.now()
    return KeyStateDetail(
        seals_new=state.seals_new,
        in_clear=state.in_clear.instances + state.in_clear.set_aside,
        is_kit_printed=state.is_kit_printed,
        roots=[RootKeyDetail.of(one) for one in state.roots],
        erasures=[ErasureDetail.of(one) for one in state.erasures],
        certificates=[CertificateDetail.of(one) for one in state.certificates],
    )


def key_routes() -> Router:
    """Return the route of the keys."""
    return Router(
        "/api",
        route_handlers=[show_keys],
        opt=access(Permission.MANAGE_ARCHIVE),
        tags=["upkeep"],
    )


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
