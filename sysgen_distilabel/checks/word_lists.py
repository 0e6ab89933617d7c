"""Reads the lists of words beside the checks."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def read_word_lists(name: str) -> dict[str, Any]:
    """The tables of a file such as `number_words.toml`."""
    return tomllib.loads(files("sysgen_distilabel.checks").joinpath(name).read_text(encoding="utf-8"))
