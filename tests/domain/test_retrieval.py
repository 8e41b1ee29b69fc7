from sonarium.domain.query import QueryLevel
from sonarium.domain.retrieval import RetrieveRequest


def test_a_retrieval_narrows_by_nothing_until_told() -> None:
    request = RetrieveRequest(QueryLevel.STUDY)
    assert request.patient_id is None
    assert request.study_instance_uids == ()
