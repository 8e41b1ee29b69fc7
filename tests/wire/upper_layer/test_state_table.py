import pytest
from pynetdicom import fsm

from sonarium.wire.upper_layer.state_table import TABLE, Action, Event, State

# What a PDU that has no place in a state leads to, and the few cells where it has one.
RECEIVED = [Event.EVT3, Event.EVT4, Event.EVT6, Event.EVT10, Event.EVT12, Event.EVT13]
ASSOCIATED = [State(number) for number in range(6, 13)]


def cell(event: Event, state: State) -> tuple[str, tuple[int, ...]] | None:
    transition = TABLE.get((event, state))
    if transition is None:
        return None
    return transition.action.value, tuple(map(int, transition.next_states))


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", Event)
def test_every_cell_has_the_action_another_implementation_knows(event: Event, state: State) -> None:
    known = fsm.TRANSITION_TABLE.get((f"Evt{event:d}", f"Sta{state:d}"))
    found = cell(event, state)
    assert (found and found[0]) == known
    if found is not None:
        next_states = fsm.ACTIONS[found[0]][2]
        names = {next_states} if isinstance(next_states, str) else set(next_states)
        assert {f"Sta{number}" for number in found[1]} <= names


@pytest.mark.parametrize("event", RECEIVED)
def test_an_unexpected_pdu_aborts_an_association_as_provider(event: Event) -> None:
    places = {
        (Event.EVT10, State.STA6): ("DT-2", (6,)),
        (Event.EVT10, State.STA7): ("AR-6", (7,)),
        (Event.EVT12, State.STA6): ("AR-2", (8,)),
        (Event.EVT12, State.STA7): ("AR-8", (9, 10)),
        (Event.EVT13, State.STA7): ("AR-3", (1,)),
        (Event.EVT13, State.STA10): ("AR-10", (12,)),
        (Event.EVT13, State.STA11): ("AR-3", (1,)),
    }
    for state in ASSOCIATED:
        assert cell(event, state) == places.get((event, state), ("AA-8", (13,)))


def test_every_action_is_used() -> None:
    assert {transition.action for transition in TABLE.values()} == set(Action)


def test_every_state_can_be_reached_and_left() -> None:
    reached = {state for transition in TABLE.values() for state in transition.next_states}
    left = {state for _, state in TABLE}
    assert reached == left == set(State)


def test_a_closed_connection_always_ends_in_idle() -> None:
    for state in set(State) - {State.STA1}:
        assert TABLE[Event.EVT17, state].next_states == (State.STA1,)
