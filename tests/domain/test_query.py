from sonarium.domain.query import MatchKey, Query, QueryLevel


def test_a_key_without_values_matches_everything() -> None:
    query = Query(level=QueryLevel.STUDY, keys=(MatchKey(0x00100010, "PN"),))
    assert query.keys[0].values == ()
    assert query.limit is None
