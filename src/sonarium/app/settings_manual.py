"""Writes `docs/howto/settings.md` from the settings tree itself.

Run `./dev settings` after a change.
"""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from types import UnionType
from typing import get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic_core import PydanticUndefined

from sonarium.app.settings import PREFIX, Settings

HEAD = """# Settings

Every setting can be given in the environment; the most common ones also on the command line,
which wins. Two underscores separate a branch from its setting. Durations are ISO 8601
(`PT30S`) or `hh:mm:ss`; lists are JSON (`["web","worker"]`). A name that does not exist is refused
at start.

| name | default | meaning |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """One leaf of the tree: its name in the environment, default and meaning."""

    name: str
    default: str
    meaning: str


def iter_settings(model: type[BaseModel] = Settings, prefix: str = PREFIX) -> Iterator[Setting]:
    """Walk the tree in the order it is declared."""
    for name, field in model.model_fields.items():
        branch = _branch_of(field.annotation)
        if branch is not None:
            yield from iter_settings(branch, f"{prefix}{name.upper()}__")
        else:
            meaning = " ".join(_meanings(model).get(name, "").split())
            yield Setting(f"{prefix}{name.upper()}", _written(field.default), meaning)


def _branch_of(annotation: object) -> type[BaseModel] | None:
    choices = get_args(annotation) if get_origin(annotation) is UnionType else (annotation,)
    for choice in choices:
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            return choice
    return None


@cache
def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """Read the docstrings under the fields, inherited ones included."""
    found: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if (
            not issubclass(owner, BaseModel)
            or owner is BaseModel
            or "Settings" not in owner.__name__
        ):
            continue
        if owner.__module__.startswith("pydantic"):
            continue
        body = ast.parse(inspect.getsource(owner)).body[0]
        assert isinstance(body, ast.ClassDef)  # noqa: S101  # getsource of a class is a class
        for field, said in zip(body.body, body.body[1:], strict=False):
            match field, said:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(
                    value=ast.Constant(value=str(text))
                ):
                    found[name] = text
    return found


def _written(default: object) -> str:
    match default:
        case None | SecretStr():
            return ""
        case _ if default is PydanticUndefined:
            return "none: it has to be given"
        case timedelta():
            return f"PT{default.total_seconds():g}S"
        case tuple():
            return ", ".join(str(part) for part in default)
        case _:
            return str(default)


def manual() -> str:
    """Return the whole page."""
    rows = (f"| `{s.name}` | {s.default} | {s.meaning} |\n" for s in iter_settings())
    return HEAD + "".join(rows)


if __name__ == "__main__":
    print(manual(), end="")
