"""Which instances a C-MOVE or C-GET asks for."""

from typing import Final

from sonarium.db.sql import sql_file
from sonarium.db.transaction import Transaction
from sonarium.domain.query import QueryLevel
from sonarium.domain.retrieval import RetrieveRequest
from sonarium.index.instances import InstanceRow

INSTANCES_TO_RETRIEVE: Final = {
    QueryLevel.PATIENT: sql_file("sonarium.index", "instances_of_patient"),
    QueryLevel.STUDY: sql_file("sonarium.index", "instances_of_studies"),
    QueryLevel.SERIES: sql_file("sonarium.index", "instances_of_series"),
    QueryLevel.IMAGE: sql_file("sonarium.index", "instances_by_uid"),
}


async def instances_to_retrieve(tx: Transaction, request: RetrieveRequest) -> list[InstanceRow]:
    """List the instances that a request names, in reading order."""
    return await tx.all(
        InstanceRow,
        INSTANCES_TO_RETRIEVE[request.level],
        patient_id=request.patient_id,
        studies=list(request.study_instance_uids) or None,
        series=list(request.series_instance_uids) or None,
        instances=list(request.sop_instance_uids) or None,
    )
