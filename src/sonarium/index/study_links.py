"""Links by which somebody outside looks at one study."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction

ADD_STUDY_LINK = sql_file("sonarium.index", "add_study_link")
TRY_STUDY_LINK = sql_file("sonarium.index", "try_study_link")
FIND_STUDY_LINK = sql_file("sonarium.index", "find_study_link")
WHY_LINK_REFUSED = sql_file("sonarium.index", "why_link_refused")
STUDY_LINKS_OF = sql_file("sonarium.index", "study_links_of")
REVOKE_STUDY_LINK = sql_file("sonarium.index", "revoke_study_link")

_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class StudyLink:
    """A link, without its secret."""

    link_ref: int
    study_instance_uid: str
    user_name: str
    """Who made it."""
    recipient: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    opened: int
    opened_at: datetime | None
    waits_for_code: bool


@dataclass(frozen=True, slots=True)
class LinkStanding:
    """How a link stands, for whoever has its secret."""

    is_revoked: bool
    is_over: bool
    is_used: bool
    attempts_left: int


@dataclass(frozen=True, slots=True)
class FoundLink:
    """Whose view of which study a visitor has."""

    link_ref: int
    user_name: str
    roles: list[str]
    person_ref: int
    departments: list[str]
    physician_ids: list[str]
    study_instance_uid: str


async def add_study_link(
    tx: Transaction,
    secret_hash: bytes,
    code_hash: bytes,
    *,
    study_instance_uid: str,
    person_ref: int,
    recipient: str,
    lifetime: timedelta,
) -> int | None:
    """Keep a link; None where the study is not here."""
    rows = await tx.values(
        ADD_STUDY_LINK,
        secret=secret_hash,
        code=code_hash,
        study=study_instance_uid,
        person=person_ref,
        recipient=recipient,
        lifetime=lifetime,
    )
    return int(rows[0][0]) if rows else None


async def try_study_link(
    tx: Transaction, secret_hash: bytes, code_hash: bytes, visit_hash: bytes, most: int
) -> str | None:
    """Use the code of a link; return its study, or None where link or code do not hold."""
    rows = await tx.values(
        TRY_STUDY_LINK, secret=secret_hash, code=code_hash, visit=visit_hash, most=most
    )
    return str(rows[0][1]) if rows and rows[0][0] else None


async def find_link_standing(tx: Transaction, secret_hash: bytes, most: int) -> LinkStanding | None:
    """Return how a link stands; None where no link has this secret."""
    return await tx.find(LinkStanding, WHY_LINK_REFUSED, secret=secret_hash, most=most)


async def find_study_link(tx: Transaction, visit_hash: bytes) -> FoundLink | None:
    """Return whose view a visitor has, as long as the link holds."""
    return await tx.find(FoundLink, FIND_STUDY_LINK, visit=visit_hash)


async def study_links_of(
    tx: Transaction, *, study_instance_uid: str | None, user_name: str | None
) -> list[StudyLink]:
    """List links to one study or by one person, newest first."""
    return await tx.all(
        StudyLink,
        STUDY_LINKS_OF,
        study=study_instance_uid,
        user_name=user_name,
        limit=_MOST,
    )


async def revoke_study_link(tx: Transaction, link_ref: int, user_name: str | None) -> bool:
    """Take back a link, of this person where one is named; False where there is none."""
    return await tx.execute(REVOKE_STUDY_LINK, link_ref=link_ref, user_name=user_name) > 0
