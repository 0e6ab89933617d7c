"""What checks find, and what becomes of it under their policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sysgen_distilabel.checks.check_table import CHECKS, Check, Policy
from sysgen_distilabel.errors import RowRejected

Phrases = Sequence[Mapping[str, str]]
"""Phrases as they are in a row: `functionality`, `text` and `verdict` each."""

_LONGEST_EVIDENCE: Final = 200
WRITTEN_IN: Final = 1
"""The phase that phrases are written in."""


class Action(StrEnum):
    """What was done with something found."""

    MARKED = "marked"
    DROPPED = "dropped"
    REGENERATED = "regenerated"
    REJECTED = "rejected"


class Finding(NamedTuple):
    """Something a check has found in the phrases of a row or in one of its responses.

    Attributes:
        kind: what it is, as one word of the check.
        evidence: the words that show it.
        phrase: the place of the phrase, from 0; -1 for the phrases as a whole or for a response.
        turn: the number of the response, from 1; 0 for phrases.
        certain: whether it is a fault; otherwise it could not be told, which is marked under any policy.
    """

    kind: str
    evidence: str
    phrase: int = -1
    turn: int = 0
    certain: bool = True


Finder = Callable[[Mapping[str, Any], Phrases], Iterable[Finding]]
"""Looks for one thing in the phrases of a row, which has other columns too."""


def note(
    check: str,
    found: Finding,
    action: Action,
    phase: int = WRITTEN_IN,
    phrase: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A finding as an entry of the column `findings`."""
    phrase = phrase or {}
    return {
        "check": check,
        "phase": phase,
        "functionality": phrase.get("functionality", ""),
        "phrase": phrase.get("text", ""),
        "turn": found.turn,
        "kind": found.kind,
        "evidence": " ".join(found.evidence.split())[:_LONGEST_EVIDENCE],
        "action": action.value,
    }


def describe(found: Mapping[str, Any]) -> str:
    """An entry of the column `findings` in one line, for people."""
    place = f"turn {found['turn']}: " if found["turn"] else ""
    phrase = f"{found['functionality']} “{found['phrase']}”: " if found["phrase"] else ""
    said = f" ({found['evidence']})" if found["evidence"] else ""
    return f"{found['check']}, {found['action']}: {place}{phrase}{found['kind']}{said}"


class Settled(NamedTuple):
    """What is left of the phrases of a row when checks have looked at them.

    Attributes:
        phrases: the phrases that were not dropped.
        findings: what was found, as entries of the column `findings`.
        rejection: the reason to reject the row for, if there is one.
    """

    phrases: list[Mapping[str, str]]
    findings: list[dict[str, Any]]
    rejection: RowRejected | None


def settle_phrases(
    row: Mapping[str, Any], phrases: Phrases, policies: Mapping[str, Policy], finders: Mapping[str, Finder]
) -> Settled:
    """Let checks look at phrases one after the other; a later one no longer sees what an earlier dropped.

    Args:
        row: the row the phrases are of.
        phrases: its phrases.
        policies: the policies of the checks that are to look, in their order.
        finders: what looks, by the name of its check.
    """
    left, findings = list(phrases), list[dict[str, Any]]()
    rejection: RowRejected | None = None
    for name, policy in policies.items():
        check, dropped = CHECKS[name], set[int]()
        for found in finders[name](row, left):
            action = _decide(check, policy, found)
            findings.append(
                note(name, found, action, phrase=left[found.phrase] if found.phrase >= 0 else None)
            )
            if action is Action.DROPPED:
                dropped.add(found.phrase)
            elif action is Action.REJECTED and rejection is None:
                rejection = RowRejected(check.outcome, f"{found.kind}: {findings[-1]['evidence']}")
        left = [phrase for place, phrase in enumerate(left) if place not in dropped]
    return Settled(left, findings, rejection)


def find_to_ask_again(
    row: Mapping[str, Any], phrases: Phrases, policies: Mapping[str, Policy], finders: Mapping[str, Finder]
) -> list[dict[str, Any]]:
    """What the checks whose policy asks again find, as entries of the column `findings`."""
    return [
        _note_phrase(name, found, Action.REGENERATED, phrases)
        for name, policy in policies.items()
        if policy.asks_again
        for found in finders[name](row, phrases)
        if found.certain
    ]


def _decide(check: Check, policy: Policy, found: Finding) -> Action:
    """What is done with something found in a reply that is not asked for again."""
    if policy is Policy.REJECT and found.certain:
        return Action.REJECTED
    if policy is Policy.MARK or not found.certain or not check.drops or found.phrase < 0:
        return Action.MARKED
    return Action.DROPPED


def _note_phrase(check: str, found: Finding, action: Action, phrases: Phrases) -> dict[str, Any]:
    return note(check, found, action, phrase=phrases[found.phrase] if found.phrase >= 0 else None)
