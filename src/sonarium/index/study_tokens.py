"""Tokens that open one study for some minutes."""

from dataclasses import dataclass
from datetime import timedelta

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction

PUT_STUDY_TOKEN = sql_file("sonarium.index", "put_study_token")
FIND_STUDY_TOKEN = sql_file("sonarium.index", "find_study_token")


@dataclass(frozen=True, slots=True)
class FoundStudyToken:
    """Who opened which study."""

    user_name: str
    display_name: str
    roles: list[str]
    study_instance_uid: str
    person_ref: int
    departments: list[str]
    physician_ids: list[str]


async def put_study_token(
    tx: Transaction,
    secret_hash: bytes,
    session_ref: int,
    study_instance_uid: str,
    lifetime: timedelta,
) -> bool:
    """Keep a token; False where the study is not here."""
    kept = await tx.execute(
        PUT_STUDY_TOKEN,
        secret=secret_hash,
        session=session_ref,
        study=study_instance_uid,
        lifetime=lifetime,
    )
    return kept > 0


async def find_study_token(tx: Transaction, secret_hash: bytes) -> FoundStudyToken | None:
    """Return what a token that still holds opens, and for whom."""
    return await tx.find(FoundStudyToken, FIND_STUDY_TOKEN, secret=secret_hash)
