"""Tells by a name whether what stands under it is secret: `X-Functions-Key` is, `eos_token` is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

HIDDEN: Final = "(hidden)"

_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_PARTS: Final = frozenset(
    {"secret", "secrets", "password", "passwords", "passwd", "passphrase", "passcode", "pwd", "credential"}
    | {"credentials", "authorization", "auth", "cookie", "cookies", "bearer", "signature", "sig", "sas"}
    | {"dsn", "jwt", "apikey", "apikeys", "netrc"}
)
_SECRET_PHRASES: Final = ("connection_string", "service_account", "session_id", "access_key_id")
_KEY_OF_DATA: Final = frozenset(
    {"cache", "column", "dict", "dictionary", "foreign", "group", "index", "join", "json", "partition"}
    | {"primary", "public", "row", "sort"}
)
"""What comes before `key` where it opens nothing."""

_TOKEN_OF_TEXT: Final = frozenset(
    {"added", "begin", "bos", "cls", "end", "eos", "image", "mask", "max", "min", "new", "next", "pad"}
    | {"per", "sep", "special", "start", "stop", "think", "unk"}
)
"""What comes before `token` where it is a piece of text."""

_TOKENS_OF_SERVICES: Final = frozenset(
    {"access", "api", "auth", "hf", "hub", "refresh", "service", "session", "user"}
)
"""What comes before `tokens` where they are no pieces of text."""

_COUNTED: Final = frozenset({"token", "tokens", "key", "keys"})
"""Names that also count things: a number under them is no secret."""

_LISTS: Final = frozenset({"header", "headers", "cookies", "query"})
"""Names of mappings of which every value is hidden: nobody knows which header of a gateway is the key."""


def is_secret_name(name: object) -> bool:
    """Whether a field, variable or header of this name holds a secret."""
    return _is_secret_name(str(name))


@lru_cache(4096)
def _is_secret_name(name: str) -> bool:
    parts = [part.lower() for part in _PARTS.findall(name)]
    if not parts:
        return False
    whole = "_".join(parts)
    if _SECRET_PARTS & set(parts) or any(phrase in whole for phrase in _SECRET_PHRASES):
        return parts[-2:] != ["auth", "sock"]
    before, last = parts[-2] if len(parts) > 1 else "", parts[-1]
    if last == "key" or (last == "keys" and before):
        return before not in _KEY_OF_DATA
    if last == "tokens":
        return before in _TOKENS_OF_SERVICES
    if last == "token" or parts[-2:] == ["token", "id"]:
        return not _TOKEN_OF_TEXT & set(parts)
    return (last == "pass" and bool(before)) or last.endswith(("apikey", "password", "secret", "authtoken"))


def is_secret(name: object, value: Any) -> bool:
    """Whether the value of a field of this name is to be hidden; an empty one, a switch or a count is not."""
    if value is None or isinstance(value, bool) or value in ("", [], {}) or not is_secret_name(name):
        return False
    counted = _PARTS.findall(str(name))[-1].lower() in _COUNTED and "api" not in str(name).lower()
    return not counted or any(text != HIDDEN for text in texts_in(value))


def holds_headers(name: object, value: Any) -> bool:
    """Whether these are headers, or the like, every value of which is hidden."""
    parts = _PARTS.findall(str(name))
    return bool(parts) and parts[-1].lower() in _LISTS and isinstance(value, Mapping | list | tuple)


def texts_in(value: Any) -> Iterator[str]:
    """Every text in JSON-like data, however deep; keys are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)
