"""Makes clients of the package `openai`, and turns their errors into faults that hold no API key."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.recorded.faults import RequestFailed, classify, find_retry_after
from sysgen_distilabel.recorded.reply import Fault, FaultKind
from sysgen_distilabel.secrets import HIDDEN, hide_secrets

if TYPE_CHECKING:
    from openai import AsyncOpenAI, OpenAI

API_KEY_VARIABLES: Final = ("SYSGEN_API_KEY", "OPENAI_API_KEY")
BASE_URL_VARIABLE: Final = "OPENAI_BASE_URL"

_OPENAI_URL: Final = "https://api.openai.com/v1"
_NO_KEY: Final = "none"
"""What the client sends where no key is needed; it refuses to start without one."""

_CONNECT_TIMEOUT: Final = 5.0
_LARGEST_BODY: Final = 64_000_000
"""Bytes of a reply, unpacked; a hundred times what 100,000 tokens take."""

_PROBE_TIMEOUT: Final = 60.0
_OUR_OWN_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Address:
    """Where an engine listens, and the key to it.

    Attributes:
        url: the base URL, with `/v1` if the engine has it.
        api_key: the key; `none` for engines that need none.
    """

    url: str = field(repr=False)
    api_key: str = field(repr=False)

    @property
    def shown(self) -> str:
        """The URL without its login and its query, to be shown and stored."""
        return hide_secrets(self.url)

    def make_client(self) -> OpenAI:
        """A client that blocks, for a few requests."""
        openai = import_openai()
        return openai.OpenAI(  # type: ignore[no-any-return]
            base_url=self.url,
            api_key=self.api_key,
            max_retries=0,
            http_client=openai.DefaultHttpxClient(
                timeout=_PROBE_TIMEOUT, event_hooks={"response": [_bound]}, **self._http_options()
            ),
        )

    def make_async_client(self) -> AsyncOpenAI:
        """A client for any number of requests at once, for one event loop; it waits for replies for ever."""
        openai = import_openai()
        no_limits = type(openai.DEFAULT_CONNECTION_LIMITS)(
            max_connections=None, max_keepalive_connections=None
        )
        http_client = openai.DefaultAsyncHttpxClient(
            limits=no_limits,
            timeout=openai.Timeout(None, connect=_CONNECT_TIMEOUT),
            event_hooks={"response": [_bound_async]},
            **self._http_options(),
        )
        return openai.AsyncOpenAI(  # type: ignore[no-any-return]
            base_url=self.url, api_key=self.api_key, max_retries=0, http_client=http_client
        )

    def to_failure(self, error: Exception) -> Exception:
        """The error as a `RequestFailed` without the key in it; one that no engine raises stays itself."""
        cause: BaseException | None = error
        while cause is not None:
            # Before the fault is told, which may cut the key short.
            cause.args = tuple(self._hide(item) if isinstance(item, str) else item for item in cause.args)
            cause = cause.__cause__ or cause.__context__
        fault = classify(error)
        if fault.kind is FaultKind.UNKNOWN:
            return error
        return RequestFailed(replace(fault, message=self._hide(fault.message)), find_retry_after(error))

    def _hide(self, text: str) -> str:
        return text if self.api_key == _NO_KEY else text.replace(self.api_key, HIDDEN)

    def _http_options(self) -> dict[str, Any]:
        # The machine's proxy is not for talking to ourselves.
        return {"trust_env": urlsplit(self.url).hostname not in _OUR_OWN_MACHINE}


def import_openai() -> ModuleType:
    """The package `openai`, which takes a while to import."""
    import openai

    # It logs a line per request; distilabel silences it by the name it had before openai 3.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    return openai


def find_addresses(base_url: str | list[str] | None, api_key: str | None) -> list[Address]:
    """The addresses meant, with the environment's key and address in place of what is not given.

    Raises:
        ConfigError: if a URL is none.
    """
    urls = [base_url] if isinstance(base_url, str) else list(base_url or [])
    if not urls:
        urls = [os.environ.get(BASE_URL_VARIABLE) or _OPENAI_URL]
    for url in urls:
        if not _is_address(url):
            raise ConfigError(
                f"'{_hide_login(url)}' is no base URL.", "Write it like http://localhost:8000/v1."
            )
    keys = (api_key, *(os.environ.get(name) for name in API_KEY_VARIABLES))
    key = next((stripped for key in keys if (stripped := (key or "").strip())), _NO_KEY)
    return [Address(url, key) for url in dict.fromkeys(urls)]


def _bound(response: Any) -> None:
    """Stop reading a body once it is larger, unpacked, than any reply: few bytes can unpack to gigabytes."""
    read = response.iter_bytes

    def bounded(chunk_size: int | None = None) -> Iterator[bytes]:
        size = 0
        for part in read(chunk_size):
            size += len(part)
            _refuse_if_larger(size)
            yield part

    response.iter_bytes = bounded


async def _bound_async(response: Any) -> None:
    """The same for a client that does not block."""
    read = response.aiter_bytes

    async def bounded(chunk_size: int | None = None) -> AsyncIterator[bytes]:
        size = 0
        async for part in read(chunk_size):
            size += len(part)
            _refuse_if_larger(size)
            yield part

    response.aiter_bytes = bounded


def _refuse_if_larger(size: int) -> None:
    if size > _LARGEST_BODY:
        problem = f"The reply is larger than {_LARGEST_BODY / 1e6:,.0f} MB."
        raise RequestFailed(Fault(FaultKind.UNREADABLE_BODY, problem))


def _hide_login(url: str) -> str:
    """The text without secrets, its login too where the scheme is forgotten."""
    return hide_secrets(url if "://" in url else f"http://{url}").removeprefix(
        "" if "://" in url else "http://"
    )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # the port is none, as where `/` in a password is not written as %2F
        return False
