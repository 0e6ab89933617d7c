"""Tells what an exception of an engine's client means, without importing any client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from sysgen_distilabel.recorded.engine_words import find_words, shorten
from sysgen_distilabel.recorded.reply import Fault, FaultKind
from sysgen_distilabel.recorded.retry_after import read_retry_after

_BY_STATUS: Final[dict[int, FaultKind]] = {
    401: FaultKind.UNAUTHORIZED,
    402: FaultKind.UNAUTHORIZED,
    403: FaultKind.UNAUTHORIZED,
    404: FaultKind.NOT_FOUND,
    408: FaultKind.TIMEOUT,
    409: FaultKind.SERVER_ERROR,
    425: FaultKind.SERVER_ERROR,
    429: FaultKind.RATE_LIMITED,
}

_BY_CODE: Final[dict[str, FaultKind]] = {
    "content_filter": FaultKind.CONTENT_FILTER,
    "content_policy_violation": FaultKind.CONTENT_FILTER,
    "insufficient_quota": FaultKind.UNAUTHORIZED,
}
"""Error codes in the body that say more than the status; waiting is no cure for a used up quota."""

# The order matters: a failed connect is a connection error too, and may be a timeout. Class names
# serve httpx, httpx2, requests, urllib3, aiohttp, anyio and the clients built on them alike.
_BY_CLASS_NAME: Final[tuple[tuple[FaultKind, frozenset[str]], ...]] = (
    (
        FaultKind.UNREACHABLE,
        frozenset(
            {
                "ConnectError",
                "ConnectTimeout",
                "ConnectTimeoutError",
                "ConnectionRefusedError",
                "ClientConnectorError",
                "NewConnectionError",
                "gaierror",
            }
        ),
    ),
    (
        FaultKind.TIMEOUT,
        frozenset({"TimeoutError", "TimeoutException", "Timeout", "APITimeoutError", "ReadTimeoutError"}),
    ),
    (
        FaultKind.UNREADABLE_BODY,
        frozenset({"JSONDecodeError", "UnicodeDecodeError", "DecodingError", "APIResponseValidationError"}),
    ),
    (
        FaultKind.CONNECTION,
        frozenset(
            {
                "ConnectionError",
                "APIConnectionError",
                "TransportError",
                "ProtocolError",
                "ChunkedEncodingError",
                "IncompleteRead",
                "ClientConnectionError",
                "ClientPayloadError",
                "BrokenResourceError",
                "EndOfStream",
            }
        ),
    ),
    (FaultKind.CONTENT_FILTER, frozenset({"ContentFilterFinishReasonError"})),
    (FaultKind.BAD_REQUEST, frozenset({"UnicodeEncodeError"})),
)


class RequestFailed(Exception):
    """Raised by an LLM that knows exactly what went wrong with one request.

    Attributes:
        fault: what went wrong.
        retry_after: seconds the engine asks to wait before the next try, `None` if it does not say.
    """

    def __init__(self, fault: Fault, retry_after: float | None = None) -> None:
        super().__init__(fault, retry_after)
        self.fault = fault
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.fault.kind}: {self.fault.message}"


def classify(error: BaseException) -> Fault:
    """The fault an exception stands for; `unknown` for one that no engine raises."""
    causes = list(_walk_causes(error))
    for cause in causes:
        if isinstance(cause, RequestFailed):
            return cause.fault
    kind = _find_by_status(causes) or _find_by_class_name(causes) or FaultKind.UNKNOWN
    return Fault(kind, _describe(causes))


def find_kind_of_status(status: int) -> FaultKind:
    """The kind of fault that a status from 400 on stands for."""
    return _BY_STATUS.get(status) or (FaultKind.SERVER_ERROR if status >= 500 else FaultKind.BAD_REQUEST)


def find_retry_after(error: BaseException) -> float | None:
    """Seconds the engine asks to wait before the next try, `None` if it does not say."""
    for cause in _walk_causes(error):
        if isinstance(cause, RequestFailed):
            return cause.retry_after
        response = getattr(cause, "response", None)
        if response is not None:
            body = _get_body(cause)
            words = body if isinstance(body, str) else json.dumps(body, default=str)
            is_limited = _get_status(cause) == 429
            return read_retry_after(getattr(response, "headers", None), words if is_limited else "")
    return None


def _walk_causes(error: BaseException) -> Iterator[BaseException]:
    """The exception, then what it was raised from, down to the first."""
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _find_by_status(causes: list[BaseException]) -> FaultKind | None:
    for cause in causes:
        status = _get_status(cause)
        if status is not None and status >= 400:
            if by_code := _BY_CODE.get(str(_get_code(cause))):
                return by_code
            return find_kind_of_status(status)
    return None


def _get_status(error: BaseException) -> int | None:
    candidates: tuple[Any, ...] = (
        getattr(error, "status_code", None),
        getattr(error, "status", None),
        getattr(getattr(error, "response", None), "status_code", None),
    )
    return next((c for c in candidates if isinstance(c, int) and not isinstance(c, bool)), None)


def _get_code(error: BaseException) -> Any:
    code = getattr(error, "code", None)
    body = getattr(error, "body", None)
    return code if code or not isinstance(body, dict) else body.get("code")


def _find_by_class_name(causes: list[BaseException]) -> FaultKind | None:
    names = {base.__name__ for cause in causes for base in type(cause).__mro__}
    return next((kind for kind, wanted in _BY_CLASS_NAME if names & wanted), None)


def _describe(causes: list[BaseException]) -> str:
    """What the engine says or else the exception and, where that is another, its first cause."""
    for cause in causes:
        status = _get_status(cause)
        if status is not None and status >= 400 and (said := find_words(_get_body(cause))):
            return f"status {status}: {said}"
    words = [
        f"{type(cause).__name__}: {cause}".removesuffix(": ")
        for cause in dict.fromkeys((causes[0], causes[-1]))
    ]
    return shorten(" < ".join(words))


def _get_body(error: BaseException) -> Any:
    """The body of the answer that an exception holds, of whichever client."""
    response = getattr(error, "response", None)
    try:
        text = getattr(response, "text", None)
    except Exception:  # httpx raises where the body was not read
        text = None
    return text if isinstance(text, str) and text else getattr(error, "body", None)
