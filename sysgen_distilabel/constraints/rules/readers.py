"""Readers of matches that the rules of several languages share: quoted words and what stands for itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sysgen_distilabel.constraints.rules.counts import Unit
from sysgen_distilabel.constraints.rules.rule import Masked, forbid, is_literal, require
from sysgen_distilabel.constraints.verifiers import Constraint

NO_DIGITS: Final = Constraint(
    "detectable_content:numeric_inclusion", {"relation": "less than", "num_numbers": 1}
)
JSON: Final = Constraint("detectable_format:json_format", {})
TABLE: Final = Constraint("detectable_format:table", {"min_rows": 1, "min_cols": 2})

_NAME: Final = r"(?-i:\p[\w-]*)".replace(r"\p", "[A-ZÄÖÜÁÉÍÓÚÑ]")
NAMES: Final = rf"{_NAME}(?:, {_NAME})*,? (?:and|und|y) {_NAME}"
"""Names in a row that are written with capitals and not in quotation marks."""


def no_signs(characters: str) -> Constraint:
    """None of these characters."""
    return Constraint("sysgen:forbidden_characters", {"characters": characters})


def read_forbidden(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    """Reads the quoted words of the group `words` as words to avoid."""
    yield forbid(masked.read(match["words"]))


def read_required(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    """Reads the quoted words of the group `words` as words to use."""
    yield from require(masked.read(match["words"]))


def read_start(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    """Reads the quoted text of the group `words` as the beginning."""
    if is_literal(text := masked.read(match["words"])[0]):
        yield Constraint("startend:start_checker", {"start_phrase": text})


def read_end(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    """Reads the quoted text of the group `words` as the end."""
    if is_literal(text := masked.read(match["words"])[0]):
        yield Constraint("startend:end_checker", {"end_phrase": text})


def read_columns(match: re.Match[str], masked: Masked) -> Iterator[Constraint]:
    """Reads the names of the group `columns` as the columns of a table: in quotation marks, or as `NAMES`."""
    columns = masked.read(match["columns"]) or re.split(r", (?:and )?| (?:and|und|y) ", match["columns"])
    yield Constraint("sysgen:table_columns", {"columns": columns})


def groups(patterns: Mapping[Unit, str]) -> str:
    """One pattern with a group per unit."""
    return "(?:" + "|".join(f"(?P<{unit.value}>{words})" for unit, words in patterns.items()) + ")"
