"""Which database serves this archive: the site's own, or the one inside the data folder."""

from sonarium.app.folders import DataFolder
from sonarium.app.settings import Settings
from sonarium.db.embedded import EmbeddedPostgres
from sonarium.db.migrate import Migration, migrate, migrations_of
from sonarium.queue.schema import queue_migrations


def embedded_postgres(settings: Settings) -> EmbeddedPostgres | None:
    """Return the server inside the data folder; None where the site brings its own."""
    if settings.database.dsn is not None:
        return None
    folder = DataFolder(settings.data.absolute())
    folder.ensure()
    return EmbeddedPostgres(folder.postgresql)


def dsn_of(settings: Settings, embedded: EmbeddedPostgres | None) -> str:
    """Return the connection string; it holds a password and is never logged."""
    if embedded is not None:
        return embedded.dsn
    assert settings.database.dsn is not None  # noqa: S101  # otherwise one is embedded
    return settings.database.dsn.get_secret_value()


def all_migrations() -> list[Migration]:
    """Return every step to the present schema, ascending."""
    return [*migrations_of("sonarium.index"), *queue_migrations()]


async def prepare_database(settings: Settings, embedded: EmbeddedPostgres | None) -> str:
    """Start the embedded server where there is one, migrate, and return the connection string.

    Raises:
        SchemaTooNew: the database belongs to a later release.
        DatabaseUnavailable: it does not answer.
    """
    if embedded is not None:
        await embedded.ensure_running()
    dsn = dsn_of(settings, embedded)
    await migrate(dsn, all_migrations())
    return dsn
