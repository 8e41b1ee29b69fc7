"""What can go wrong with the database."""

from sonarium.base.errors import RequestError, SonariumError, UnavailableError


class DatabaseUnavailable(UnavailableError):
    """The database does not answer; the same request may work later."""


class ValueRefused(RequestError):
    """A value that no row can hold: text with a NUL in it, a number beyond its type."""


class RowMissing(SonariumError):
    """A statement that must find one row found none."""


class SchemaTooNew(RequestError):
    """The database was made by a later Sonarium than this one."""


class MigrationBlocked(UnavailableError):
    """Somebody holds a table that a migration must change; try again later."""


class MigrationRefused(RequestError):
    """Our role may not change the database so; the message says who must do what."""


class PostgreSQLMissing(RequestError):
    """No PostgreSQL that we could run was found; the message says how to get one."""


class PostgreSQLRefused(RequestError):
    """The embedded PostgreSQL cannot run here; the message says what would help."""
