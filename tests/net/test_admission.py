from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonarium.net.admission import Admission, Ticket
from sonarium.net.settings import DimseNetSettings


def new_admission(connections: int = 3, per_address: int = 2, per_ae_title: int = 1) -> Admission:
    return Admission(
        DimseNetSettings(
            maximum_connections=connections,
            maximum_connections_per_address=per_address,
            maximum_associations_per_ae_title=per_ae_title,
        )
    )


def enter(admission: Admission, address: str = "10.0.0.1") -> Ticket:
    ticket = admission.enter(address)
    assert ticket is not None
    return ticket


def test_the_oldest_silent_connection_of_an_address_gives_way() -> None:
    admission = new_admission()
    dropped: list[str] = []
    for name in ("first", "second", "third"):
        ticket = enter(admission)
        ticket.drop = partial(dropped.append, name)
    assert dropped == ["first"]
    assert admission.total == 2


def test_the_oldest_silent_connection_of_all_gives_way_when_the_process_is_full() -> None:
    admission = new_admission(connections=2)
    dropped: list[str] = []
    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.3"):
        ticket = enter(admission, address)
        ticket.drop = partial(dropped.append, address)
    assert dropped == ["10.0.0.1"]
    assert admission.total == 2


def test_associations_are_never_dropped_and_the_newcomer_is_refused() -> None:
    admission = new_admission(per_ae_title=9)
    for _ in range(2):
        assert admission.associate(enter(admission), "SCANNER")
    assert enter(admission).is_refused
    assert not enter(admission, "10.0.0.2").is_refused


def test_refusals_are_bounded_too() -> None:
    admission = new_admission(per_ae_title=9)
    for _ in range(2):
        admission.associate(enter(admission), "SCANNER")
    refused = [enter(admission) for _ in range(32)]
    assert admission.enter("10.0.0.1") is None
    admission.leave(refused[0])
    admission.leave(refused[0])
    assert enter(admission).is_refused
    assert admission.enter("10.0.0.1") is None


def test_a_calling_ae_title_has_its_own_limit() -> None:
    admission = new_admission()
    first, second = enter(admission), enter(admission)
    assert admission.associate(first, "SCANNER")
    assert not admission.associate(second, "SCANNER")
    assert admission.associate(second, "OTHER")
    admission.leave(first)
    assert admission.associate(enter(admission), "SCANNER")


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["enter", "associate", "leave"])),
        max_size=60,
    )
)
def test_limits_hold_and_counts_return_to_nothing(acts: list[tuple[str, str]]) -> None:
    admission = new_admission(connections=4, per_address=2, per_ae_title=2)
    inside: list[Ticket] = []
    for address, act in acts:
        if act == "enter":
            ticket = admission.enter(address)
            if ticket is not None:
                ticket.drop = partial(inside.remove, ticket)
                inside.append(ticket)
        elif inside and act == "associate":
            ticket = inside[-1]
            if not ticket.is_refused and ticket.ae_title is None:
                admission.associate(ticket, address)
        elif inside:
            admission.leave(inside.pop(0))
        counted = [ticket for ticket in inside if not ticket.is_refused]
        assert admission.total == len(counted) <= 4
        assert all(sum(t.address == a for t in counted) <= 2 for a in "abc")
        assert all(sum(t.ae_title == a for t in counted) <= 2 for a in "abc")
    for ticket in inside:
        admission.leave(ticket)
    assert admission.total == 0


@pytest.mark.parametrize("limit", [1, 7])
def test_a_flood_of_silent_connections_keeps_nobody_out(limit: int) -> None:
    admission = new_admission(connections=limit, per_address=limit)
    for _ in range(1000):
        enter(admission, "10.6.6.6")
    scanner = enter(admission, "10.0.0.1")
    assert admission.associate(scanner, "SCANNER")
    assert admission.total <= limit
