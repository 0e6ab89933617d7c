"""Holds responses against the column `constraints`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sysgen_distilabel.constraints.verifiers import Constraint, follows


def find_broken(response: str, constraints: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The constraints a response breaks, checked strictly; a blank response breaks all.

    Args:
        response: one answer of the assistant.
        constraints: entries of the column `constraints`.

    Raises:
        BadConstraint: if no verifier can check one of them.
        ConfigError: if lm-eval, or data of nltk that a verifier needs, is not installed.
    """
    return [entry for entry in constraints if not follows(response, Constraint.from_row(entry))]
