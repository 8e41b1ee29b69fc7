"""What can go wrong with the database."""

from sonarium.base.errors import SonariumError, UnavailableError


class DatabaseUnavailable(UnavailableError):
    """The database does not answer; the same request may work later."""


class SchemaTooNew(SonariumError):
    """The database was made by a later Sonarium than this one."""


class PostgreSQLMissing(SonariumError):
    """No PostgreSQL that we could run was found."""
