"""Speaks HTTP to a server that we have started, past the machine's proxy, which is for others."""

from __future__ import annotations

from typing import Any, Final
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

_OPENER: Final = build_opener(ProxyHandler({}))
_TIMEOUT: Final = 5.0


def open_local(url: str, timeout: float) -> Any:
    """The response to a GET, to be closed.

    Raises:
        OSError: if the server does not answer within so many seconds, or answers with an error.
    """
    return _OPENER.open(url, timeout=timeout)


def is_ready(url: str) -> bool:
    """Whether the server answers there, and with 200."""
    try:
        with open_local(url, _TIMEOUT) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False
