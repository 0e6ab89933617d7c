"""Shares requests out among servers of the same model, and leaves out those that are dead."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from sysgen_distilabel.recorded.faults import RequestFailed
from sysgen_distilabel.recorded.reply import FaultKind
from sysgen_distilabel.secrets import hide_secrets

Client = TypeVar("Client")
Answer = TypeVar("Answer")

_DEAD: Final = frozenset({FaultKind.UNREACHABLE, FaultKind.CONNECTION})
_ERRORS_IN_A_ROW: Final = 3
"""Server errors in a row that count as dead: failing is fast, and would draw all requests to it."""


@dataclass(slots=True, eq=False)
class _Server(Generic[Client]):
    url: str
    client: Client
    in_flight: int = 0
    errors: int = 0
    left_out_until: float | None = None

    def is_open(self, now: float) -> bool:
        """Whether it takes requests; one that was left out gets a single one to prove itself by."""
        if self.left_out_until is None:
            return True
        return now >= self.left_out_until and not self.in_flight


class Balancer(Generic[Client]):
    """Sends each request to the server with the fewest in flight.

    A server to which connections fail is left out for a while, and its request goes to another one
    at once. After that it gets one request, and the others again once it answered that. When all are
    left out, all are tried as if none were, so that the error is that of a real try.

    Args:
        clients: by the address of the server.
        readmit_after: seconds a dead server is left out.
        logger: told of servers that die and come back.
    """

    def __init__(self, clients: Mapping[str, Client], readmit_after: float, logger: logging.Logger) -> None:
        self._servers = [_Server(url, client) for url, client in clients.items()]
        self._readmit_after = readmit_after
        self._logger = logger

    async def send(self, ask: Callable[[Client], Awaitable[Answer]]) -> Answer:
        """Send a request, to another server if the connection to the first one fails.

        Args:
            ask: sends it with the client given and raises `RequestFailed` if that fails.

        Raises:
            RequestFailed: if no server answered.
        """
        tried: list[_Server[Client]] = []
        while True:
            server = self._choose(tried)
            tried.append(server)
            try:
                return await self._send_to(server, ask)
            except RequestFailed as failure:
                if failure.fault.kind not in _DEAD or len(tried) == len(self._servers):
                    raise

    async def _send_to(self, server: _Server[Client], ask: Callable[[Client], Awaitable[Answer]]) -> Answer:
        server.in_flight += 1
        try:
            answer = await ask(server.client)
        except RequestFailed as failure:
            self._note_failure(server, failure)
            raise
        finally:
            server.in_flight -= 1
        self._note_answer(server)
        return answer

    def _choose(self, tried: Collection[_Server[Client]]) -> _Server[Client]:
        now = time.monotonic()
        untried = [server for server in self._servers if server not in tried]
        candidates = [server for server in untried if server.is_open(now)] or untried
        return min(candidates, key=lambda server: (server.in_flight, random.random()))

    def _note_answer(self, server: _Server[Client]) -> None:
        server.errors = 0
        if server.left_out_until is not None:
            server.left_out_until = None
            self._logger.info(f"The engine at {hide_secrets(server.url)} answers again.")

    def _note_failure(self, server: _Server[Client], failure: RequestFailed) -> None:
        fault = failure.fault
        if fault.is_answer:
            self._note_answer(server)
            return
        if fault.kind is FaultKind.SERVER_ERROR:
            server.errors += 1
        if len(self._servers) == 1 or not (fault.kind in _DEAD or server.errors >= _ERRORS_IN_A_ROW):
            return
        if server.left_out_until is None:
            self._logger.warning(
                f"The engine at {hide_secrets(server.url)} fails and is left out, to be tried again every"
                f" {self._readmit_after:g} s: {fault.kind} ({fault.message})."
            )
        server.left_out_until = time.monotonic() + self._readmit_after
