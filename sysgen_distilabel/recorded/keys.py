"""Gives each request a hash, so that its reply is found again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
from pydantic import BaseModel

from sysgen_distilabel.errors import ConfigError

if TYPE_CHECKING:
    from distilabel.models.llms.base import LLM
    from distilabel.typing import FormattedInput

SCHEME: Final = 1
"""Version of the hash; raised when what goes into it changes."""

_OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY


class Keys:
    """Hashes requests to one LLM; see `Recorded` for what goes into the hash.

    Args:
        llm: the LLM, loaded if loading changes its `structured_output`.

    Raises:
        ConfigError: if its identity cannot be written as JSON.
    """

    def __init__(self, llm: LLM) -> None:
        identity = {
            "scheme": SCHEME,
            "model": llm.model_name,
            "identity": getattr(llm, "request_identity", None),
            "structured_output": getattr(llm, "structured_output", None),
        }
        self._prefix = blake2b(to_canonical_json(identity), digest_size=16)

    def hash(self, input: FormattedInput, attempt: int, generation_kwargs: Mapping[str, Any]) -> bytes:
        """The hash of a request, 16 bytes.

        Args:
            input: messages, messages with a schema, or a plain prompt.
            attempt: which sample of the prompt, from 0.
            generation_kwargs: the sampling.

        Raises:
            ConfigError: if a value cannot be written as JSON.
        """
        prompt, schema = input if isinstance(input, tuple) else (input, None)
        digest = self._prefix.copy()
        digest.update(to_canonical_json([prompt, schema, generation_kwargs, attempt]))
        return digest.digest()


def to_canonical_json(value: Any) -> bytes:
    """The value as JSON that does not depend on the order of the keys in dictionaries.

    Raises:
        ConfigError: if a part of it cannot be written as JSON.
    """
    try:
        return orjson.dumps(value, default=_to_jsonable, option=_OPTIONS)
    except TypeError:  # orjson refuses half a surrogate pair and integers beyond 64 bits
        pass
    try:
        return json.dumps(value, default=_to_jsonable, sort_keys=True).encode()
    except TypeError as error:
        raise ConfigError(
            f"A request cannot be recorded: {error}.", "Use plain values in messages and generation_kwargs."
        ) from error


def _to_jsonable(value: Any) -> Any:
    if isinstance(value, type) and issubclass(value, BaseModel):
        return value.model_json_schema()
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"there is no JSON for a value of type {type(value).__name__}")
