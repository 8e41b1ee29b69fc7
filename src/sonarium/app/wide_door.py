"""What must be so before other machines are served: nothing wrong, and somebody who may act."""

from sonarium.app.doctor import State, examine
from sonarium.app.settings import LOOPBACK, Settings
from sonarium.base.errors import RequestError
from sonarium.db.pool import Database
from sonarium.services.people import PeopleService


class NotReadyForNetwork(RequestError):
    """Sonarium is not fit to serve other machines yet; the message says what to do."""


def is_wide(settings: Settings) -> bool:
    """Tell whether other machines are to be served."""
    return not {settings.http.host, settings.dimse.host} <= LOOPBACK


async def refuse_wrong(settings: Settings) -> None:
    """Refuse to serve other machines while the doctor finds something wrong.

    Raises:
        NotReadyForNetwork: names what is wrong and its remedy.
    """
    if not is_wide(settings):
        return
    wrong = [one for one in await examine(settings) if one.state is State.WRONG]
    if wrong:
        said = "; ".join(f"{one.what}: {one.remedy}" for one in wrong)
        raise NotReadyForNetwork(f"other machines are not served while something is wrong. {said}")


async def refuse_unattended(settings: Settings, dsn: str) -> None:
    """Refuse to serve other machines before somebody administers this one.

    Raises:
        NotReadyForNetwork: nobody does.
    """
    if not is_wide(settings):
        return
    async with Database(dsn, connections=1) as database:
        if await PeopleService(database).has_administrator():
            return
    raise NotReadyForNetwork(
        "other machines are served once an administrator is enrolled: start with http.host and "
        "dimse.host 127.0.0.1, open the link of `sonarium init` there, then start again"
    )
