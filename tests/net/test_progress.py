from datetime import timedelta

from sonarium.net.progress import Progress, ProgressWatch
from sonarium.net.settings import AssociationSettings


def new_watch() -> ProgressWatch:
    return ProgressWatch(
        AssociationSettings(
            pdu_timeout=timedelta(seconds=10),
            progress_window=timedelta(seconds=30),
            progress_bytes=1000,
        )
    )


def progress(
    byte_count: int,
    pdu_count: int = 0,
    message_count: int = 0,
    *,
    pdu: bool = False,
    message: bool = False,
) -> Progress:
    return Progress(byte_count, pdu_count, message_count, pdu, message)


def test_a_pdu_has_a_deadline_from_its_first_byte_however_it_drips() -> None:
    watch = new_watch()
    assert watch.begin(100.0, progress(1, pdu=True)) == 110.0
    for second in range(1, 10):
        watch.note(100.0 + second, progress(1 + second, pdu=True))
    assert watch.look(109.9, progress(10, pdu=True)) == 110.0
    assert watch.look(110.0, progress(10, pdu=True)) == "a PDU was not completed in time"


def test_the_next_pdu_has_a_deadline_of_its_own() -> None:
    watch = new_watch()
    watch.begin(100.0, progress(1, pdu=True))
    watch.note(108.0, progress(500, pdu_count=1, pdu=True))
    assert watch.look(110.0, progress(500, pdu_count=1, pdu=True)) == 118.0


def test_a_message_must_bring_enough_in_each_window() -> None:
    watch = new_watch()
    assert watch.begin(100.0, progress(50, message=True, message_count=1)) == 130.0
    watch.note(120.0, progress(1050, 20, 1, message=True))
    assert watch.look(130.0, progress(1050, 20, 1, message=True)) == 160.0
    assert watch.look(160.0, progress(2049, 40, 1, message=True)) == "a message came too slowly"


def test_a_new_message_begins_a_new_window() -> None:
    watch = new_watch()
    watch.begin(100.0, progress(50, 1, 1, message=True))
    watch.note(129.0, progress(90, 2, 2, message=True))
    assert watch.look(130.0, progress(90, 2, 2, message=True)) == 159.0


def test_a_peer_that_owes_nothing_is_left_alone() -> None:
    watch = new_watch()
    watch.begin(100.0, progress(50, 1, 1, message=True))
    assert watch.look(130.0, progress(60, 2, 1)) == 160.0
    assert not progress(60, 2, 1).is_under_way
