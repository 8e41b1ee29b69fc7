"""The API's document in the repository is the one that the routes describe."""

import json
from pathlib import Path

from sonarium.app.openapi_document import openapi_document

DOCS = Path(__file__).resolve().parents[2] / "docs"


async def test_the_document_is_that_of_the_routes() -> None:
    written = (DOCS / "openapi.json").read_text()
    assert await openapi_document() == written, "run: ./dev openapi"


async def test_every_operation_says_what_it_is_for() -> None:
    paths = json.loads(await openapi_document())["paths"]
    silent = [
        f"{verb} {path}"
        for path, operations in paths.items()
        for verb, operation in operations.items()
        if not operation.get("summary") or not operation.get("description")
    ]
    assert silent == []


async def test_no_operation_needs_a_service_named_by_the_caller() -> None:
    paths = json.loads(await openapi_document())["paths"]
    named = {
        parameter["name"]
        for operations in paths.values()
        for operation in operations.values()
        for parameter in operation.get("parameters", [])
    }
    assert not named & {"studies", "system", "feed", "store", "retrieve", "measuring"}
