"""Imports what the extra `answers` brings."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from sysgen_distilabel.errors import ConfigError


@cache
def import_answers_library(name: str) -> Any:
    """A module of the extra `answers`: math-verify, text2num, tree-sitter or one of its grammars.

    Raises:
        ConfigError: if it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ConfigError(
            f"Answers are compared with the package of `{name}`, which is not installed.",
            'Run: pip install "sysgen-distilabel[answers]"',
        ) from error
