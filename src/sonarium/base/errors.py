"""The three kinds of failure, sorted by who must act.

Lower rooms raise subclasses that carry meaning; each face owns one table from
meaning to its own status codes. Messages never carry patient data.
"""


class SonariumError(Exception):
    """Anything we refuse or cannot do; the message says what to do about it."""


class PeerError(SonariumError):
    """The other side broke its protocol: abort."""


class RequestError(SonariumError):
    """Understood, and cannot be granted: tell the caller why."""


class UnavailableError(SonariumError):
    """Something we need is down or full: the same request may work later."""
