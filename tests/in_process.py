"""Requests to an application in the test's own process, each in a task, as a server does it."""

import asyncio
from typing import Any

import httpx


class InProcess(httpx.ASGITransport):
    """Keeps what a request says of its task (who acts, say) from the test that sent it.

    Args:
        application: an ASGI application.
        raise_app_exceptions: give its exceptions to the test, rather than its answer to them.
    """

    def __init__(self, application: Any, *, raise_app_exceptions: bool = True) -> None:  # noqa: ANN401  # wider than httpx says
        super().__init__(application, raise_app_exceptions)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await asyncio.create_task(super().handle_async_request(request))
