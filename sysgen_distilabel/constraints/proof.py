"""Proves that a check does what it says: it passes what follows, and fails the same text made to break it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sysgen_distilabel.constraints.following import write_following
from sysgen_distilabel.constraints.mutators import violate
from sysgen_distilabel.constraints.verifiers import BadConstraint, Constraint, check_constraint, follows
from sysgen_distilabel.errors import ConfigError


class NoProof(StrEnum):
    """Why a constraint has no proof; each has a line for people."""

    CANNOT_BE_CHECKED = "cannot_be_checked"
    NO_EXAMPLE = "no_example"
    NOTHING_FOLLOWS = "nothing_follows"
    VIOLATION_PASSES = "violation_passes"
    OTHER_MEANING = "other_meaning"
    NOT_JUDGED = "not_judged"

    @property
    def explanation(self) -> str:
        """What it means, for people."""
        return _EXPLANATIONS[self]


_EXPLANATIONS = {
    NoProof.CANNOT_BE_CHECKED: "no verifier takes its id and arguments here",
    NoProof.NO_EXAMPLE: "no text that follows, or no mutator, is known for its verifier",
    NoProof.NOTHING_FOLLOWS: "its verifier fails a text that was written to follow",
    NoProof.VIOLATION_PASSES: "its verifier passes a text that was made to break it",
    NoProof.OTHER_MEANING: "the judge finds that it does not ask for what the phrase asks for",
    NoProof.NOT_JUDGED: "the judge gave no verdict that can be read",
}


def find_flaw(constraint: Constraint, responses: Sequence[str] = ()) -> NoProof | None:
    """Why a constraint has no proof as far as a program can tell, or `None` if it has one.

    Of the given responses those that follow are broken by the mutator as well, so that the proof holds on
    the texts of a row too.

    Args:
        constraint: what to prove.
        responses: answers that may follow it, such as the aligned ones.
    """
    try:
        check_constraint(constraint)
        written = write_following(constraint)
        texts = [text for text in (written, *responses) if text and follows(text, constraint)]
        if written is None:
            return NoProof.NO_EXAMPLE
        if written not in texts:
            return NoProof.NOTHING_FOLLOWS
        for text in texts:
            broken = violate(text, constraint)
            if broken is None:
                return NoProof.NO_EXAMPLE
            if follows(broken, constraint):
                return NoProof.VIOLATION_PASSES
    except (BadConstraint, ConfigError):
        return NoProof.CANNOT_BE_CHECKED
    return None
