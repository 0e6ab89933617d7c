"""The keys of the engines that this process has started, by their addresses, so that only we can use them."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from typing import Final

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.secrets import remember_secrets

KEY_VARIABLE: Final = "VLLM_API_KEY"
"""Where vLLM looks for its key: unlike a command line, no other user can read an environment."""

_keys: dict[str, str] = {}


def make_key(given: object = None) -> str:
    """The key for an engine to be started: the one given, that of the environment, or a random one.

    Raises:
        ConfigError: if several are given.
    """
    if given is not None and not isinstance(given, str | int):
        raise ConfigError("The engine takes one `api_key`.", "Give it as a text.")
    key = str(given or os.environ.get(KEY_VARIABLE) or secrets.token_urlsafe(32))
    remember_secrets({"api_key": key})
    return key


@contextlib.contextmanager
def known_key(addresses: Sequence[str], key: str) -> Iterator[None]:
    """Let `EndpointLLM`s that are made meanwhile for one of the addresses use the key."""
    mine = dict.fromkeys(addresses, key) if key else {}
    _keys.update(mine)
    try:
        yield
    finally:
        for address in mine:
            _keys.pop(address, None)


def find_key(base_url: str | list[str] | None) -> str | None:
    """The key of the engine at an address, if this process has started it."""
    urls = [base_url] if isinstance(base_url, str) else base_url or ()
    return next((_keys[url] for url in urls if url in _keys), None)
