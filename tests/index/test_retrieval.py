import pytest
from tests.index.synthetic import instance, many, patient

from sonarium.db.pool import Database
from sonarium.domain.access import program_viewer
from sonarium.domain.query import QueryLevel
from sonarium.domain.retrieval import RetrieveRequest
from sonarium.index.ingest import add_instances
from sonarium.index.retrieval import INSTANCES_TO_RETRIEVE, instances_to_retrieve
from sonarium.index.visibility import opening

PATIENT, STUDY, SERIES, IMAGE = QueryLevel


@pytest.fixture
async def filled(database: Database) -> Database:
    arrivals = [
        *many("1.2.1", range(3, 0, -1)),
        instance("1.2.1", "1.2.1.2", "1.2.1.2.1"),
        instance("1.2.2", "1.2.2.1", "1.2.2.1.1", patient_attributes=patient("SYN2")),
    ]
    async with database.transaction() as tx:
        await add_instances(tx, arrivals)
    return database


async def uids(database: Database, request: RetrieveRequest) -> list[str]:
    async with database.transaction() as tx:
        return [row.sop_instance_uid for row in await instances_to_retrieve(tx, request)]


async def test_each_level_names_its_instances_in_reading_order(filled: Database) -> None:
    first = ["1.2.1.1.1", "1.2.1.1.2", "1.2.1.1.3"]
    of_patient = await uids(filled, RetrieveRequest(PATIENT, patient_id="SYN1"))
    assert of_patient == [*first, "1.2.1.2.1"]
    of_study = await uids(filled, RetrieveRequest(STUDY, study_instance_uids=("1.2.1",)))
    assert of_study == of_patient
    of_series = await uids(filled, RetrieveRequest(SERIES, series_instance_uids=("1.2.1.1",)))
    assert of_series == first
    of_uids = RetrieveRequest(IMAGE, sop_instance_uids=("1.2.2.1.1", "1.2.1.1.2"))
    assert await uids(filled, of_uids) == ["1.2.1.1.2", "1.2.2.1.1"]


async def test_several_studies_come_one_after_the_other(filled: Database) -> None:
    both = RetrieveRequest(STUDY, study_instance_uids=("1.2.2", "1.2.1"))
    assert (await uids(filled, both))[-1] == "1.2.2.1.1"
    assert len(await uids(filled, both)) == 5


@pytest.mark.parametrize(
    "request_",
    [
        RetrieveRequest(STUDY, patient_id="SYN2", study_instance_uids=("1.2.1",)),
        RetrieveRequest(SERIES, study_instance_uids=("1.2.2",), series_instance_uids=("1.2.1.1",)),
        RetrieveRequest(IMAGE, series_instance_uids=("1.2",), sop_instance_uids=("1.2.1.1.1",)),
        RetrieveRequest(PATIENT, patient_id="SYN"),
        RetrieveRequest(PATIENT, patient_id="SYN*"),
        RetrieveRequest(PATIENT),
    ],
)
async def test_keys_of_higher_levels_narrow(filled: Database, request_: RetrieveRequest) -> None:
    assert await uids(filled, request_) == []


@pytest.mark.parametrize("level", QueryLevel)
async def test_what_is_asked_for_somebody_is_found_by_an_index(
    filled: Database, level: QueryLevel
) -> None:
    """The view is a security barrier: what is asked of it must go down to its tables."""
    asked: dict[str, object] = {"studies": None, "series": None, "instances": None}
    asked["patient_id"] = "SYN1"
    named = {STUDY: "studies", SERIES: "series", IMAGE: "instances"}.get(level)
    if named is not None:
        asked |= {"patient_id": None, named: ["1.2.1"]}
    explained = b"EXPLAIN " + INSTANCES_TO_RETRIEVE[level]
    async with filled.transaction(opening(program_viewer("X"))) as tx:
        await tx.execute(b"SET LOCAL enable_seqscan = off")
        plan = "\n".join(row[0] for row in await tx.values(explained, **asked))
    assert "Seq Scan on instance" not in plan
    assert {
        PATIENT: "Index Cond: (patient_id =",
        STUDY: "Index Cond: (study_instance_uid =",
        SERIES: "Index Cond: (series_instance_uid =",
        IMAGE: "Index Cond: (sop_instance_uid =",
    }[level] in plan
