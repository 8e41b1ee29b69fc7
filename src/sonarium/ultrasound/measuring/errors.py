"""Why a value is not computed."""

from sonarium.base.errors import RequestError


class NotComputable(RequestError):
    """A formula does not hold for these inputs; the message says which rule they break."""
