"""Notes in the audit trail what HTTP refused somebody: no sign-in, no right, too many attempts."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.types import Scope

from sonarium.domain.audit import EventType
from sonarium.faces.web_access import actor_of
from sonarium.services.audit.refusals import Refusals, resource
from sonarium.services.grants import NotAllowed
from sonarium.services.study_links import LinkRefused

_REFUSED: Final = frozenset({401, 403, 429})
_SIGN_IN: Final = ("POST", "/api/session")
"""Its failures are noted where the password is compared."""
_ASKS_AGAIN: Final = "insufficient_user_authentication"
"""RFC 9470: nothing is refused yet to whoever is asked for the password again."""


def noting(refusals: Refusals) -> Callable[[Exception, Scope], Awaitable[None]]:
    """Return the hook that is told of every exception."""

    async def note_refusal(error: Exception, scope: Scope) -> None:
        if not _is_refusal(error, scope):
            return
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        await refusals.note(
            actor_of(connection),
            EventType.RESTRICTED_FUNCTION,
            resource(f"{scope.get('method')} {scope['path']}"),
            error.detail if isinstance(error, HTTPException) else str(error),
        )

    return note_refusal


def _is_refusal(error: Exception, scope: Scope) -> bool:
    """Tell whether somebody was not let in, or may not do what they asked for."""
    if not isinstance(error, HTTPException):
        return isinstance(error, (LinkRefused, NotAllowed))
    if _ASKS_AGAIN in (error.headers or {}).get("WWW-Authenticate", ""):
        return False
    is_sign_in = (scope.get("method"), scope["path"]) == _SIGN_IN
    return error.status_code in _REFUSED and not (error.status_code == 401 and is_sign_in)
