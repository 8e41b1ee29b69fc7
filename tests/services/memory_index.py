"""An index in memory that can be away, and that cannot take everything."""

from collections.abc import Sequence

from sonarium.db.errors import DatabaseUnavailable
from sonarium.index.ingest import NewInstance, Placement
from sonarium.services.indexing import RowsRefused


class MemoryIndex:
    """Keeps arrivals; `failures` counts how often it is going to be away."""

    def __init__(self) -> None:
        self.instances: dict[str, NewInstance] = {}
        self.quarantine: dict[str, str] = {}
        self.settled: set[str] = set()
        self.damaged: set[str] = set()
        self.poison: set[str] = set()
        self.unspeakable: set[str] = set()
        self.groups: list[int] = []
        self.failures = 0
        self.fails_after_commit = False

    async def add(self, arrivals: Sequence[NewInstance]) -> list[Placement]:
        self._be_away(before=True)
        if any(one.blob_key in self.poison for one in arrivals):
            raise RowsRefused("poison")
        placements = [self._place(one) for one in arrivals]
        self.groups.append(len(arrivals))
        self._be_away(before=False)
        return placements

    async def set_aside(self, arrival: NewInstance, reason: str) -> None:
        if arrival.blob_key in self.unspeakable:
            raise RowsRefused("unspeakable")
        self.quarantine[arrival.blob_key] = reason

    async def mend(self, arrivals: Sequence[NewInstance]) -> list[str]:
        unneeded: list[str] = []
        for one in arrivals:
            kept = self.instances[one.sop_instance_uid]
            if kept.blob_key == one.blob_key:
                continue
            if kept.blob_key in self.damaged:
                self.instances[one.sop_instance_uid] = one
                unneeded.append(kept.blob_key)
            else:
                unneeded.append(one.blob_key)
        return unneeded

    async def settle_volumes(self, volumes: Sequence[str]) -> None:
        self._be_away(before=True)
        self.settled.update(volumes)

    async def settled_volumes(self, volumes: Sequence[str]) -> set[str]:
        return self.settled & set(volumes)

    async def unknown(self, keys: Sequence[str]) -> list[str]:
        known = {one.blob_key for one in self.instances.values()} | self.quarantine.keys()
        return [key for key in keys if key not in known]

    def _be_away(self, *, before: bool) -> None:
        if self.failures and before != self.fails_after_commit:
            self.failures -= 1
            raise DatabaseUnavailable("away")

    def _place(self, one: NewInstance) -> Placement:
        kept = self.instances.setdefault(one.sop_instance_uid, one)
        if kept.blob_key == one.blob_key:
            return Placement.STORED
        if kept.sha256 == one.sha256:
            return Placement.ALREADY_PRESENT
        self.quarantine[one.blob_key] = "conflict"
        return Placement.CONFLICT
