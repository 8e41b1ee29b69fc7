from sonarium.base.errors import RequestError, UnavailableError
from sonarium.db import errors


def test_what_passes_by_itself_is_kept_apart_from_what_a_person_must_mend() -> None:
    assert issubclass(errors.DatabaseUnavailable, UnavailableError)
    assert issubclass(errors.MigrationBlocked, UnavailableError)
    assert issubclass(errors.SchemaTooNew, RequestError)
    assert issubclass(errors.PostgreSQLMissing, RequestError)
    assert issubclass(errors.PostgreSQLRefused, RequestError)
