from sonarium.dicom.uids import transfer_syntax
from sonarium.services.move_sub_operations import LOSSLESS_TARGETS, SubOperations


def test_no_target_of_transcoding_loses_anything_by_itself() -> None:
    assert not any(transfer_syntax(uid).is_lossy for uid in LOSSLESS_TARGETS)


def test_what_every_peer_must_take_comes_first() -> None:
    assert [transfer_syntax(uid).is_encapsulated for uid in LOSSLESS_TARGETS[:2]] == [False] * 2


def test_a_retrieval_begins_with_everything_remaining() -> None:
    counts = SubOperations(remaining=3)
    assert (counts.completed, counts.failed, counts.warning) == (0, 0, 0)
    assert not counts.is_cancelled
