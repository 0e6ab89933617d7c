"""Imports what the extra `answers` brings."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from sysgen_distilabel.extras import missing_extra


@cache
def import_answers_library(name: str) -> Any:
    """A module of the extra `answers`: math-verify, text2num, tree-sitter or one of its grammars.

    Raises:
        ConfigError: if it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise missing_extra("Comparing answers", "answers", name) from error
