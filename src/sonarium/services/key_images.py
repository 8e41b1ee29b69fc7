"""Key Image Note [RAD-44]: images marked with a reason, kept as Key Object Selections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sonarium.base.clock import Clock, utc_now
from sonarium.base.errors import RequestError
from sonarium.base.identifiers import new_uid
from sonarium.dicom.header import Header, unpack_header
from sonarium.dicom.json_model import header_to_json
from sonarium.dicom.sr.content import Code, ImageReference
from sonarium.dicom.sr.document_modules import (
    COPIED_TAGS,
    DocumentIdentity,
    Observer,
    ReferencedImage,
)
from sonarium.dicom.sr.key_objects import (
    KEY_OBJECT_SELECTION,
    KeyImages,
    find_reason,
    key_object_document,
    read_key_images,
)
from sonarium.dicom.sr.reading import read_content
from sonarium.domain.access import Viewer
from sonarium.domain.selection import Selection
from sonarium.index.instances import InstanceRow, instances_of
from sonarium.index.opened_instance import find_opened_instance
from sonarium.services.access import AccessService
from sonarium.services.own_documents import store_document
from sonarium.services.store import StoreService
from sonarium.ultrasound.measuring.report_document import uid_from

__all__ = ["KeyImageService", "MarkRefused", "MarkedImage", "MarkedImages", "NoSuchStudy"]

_LONGEST_DESCRIPTION: Final = 1024
_MOST_IMAGES: Final = 500
_MOST_DOCUMENTS: Final = 500


class NoSuchStudy(RequestError):
    """The archive does not hold the study."""


class MarkRefused(RequestError):
    """Images that cannot be marked so; the message says why."""


@dataclass(frozen=True, slots=True)
class MarkedImage:
    """An image, or one frame of it (from 1)."""

    sop_instance_uid: str
    frame: int | None


@dataclass(frozen=True, slots=True)
class MarkedImages:
    """One selection, by us or by others."""

    sop_instance_uid: str
    marked_at: datetime
    marked_by: str
    reason: Code
    description: str
    images: tuple[MarkedImage, ...]


class KeyImageService:
    """Marks images and lists what was marked."""

    def __init__(
        self,
        access: AccessService,
        store: StoreService,
        observer: Observer,
        clock: Clock = utc_now,
    ) -> None:
        self._access = access
        self._store = store
        self._observer = observer
        self._clock = clock

    async def marked(self, viewer: Viewer, study_instance_uid: str) -> list[MarkedImages]:
        """List the selections of a study, oldest first.

        Raises:
            NoSuchStudy: the archive does not hold it.
        """
        rows = await self._rows(viewer, study_instance_uid)
        documents = [row for row in rows if row.sop_class_uid == KEY_OBJECT_SELECTION]
        found = [await self._read(viewer, row) for row in documents[-_MOST_DOCUMENTS:]]
        return [selection for selection in found if selection is not None]

    async def mark(
        self,
        viewer: Viewer,
        study_instance_uid: str,
        reason: str,
        description: str,
        images: Sequence[MarkedImage],
    ) -> list[MarkedImages]:
        """Store a selection and list all.

        Args:
            viewer: who marks.
            study_instance_uid: the study of the images.
            reason: code of a title in `key_objects.REASONS`.
            description: free words, or none.
            images: at least one.

        Raises:
            NoSuchStudy: the archive does not hold the study.
            MarkRefused: what is wrong, in words.
            StorageUnavailable, DatabaseUnavailable: the same may work later.
        """
        title = find_reason(reason)
        if title is None:
            raise MarkRefused("This archive knows no such reason.")
        if not 1 <= len(images) <= _MOST_IMAGES:
            raise MarkRefused(f"Mark at least one image, and {_MOST_IMAGES} at most.")
        if len(description) > _LONGEST_DESCRIPTION:
            raise MarkRefused(f"A description has {_LONGEST_DESCRIPTION} characters at most.")
        rows = {row.sop_instance_uid: row for row in await self._rows(viewer, study_instance_uid)}
        if any(image.sop_instance_uid not in rows for image in images):
            raise MarkRefused("An image that was to be marked is not in the study.")
        await self._store_selection(viewer, study_instance_uid, title, description, images, rows)
        return await self.marked(viewer, study_instance_uid)

    async def _store_selection(
        self,
        viewer: Viewer,
        study_instance_uid: str,
        title: Code,
        description: str,
        images: Sequence[MarkedImage],
        rows: dict[str, InstanceRow],
    ) -> None:
        referenced: dict[str, ReferencedImage] = {}
        items = []
        for image in images:
            row = rows[image.sop_instance_uid]
            referenced[row.sop_instance_uid] = ReferencedImage(
                row.sop_instance_uid,
                row.sop_class_uid,
                row.series_instance_uid,
                row.number_of_frames,
            )
            frames = _frames(image, row)
            items.append(ImageReference(row.sop_class_uid, row.sop_instance_uid, frames))
        header = await self._header(viewer, rows[images[0].sop_instance_uid])
        series_instance_uid = uid_from(f"{study_instance_uid}/key images")
        identity = DocumentIdentity(
            study_instance_uid=study_instance_uid,
            series_instance_uid=series_instance_uid,
            sop_instance_uid=new_uid(),
            instance_number=1
            + sum(row.series_instance_uid == series_instance_uid for row in rows.values()),
            written_at=self._clock().astimezone(),
        )
        document = key_object_document(
            identity,
            header_to_json(header, None, COPIED_TAGS),
            KeyImages(title, description, tuple(items), self._observer.name),
            referenced,
            self._observer,
        )
        await store_document(self._store, document)

    async def _read(self, viewer: Viewer, row: InstanceRow) -> MarkedImages | None:
        content = read_content(header_to_json(await self._header(viewer, row), None))
        selection = read_key_images(content) if content is not None else None
        if selection is None:
            return None
        return MarkedImages(
            sop_instance_uid=row.sop_instance_uid,
            marked_at=row.received_at,
            marked_by=selection.observer,
            reason=selection.reason,
            description=selection.description,
            images=tuple(
                MarkedImage(image.sop_instance_uid, frame)
                for image in selection.images
                for frame in image.frames or (None,)
            ),
        )

    async def _rows(self, viewer: Viewer, study_instance_uid: str) -> list[InstanceRow]:
        async with self._access.looking(viewer, opens=[study_instance_uid]) as tx:
            rows = await instances_of(tx, Selection(study_instance_uid))
        if not rows:
            raise NoSuchStudy("This archive does not hold that study.")
        return rows

    async def _header(self, viewer: Viewer, row: InstanceRow) -> Header:
        selection = Selection(row.study_instance_uid, row.series_instance_uid, row.sop_instance_uid)
        async with self._access.looking(viewer, opens=[row.study_instance_uid]) as tx:
            opened = await find_opened_instance(tx, selection)
        if opened is None:
            raise NoSuchStudy("This archive no longer holds that study.")
        return unpack_header(opened.packed_header)


def _frames(image: MarkedImage, row: InstanceRow) -> tuple[int, ...]:
    """Return the frame to name; a still has none to name, and no frame means all."""
    if image.frame is None or row.number_of_frames <= 1:
        return ()
    if not 1 <= image.frame <= row.number_of_frames:
        raise MarkRefused("A frame that was to be marked is not in its object.")
    return (image.frame,)
