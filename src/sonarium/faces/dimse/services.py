"""The services that the DICOM face translates for."""

from dataclasses import dataclass

from sonarium.services.callers import CallerService
from sonarium.services.commitment import CommitmentService
from sonarium.services.move import MoveService
from sonarium.services.query import QueryService
from sonarium.services.store import StoreService


@dataclass(frozen=True, slots=True)
class DimseServices:
    """What an association may reach."""

    callers: CallerService
    store: StoreService
    query: QueryService
    move: MoveService
    commitment: CommitmentService
