"""Runs inside `vllm serve`: whoever has not the key gets nothing but the engine's health and its counts.

Defect: the key of vLLM 0.32 guards the paths of OpenAI's API only (`/v1`), while `/invocations` answers the
same requests for everybody who can reach the port. Can go when its key guards all paths.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

_OPEN: Final = frozenset({"/health", "/ping", "/metrics"})

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class RequireKey:
    """Middleware that lets a request through if it has the key of the environment's `VLLM_API_KEY`.

    Args:
        app: what answers it then.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._wanted = f"Bearer {os.environ['VLLM_API_KEY']}".encode()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, with status 401 if it has no key."""
        if scope["type"] == "lifespan" or scope.get("path") in _OPEN or self._has_key(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": b'{"error": {"message": "Unauthorized"}}'})
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _has_key(self, scope: Message) -> bool:
        given = [value for name, value in scope.get("headers", ()) if name.lower() == b"authorization"]
        return len(given) == 1 and hmac.compare_digest(given[0], self._wanted)
