"""Hides what must not be written to a file or shown: keys, tokens and passwords."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

HIDDEN: Final = "(hidden)"

_SECRET_NAME: Final = re.compile(
    r"(?:^|[-_.])(?:api[-_]?key|account[-_]?key|(?:secret|access)[-_]?key|(?:set[-_]?)?cookie|authorization"
    r"|(?<!bos_)(?<!eos_)(?<!pad_)(?<!unk_)(?<!sep_)(?<!cls_)(?<!mask_)(?<!stop_)token"
    r"|password|passwd|secret|credentials?|connection[-_]?string)$",
    re.IGNORECASE,
)
KEY_SHAPES: Final = re.compile(
    r"\bhf_[A-Za-z0-9]{20,}|\b(?:sk|pk|rk)-[A-Za-z0-9_-]{20,}|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\bgithub_pat_\w{30,}|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}|\bAKIA[0-9A-Z]{16}\b"
    r"|\bAIza[\w-]{35}|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"
    r"|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"
)
"""What keys of well-known services look like, wherever they stand."""

_BEARER: Final = re.compile(r"(\bBearer\s+)[\w.~+/=-]{8,}", re.IGNORECASE)
_LOGIN_IN_URL: Final = re.compile(r"(?<=://)[^/\s@]+@")
_SECRET_IN_QUERY: Final = re.compile(r"([?&][\w-]*(?:key|token|secret|password|signature)=)[^&\s#]+", re.I)
_SHORTEST_VALUE: Final = 8


def is_secret_name(name: object) -> bool:
    """Whether a field, key or header of this name holds a secret (`hf_token` does, `eos_token` does not)."""
    return bool(_SECRET_NAME.search(str(name)))


def redact(value: Any) -> Any:
    """The value with the contents of every secret-sounding field replaced, however deep."""
    if isinstance(value, Mapping):
        return {
            key: HIDDEN if item and not isinstance(item, bool) and is_secret_name(key) else redact(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact(item) for item in value]
    return value


def hide_secrets(text: str, known: Iterable[str] = ()) -> str:
    """The text without what looks like a key, a login in an address, or is one of the known secrets."""
    for secret in known:
        text = text.replace(secret, HIDDEN)
    text = KEY_SHAPES.sub(HIDDEN, text)
    text = _BEARER.sub(rf"\1{HIDDEN}", text)
    text = _LOGIN_IN_URL.sub("", text)
    return _SECRET_IN_QUERY.sub(rf"\1{HIDDEN}", text)


def secrets_at_hand() -> list[str]:
    """The secrets of this process: the Hub token it would use, and what secret-sounding variables hold."""
    from huggingface_hub import get_token

    values = {value for name, value in os.environ.items() if is_secret_name(name)} | {get_token() or ""}
    return sorted((value for value in values if len(value) >= _SHORTEST_VALUE), key=len, reverse=True)
