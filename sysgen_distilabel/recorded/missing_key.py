"""Says which environment variable holds the key that an LLM of distilabel cannot be loaded without."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sysgen_distilabel.errors import ConfigError

if TYPE_CHECKING:
    from distilabel.models.llms.base import LLM

_ASKS_FOR_KEY: Final = re.compile(r"API key must be provided.*?environment variable `(\w+)`", re.DOTALL)


def load_with_key(llm: LLM) -> None:
    """Load an LLM.

    Raises:
        ConfigError: if it has no key; distilabel's classes raise a `ValueError` for that.
    """
    try:
        llm.load()
    except ValueError as error:
        if asked := _ASKS_FOR_KEY.search(str(error)):
            name = type(llm).__name__
            raise ConfigError(f"{name} needs an API key, and has none.", f"Set {asked[1]}.") from None
        raise
