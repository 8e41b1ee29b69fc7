"""The state table of the DICOM Upper Layer Protocol (PS3.8 9.2, Tables 9-1 to 9-10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


class State(IntEnum):
    """Where an association stands (PS3.8 Tables 9-1 to 9-5)."""

    STA1 = 1
    """Idle."""
    STA2 = 2
    """Transport connection open, awaiting A-ASSOCIATE-RQ."""
    STA3 = 3
    """Awaiting our local A-ASSOCIATE response."""
    STA4 = 4
    """Awaiting the transport connection that we opened."""
    STA5 = 5
    """Awaiting A-ASSOCIATE-AC or -RJ."""
    STA6 = 6
    """Association established, ready for data transfer."""
    STA7 = 7
    """Awaiting A-RELEASE-RP."""
    STA8 = 8
    """Awaiting our local A-RELEASE response."""
    STA9 = 9
    """Release collision, requestor side: awaiting our local A-RELEASE response."""
    STA10 = 10
    """Release collision, acceptor side: awaiting A-RELEASE-RP."""
    STA11 = 11
    """Release collision, requestor side: awaiting A-RELEASE-RP."""
    STA12 = 12
    """Release collision, acceptor side: awaiting our local A-RELEASE response."""
    STA13 = 13
    """Awaiting that the transport connection closes."""


class Event(IntEnum):
    """What may happen to an association (PS3.8 Table 9-10, first column)."""

    EVT1 = 1
    """A-ASSOCIATE request, local."""
    EVT2 = 2
    """Transport connection confirmed."""
    EVT3 = 3
    """A-ASSOCIATE-AC received."""
    EVT4 = 4
    """A-ASSOCIATE-RJ received."""
    EVT5 = 5
    """Transport connection indicated."""
    EVT6 = 6
    """A-ASSOCIATE-RQ received."""
    EVT7 = 7
    """A-ASSOCIATE response accept, local."""
    EVT8 = 8
    """A-ASSOCIATE response reject, local."""
    EVT9 = 9
    """P-DATA request, local."""
    EVT10 = 10
    """P-DATA-TF received."""
    EVT11 = 11
    """A-RELEASE request, local."""
    EVT12 = 12
    """A-RELEASE-RQ received."""
    EVT13 = 13
    """A-RELEASE-RP received."""
    EVT14 = 14
    """A-RELEASE response, local."""
    EVT15 = 15
    """A-ABORT request, local."""
    EVT16 = 16
    """A-ABORT received."""
    EVT17 = 17
    """Transport connection closed."""
    EVT18 = 18
    """ARTIM expired."""
    EVT19 = 19
    """Unrecognized or invalid PDU received."""


class Action(StrEnum):
    """What is then done (PS3.8 Tables 9-6 to 9-9)."""

    AE_1 = "AE-1"
    """Open the transport connection."""
    AE_2 = "AE-2"
    """Send A-ASSOCIATE-RQ."""
    AE_3 = "AE-3"
    """Confirm the association as accepted."""
    AE_4 = "AE-4"
    """Confirm the association as rejected and close the transport connection."""
    AE_5 = "AE-5"
    """Accept the transport connection and start ARTIM."""
    AE_6 = "AE-6"
    """Stop ARTIM; indicate the request, or reject what the provider cannot accept."""
    AE_7 = "AE-7"
    """Send A-ASSOCIATE-AC."""
    AE_8 = "AE-8"
    """Send A-ASSOCIATE-RJ and start ARTIM."""
    DT_1 = "DT-1"
    """Send P-DATA-TF."""
    DT_2 = "DT-2"
    """Indicate P-DATA."""
    AR_1 = "AR-1"
    """Send A-RELEASE-RQ."""
    AR_2 = "AR-2"
    """Indicate A-RELEASE."""
    AR_3 = "AR-3"
    """Confirm A-RELEASE and close the transport connection."""
    AR_4 = "AR-4"
    """Send A-RELEASE-RP and start ARTIM."""
    AR_5 = "AR-5"
    """Stop ARTIM."""
    AR_6 = "AR-6"
    """Indicate P-DATA."""
    AR_7 = "AR-7"
    """Send P-DATA-TF."""
    AR_8 = "AR-8"
    """Indicate A-RELEASE: a collision, told apart by who requested the association."""
    AR_9 = "AR-9"
    """Send A-RELEASE-RP."""
    AR_10 = "AR-10"
    """Confirm A-RELEASE."""
    AA_1 = "AA-1"
    """Send A-ABORT as service user and start ARTIM."""
    AA_2 = "AA-2"
    """Stop ARTIM and close the transport connection."""
    AA_3 = "AA-3"
    """Indicate the peer's abort and close the transport connection."""
    AA_4 = "AA-4"
    """Indicate A-P-ABORT."""
    AA_5 = "AA-5"
    """Stop ARTIM."""
    AA_6 = "AA-6"
    """Ignore the PDU."""
    AA_7 = "AA-7"
    """Send A-ABORT."""
    AA_8 = "AA-8"
    """Send A-ABORT as service provider, indicate A-P-ABORT and start ARTIM."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One cell: an action and the state after it; two states where the action chooses."""

    action: Action
    next_states: tuple[State, ...]


# A cell is the action and the number of the next state; a dot is a cell the standard leaves
# empty, because the event cannot happen there.
_TABLE_9_10: Final = """
       Sta1   Sta2      Sta3    Sta4   Sta5    Sta6    Sta7      Sta8    Sta9    Sta10    Sta11   Sta12   Sta13
Evt1   AE-1:4 .         .       .      .       .       .         .       .       .        .       .       .
Evt2   .      .         .       AE-2:5 .       .       .         .       .       .        .       .       .
Evt3   .      AA-1:13   AA-8:13 .      AE-3:6  AA-8:13 AA-8:13   AA-8:13 AA-8:13 AA-8:13  AA-8:13 AA-8:13 AA-6:13
Evt4   .      AA-1:13   AA-8:13 .      AE-4:1  AA-8:13 AA-8:13   AA-8:13 AA-8:13 AA-8:13  AA-8:13 AA-8:13 AA-6:13
Evt5   AE-5:2 .         .       .      .       .       .         .       .       .        .       .       .
Evt6   .      AE-6:3|13 AA-8:13 .      AA-8:13 AA-8:13 AA-8:13   AA-8:13 AA-8:13 AA-8:13  AA-8:13 AA-8:13 AA-7:13
Evt7   .      .         AE-7:6  .      .       .       .         .       .       .        .       .       .
Evt8   .      .         AE-8:13 .      .       .       .         .       .       .        .       .       .
Evt9   .      .         .       .      .       DT-1:6  .         AR-7:8  .       .        .       .       .
Evt10  .      AA-1:13   AA-8:13 .      AA-8:13 DT-2:6  AR-6:7    AA-8:13 AA-8:13 AA-8:13  AA-8:13 AA-8:13 AA-6:13
Evt11  .      .         .       .      .       AR-1:7  .         .       .       .        .       .       .
Evt12  .      AA-1:13   AA-8:13 .      AA-8:13 AR-2:8  AR-8:9|10 AA-8:13 AA-8:13 AA-8:13  AA-8:13 AA-8:13 AA-6:13
Evt13  .      AA-1:13   AA-8:13 .      AA-8:13 AA-8:13 AR-3:1    AA-8:13 AA-8:13 AR-10:12 AR-3:1  AA-8:13 AA-6:13
Evt14  .      .         .       .      .       .       .         AR-4:13 AR-9:11 .        .       AR-4:13 .
Evt15  .      .         AA-1:13 AA-2:1 AA-1:13 AA-1:13 AA-1:13   AA-1:13 AA-1:13 AA-1:13  AA-1:13 AA-1:13 .
Evt16  .      AA-2:1    AA-3:1  .      AA-3:1  AA-3:1  AA-3:1    AA-3:1  AA-3:1  AA-3:1   AA-3:1  AA-3:1  AA-2:1
Evt17  .      AA-5:1    AA-4:1  AA-4:1 AA-4:1  AA-4:1  AA-4:1    AA-4:1  AA-4:1  AA-4:1   AA-4:1  AA-4:1  AR-5:1
Evt18  .      AA-2:1    .       .      .       .       .         .       .       .        .       .       AA-2:1
Evt19  .      AA-1:13   AA-8:13 .      AA-8:13 AA-8:13 AA-8:13   AA-8:13 AA-8:13 AA-8:13  AA-8:13 AA-8:13 AA-7:13
"""  # noqa: E501 - the table keeps the shape of the standard's


def _transition(cell: str) -> Transition:
    action, _, states = cell.partition(":")
    return Transition(Action(action), tuple(State(int(state)) for state in states.split("|")))


def _read(table: str) -> Mapping[tuple[Event, State], Transition]:
    header, *rows = table.strip().splitlines()
    states = [State(int(name.removeprefix("Sta"))) for name in header.split()]
    cells = {}
    for row in rows:
        name, *texts = row.split()
        event = Event(int(name.removeprefix("Evt")))
        for state, text in zip(states, texts, strict=True):
            if text != ".":
                cells[event, state] = _transition(text)
    return cells


TABLE: Final[Mapping[tuple[Event, State], Transition]] = _read(_TABLE_9_10)
"""PS3.8 Table 9-10; what is not in it cannot happen."""
