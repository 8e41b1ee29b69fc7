"""The reading list's marks: which studies are urgent, and which were read as they are now."""

from collections.abc import Sequence
from typing import Final

from sonarium.db.pool import Database
from sonarium.domain.access import Viewer
from sonarium.index import study_marks as rows
from sonarium.index.study_list import StudyLine, find_study_line
from sonarium.index.study_marks import StudyMark
from sonarium.index.visibility import visible_studies
from sonarium.services.access import AccessService
from sonarium.services.audit.rights import note_study_change

__all__ = ["StudyMark", "StudyMarkService"]

_MOST_URGENT: Final = 200


class StudyMarkService:
    """Marks studies, for everybody who sees them."""

    def __init__(self, database: Database, access: AccessService) -> None:
        self._database = database
        self._access = access

    async def of(self, viewer: Viewer, studies: Sequence[str]) -> list[StudyMark]:
        """List the marks of those studies that somebody may see."""
        seen = await self._access.seen(viewer, studies)
        async with self._database.transaction() as tx:
            return await rows.study_marks(tx, sorted(seen))

    async def change(
        self,
        viewer: Viewer,
        studies: Sequence[str],
        by: str,
        *,
        is_read: bool | None = None,
        is_urgent: bool | None = None,
    ) -> list[StudyMark]:
        """Set or take back marks of those studies that somebody may see; None leaves a mark."""
        seen = sorted(await self._access.seen(viewer, studies))
        async with self._database.transaction() as tx:
            if is_read is not None:
                await rows.mark_studies_read(tx, seen, by, is_read=is_read)
            if is_urgent is not None:
                await rows.mark_studies_urgent(tx, seen, by, is_urgent=is_urgent)
            await note_study_change(tx, seen, _said(is_read, is_urgent))
            return await rows.study_marks(tx, seen)

    async def urgent(self, viewer: Viewer, limit: int) -> list[StudyLine]:
        """List urgent studies that wait to be read, the longest waiting first."""
        async with self._database.transaction() as tx:
            waiting = await rows.urgent_studies(tx, _MOST_URGENT)
        async with self._access.looking(viewer, searches="urgent, not read") as tx:
            seen = await visible_studies(tx, waiting)
            shown = [uid for uid in waiting if uid in seen][:limit]
            found = [await find_study_line(tx, uid) for uid in shown]
        return [line for line in found if line is not None]


def _said(is_read: bool | None, is_urgent: bool | None) -> str:  # noqa: FBT001  # as `change`
    """Say what was marked, for the audit trail."""
    marks = {"read": is_read, "urgent": is_urgent}
    said = (
        f"marked as {'' if is_set else 'not '}{name}"
        for name, is_set in marks.items()
        if is_set is not None
    )
    return "; ".join(said)
