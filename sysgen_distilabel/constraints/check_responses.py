"""Holds responses against the column `constraints`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sysgen_distilabel.constraints.compile import says_more
from sysgen_distilabel.constraints.verifiers import Constraint, follows

_SENTENCE_END: Final = re.compile(r"[.!?]\s+(?=\S)|[。！？](?=.)")  # noqa: RUF001


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


def find_uncompiled(
    phrases: Sequence[Mapping[str, str]], constraints: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, str]]:
    """The phrases that no program checks as a whole: they have no constraint, or say more than it.

    Args:
        phrases: phrases of a system message.
        constraints: entries of the column `constraints`.
    """
    compiled = {entry.get("phrase", "") for entry in constraints}
    return [
        phrase
        for phrase in phrases
        if phrase["text"] not in compiled
        or _SENTENCE_END.search(phrase["text"].strip())
        or says_more(phrase["text"])
    ]
