"""Deadlines for a peer that has begun to say something and does not end."""

from typing import NamedTuple

from sonarium.net.settings import AssociationSettings


class Progress(NamedTuple):
    """How far the peer's bytes have come."""

    byte_count: int
    pdu_count: int
    message_count: int
    is_inside_pdu: bool
    is_inside_message: bool

    @property
    def is_under_way(self) -> bool:
        """Tell whether the peer owes us something."""
        return self.is_inside_pdu or self.is_inside_message


class ProgressWatch:
    """Judges progress; holds no clock, times are seconds of any one clock.

    A PDU has `pdu_timeout` from its first byte to its last. A message has no absolute
    deadline, because it may be of any size, but must bring `progress_bytes` in each
    `progress_window`.
    """

    def __init__(self, settings: AssociationSettings) -> None:
        self._pdu_timeout = settings.pdu_timeout.total_seconds()
        self._window = settings.progress_window.total_seconds()
        self._least = settings.progress_bytes
        self._pdu_count = -1
        self._pdu_began = 0.0
        self._message_count = -1
        self._window_began = 0.0
        self._window_bytes = 0

    def begin(self, now: float, progress: Progress) -> float:
        """Start to watch, and return when to look."""
        self._pdu_count = self._message_count = -1
        self.note(now, progress)
        return self._next_look(now, progress)

    def note(self, now: float, progress: Progress) -> None:
        """Remember when the PDU and the message under way began; call whenever bytes came."""
        if progress.is_inside_pdu and progress.pdu_count != self._pdu_count:
            self._pdu_count = progress.pdu_count
            self._pdu_began = now
        if progress.is_inside_message and progress.message_count != self._message_count:
            self._message_count = progress.message_count
            self._window_began = now
            self._window_bytes = progress.byte_count

    def look(self, now: float, progress: Progress) -> float | str:
        """Return when to look again, or what the peer failed to do."""
        if progress.is_inside_pdu and now >= self._pdu_began + self._pdu_timeout:
            return "a PDU was not completed in time"
        if progress.is_inside_message and now >= self._window_began + self._window:
            if progress.byte_count - self._window_bytes < self._least:
                return "a message came too slowly"
            self._window_began = now
            self._window_bytes = progress.byte_count
        return self._next_look(now, progress)

    def _next_look(self, now: float, progress: Progress) -> float:
        deadlines = [now + self._window]
        if progress.is_inside_pdu:
            deadlines.append(self._pdu_began + self._pdu_timeout)
        if progress.is_inside_message:
            deadlines.append(self._window_began + self._window)
        return min(deadlines)
