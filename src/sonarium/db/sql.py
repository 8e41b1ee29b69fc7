"""SQL lives in files of its own, one statement each, beside the module that runs it."""

from functools import cache
from importlib import resources


@cache
def sql_file(package: str, name: str) -> bytes:
    """Return the statement in `sql/<name>.sql` of a package; bytes, so nothing is spliced in."""
    return (resources.files(package) / "sql" / f"{name}.sql").read_bytes()
