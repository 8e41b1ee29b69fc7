"""Which viewers of others the browser is told of."""

from tests.faces.conftest import Shelf


async def test_a_viewer_that_is_not_installed_is_not_offered(shelf: Shelf) -> None:
    answer = await shelf.web.client.get("/api/viewers")
    assert answer.json() == {"ohif": False}
