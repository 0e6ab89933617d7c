"""Hides keys, tokens and passwords in what is written and shown, by their name, value and shape."""

from __future__ import annotations

import base64
import binascii
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sysgen_distilabel.secret_names import HIDDEN as HIDDEN
from sysgen_distilabel.secret_names import holds_headers, is_secret, is_secret_name, texts_in

_PEM: Final = r"(?:[A-Z]+ )*PRIVATE KEY-----"
KEY_SHAPES: Final = re.compile(
    r"\bhf_[A-Za-z0-9]{16,}|\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{20,}|\b(?:gsk|nvapi|xai|r8|pplx|fw|csk|tgp)[-_][\w-]{20,}"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{30,}|\bglpat-[\w-]{20,}|\bxox[abeprs]-[\w-]{10,}"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}|\bya29\.[\w-]{20,}|\bnpm_[A-Za-z0-9]{30,}"
    r"|\bpypi-[\w-]{40,}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
    rf"|-----BEGIN {_PEM}(?:(?:[^-]++|(?!-----(?:BEGIN |END {_PEM}))-)*+(?:-----END {_PEM}|(?=-----BEGIN )))?"
)
"""What keys of well-known services look like, wherever they stand."""

_URL: Final = re.compile(r"\b([a-z][a-z0-9+.-]{0,24}(?:://|:\\/\\/))([^\s\"'<>`\\]*)", re.IGNORECASE)
_LOGIN: Final = re.compile(r"\A(?:[^/@:?#]*:(?!\d+(?:/|$))[^?#]*@|[^/@?#]*@)")
"""The login of a URL; a password may hold `/` and `@`, and a port is none."""

_PARAMETER: Final = re.compile(r"([?&])([\w.-]+)=([^&\s#\"'<>]+)")
_NAMED: Final = re.compile(
    r"(?<![\w-])([A-Za-z][\w-]*(?: ?key(?: provided)?)?)([\"']?\s?[:=]\s?)"
    r"(\"[^\"]*\"|'[^']*'|[^\s\"',;&)}\]]+)"
)
_BEARER: Final = re.compile(r"(\bBearer\s+)[\w.~+/=-]{8,}", re.IGNORECASE)
_BASIC: Final = re.compile(r"(\bBasic\s+)([A-Za-z0-9+/]{6,}={0,2})", re.IGNORECASE)
_SHORT_KEY: Final = re.compile(r"\b(?:sk|gsk|pk|rk)-[\w*.-]*[\d*][\w*.-]*")
"""A key cut short, as engines quote one that they refuse."""

_SHORTEST_VALUE: Final = 8
_PLAIN_HEADERS: Final = frozenset({"accept", "content-type", "user-agent", "accept-encoding", "connection"})
_known: set[str] = set()


def redact(value: Any, *, leave_out: bool = False) -> Any:
    """JSON-like data without secrets, however deep: in fields of such names, headers and addresses.

    Args:
        value: the data.
        leave_out: leave such fields out instead of writing `(hidden)` in their place.
    """
    if isinstance(value, Mapping):
        kept: dict[Any, Any] = {}
        for key, item in value.items():
            if is_secret(key, item):
                if not leave_out:
                    kept[key] = HIDDEN
            elif holds_headers(key, item):
                kept[key] = _empty(item) if leave_out else _hide_all(item)
            else:
                kept[key] = redact(item, leave_out=leave_out)
        return kept
    if isinstance(value, list | tuple):
        return [redact(item, leave_out=leave_out) for item in value]
    return _hide_in_setting(value) if isinstance(value, str) else value


def is_redacted(value: Any) -> bool:
    """Whether something is hidden in the data, so that they cannot be used as they are."""
    return any(HIDDEN in text for text in texts_in(value))


def hide_secrets(text: str, known: Iterable[str] = ()) -> str:
    """The text without keys, logins and queries of addresses, values of secret names, and the secrets known.

    Args:
        text: any text, such as an error message.
        known: further texts to hide, over those of `remember_secrets`.
    """
    text = _hide_values(text, known)
    text = _URL.sub(lambda url: url[1] + _without_query(url[1], url[2]), text)
    if "=" in text or ":" in text:
        text = _PARAMETER.sub(_hide_parameter, text)
        text = _NAMED.sub(_hide_named, text)
    text = _BEARER.sub(rf"\1{HIDDEN}", text)
    text = _BASIC.sub(lambda found: found[1] + HIDDEN if _is_login(found[2]) else found[0], text)
    return _SHORT_KEY.sub(HIDDEN, text)


def remember_secrets(settings: Any) -> None:
    """Hide the secrets of these settings by their value from now on, in every text of this process."""
    _known.update(secret for secret in _find_secrets(settings) if len(secret) >= _SHORTEST_VALUE)


def secrets_at_hand() -> list[str]:
    """The secrets of this process: its Hub token, those remembered, and those of its environment."""
    named = {name: value for name, value in os.environ.items() if is_secret_name(name)}
    named.pop("PWD", None)  # the directory that a shell is in
    values = {*named.values(), *_known}
    if hub := sys.modules.get("huggingface_hub"):  # nobody else has read the token from its file
        values.add(hub.get_token() or "")
    return sorted((value for value in values if len(value) >= _SHORTEST_VALUE), key=len, reverse=True)


def hide_all_secrets(text: str) -> str:
    """The text without secrets, those of the environment among them; for whatever is shown or logged."""
    return hide_secrets(text, secrets_at_hand())


def _empty(value: Any) -> Any:
    return {} if isinstance(value, Mapping) else []


def _hide_all(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _hide_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hide_all(item) for item in value]
    return HIDDEN


def _hide_values(text: str, known: Iterable[str] = ()) -> str:
    """The text without the secrets known, what has the shape of a key, and logins in addresses."""
    for secret in sorted({*known, *_known}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    text = KEY_SHAPES.sub(HIDDEN, text)
    return _URL.sub(lambda url: url[1] + (_LOGIN.sub("", url[2], count=1) if "@" in url[2] else url[2]), text)


def _hide_in_setting(text: str) -> str:
    """A text of the settings: an address goes without its query, while another may be a prompt to be kept."""
    address = _URL.fullmatch(text.strip())
    return hide_secrets(text) if address else _hide_values(text)


def _without_query(scheme: str, rest: str) -> str:
    """What follows `://` up to its query; a fragment with parameters goes too, and a dataset's stays."""
    if scheme == "hf://":
        return rest
    address, _, fragment = rest.partition("?")[0].partition("#")
    return f"{address}#{fragment}" if fragment and "=" not in fragment else address


def _hide_parameter(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}={HIDDEN}" if is_secret_name(found[2]) else found[0]


def _hide_named(found: re.Match[str]) -> str:
    name = found[1].removesuffix(" provided")
    quote = found[3][0] if found[3][0] in "\"'" else ""
    value = found[3].strip("\"'")
    if (
        not value
        or value in (HIDDEN, "Bearer", "Basic")
        or value.startswith("(")
        or not is_secret(name, _scalar(value))
    ):
        return found[0]
    return f"{found[1]}{found[2]}{quote}{HIDDEN}{quote}"


def _scalar(value: str) -> Any:
    if value.lower() in ("true", "false", "null", "none"):
        return None
    return 0 if value.isdigit() else value


def _is_login(text: str) -> bool:
    """Whether this is `user:password` in base64, and not a word after "basic"."""
    try:
        return b":" in base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False


def _find_secrets(value: Any, inside: bool = False) -> Iterator[str]:
    """The texts in settings that are secret: under such a name, in a header, or in an address."""
    if hasattr(value, "get_secret_value"):
        value, inside = value.get_secret_value(), True
    if isinstance(value, Mapping):
        for key, item in value.items():
            plain = str(key).lower() in _PLAIN_HEADERS
            secret = inside or is_secret_name(key) or holds_headers(key, item)
            yield from _find_secrets(item, secret and not plain)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _find_secrets(item, inside)
    elif isinstance(value, str):
        if inside:
            yield value
            yield value.removeprefix("Bearer ")
        for url in _URL.finditer(value):
            if login := _LOGIN.match(url[2]):
                yield from login[0].rstrip("@").split(":", 1)[1:]
            yield from (found[3] for found in _PARAMETER.finditer(url[2]) if is_secret_name(found[2]))
