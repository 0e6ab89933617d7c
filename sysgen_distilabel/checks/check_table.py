"""The checks there are: what each looks at and finds, its policies, and the one that careful users want."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sysgen_distilabel.checks.code_syntax import GRAMMARS
from sysgen_distilabel.extras import install_line, is_installed
from sysgen_distilabel.outcome import Outcome


class Policy(StrEnum):
    """What a check does with what it finds; every policy but `off` notes it in the column `findings`.

    `off` does not look. `mark` does nothing more than note it. `drop` removes the phrase. `regenerate` asks
    for another reply while `max_attempts` are left; of the last one the phrase is dropped, where the check
    can drop phrases, or else it is kept and marked. `reject` asks again in the same way and rejects the row
    where that does not help.
    """

    OFF = "off"
    MARK = "mark"
    DROP = "drop"
    REGENERATE = "regenerate"
    REJECT = "reject"

    @property
    def asks_again(self) -> bool:
        """Whether a reply in which something was found is asked for again."""
        return self in (Policy.REGENERATE, Policy.REJECT)


class Subject(StrEnum):
    """What a check looks at: every reply of an engine, the phrases of phase 1 or the responses of phase 4.

    A judge looks at `judged_responses`, which costs calls.
    """

    REPLIES = "replies"
    PHRASES = "phrases"
    RESPONSES = "responses"
    JUDGED_RESPONSES = "judged_responses"


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes:
        name: its name, in the settings and in the column `findings`.
        subject: what it looks at.
        policies: the policies that make sense for it, the mildest first.
        careful: its policy in the preset `careful`, the default.
        outcome: the reason of a row it rejects.
        meaning: what it finds, for reports and cards.
        needs: the modules of the extra that it needs; `careful` leaves it off where one is not installed.
    """

    name: str
    subject: Subject
    policies: tuple[Policy, ...]
    careful: Policy
    outcome: Outcome
    meaning: str
    needs: tuple[str, ...] = ()

    @property
    def is_installed(self) -> bool:
        """Whether all is installed that it needs; another package may bring a part of an extra."""
        return all(map(is_installed, self.needs))

    @property
    def default(self) -> Policy:
        """Its policy in the preset `careful`, as far as what is installed allows it."""
        return self.careful if self.is_installed else Policy.OFF

    @property
    def drops(self) -> bool:
        """Whether it can drop single phrases."""
        return Policy.DROP in self.policies


_OFF, _MARK, _DROP, _REGENERATE, _REJECT = Policy
_OF_PHRASES: Final = (_OFF, _MARK, _DROP, _REGENERATE, _REJECT)
_OF_MESSAGES: Final = (_OFF, _MARK, _REGENERATE, _REJECT)
_OF_REPLIES: Final = (_OFF, _MARK, _REJECT)
_OF_RESPONSES: Final = (_OFF, _MARK, _REGENERATE, _REJECT)

CHECKS: Final[Mapping[str, Check]] = {
    check.name: check
    for check in (
        Check(
            name="loops",
            subject=Subject.REPLIES,
            policies=_OF_REPLIES,
            careful=_REJECT,
            outcome=Outcome.DEGENERATE_REPLY,
            meaning="replies that repeat the same words without end",
        ),
        Check(
            name="copies",
            subject=Subject.PHRASES,
            policies=_OF_PHRASES,
            careful=_DROP,
            outcome=Outcome.COPIED_DEMONSTRATION,
            meaning="phrases that were copied from a demonstration in the generator's prompt",
        ),
        Check(
            name="leaks",
            subject=Subject.PHRASES,
            policies=_OF_PHRASES,
            careful=_DROP,
            outcome=Outcome.LEAK,
            meaning="phrases that say what only someone who has read the answer can know",
        ),
        Check(
            name="fragments",
            subject=Subject.PHRASES,
            policies=_OF_PHRASES,
            careful=_DROP,
            outcome=Outcome.FAULTY_PHRASE,
            meaning="phrases that are no whole instruction",
        ),
        Check(
            name="formulas",
            subject=Subject.PHRASES,
            policies=_OF_PHRASES,
            careful=_DROP,
            outcome=Outcome.FAULTY_PHRASE,
            meaning='phrases that say nothing definite, such as "Be helpful."',
        ),
        Check(
            name="contradictions",
            subject=Subject.PHRASES,
            policies=_OF_PHRASES,
            careful=_DROP,
            outcome=Outcome.FAULTY_PHRASE,
            meaning="phrases that cannot be kept together with an earlier one",
        ),
        Check(
            name="tools",
            subject=Subject.PHRASES,
            policies=_OF_PHRASES,
            careful=_DROP,
            outcome=Outcome.FAULTY_PHRASE,
            meaning="phrases about tools that the conversation does not have",
        ),
        Check(
            name="language",
            subject=Subject.PHRASES,
            policies=_OF_MESSAGES,
            careful=_REGENERATE,
            outcome=Outcome.WRONG_LANGUAGE,
            meaning="system messages in another language than the user's turns",
        ),
        Check(
            name="faults",
            subject=Subject.RESPONSES,
            policies=_OF_RESPONSES,
            careful=_REGENERATE,
            outcome=Outcome.FAULTY_ANSWER,
            meaning="responses that are no answers: refusals, talk about the message, another language",
        ),
        Check(
            name="answers",
            subject=Subject.RESPONSES,
            policies=_OF_RESPONSES,
            careful=_REGENERATE,
            outcome=Outcome.WRONG_ANSWER,
            meaning="responses whose final answer is not that of the original",
            needs=("math_verify", "text_to_num", "tree_sitter", *GRAMMARS),
        ),
        Check(
            name="alignment",
            subject=Subject.JUDGED_RESPONSES,
            policies=_OF_REPLIES,
            careful=_OFF,
            outcome=Outcome.NOT_ALIGNED,
            meaning="responses that do not follow their system message, by programs and a judge",
        ),
    )
}
"""Every check by its name, in the order in which they look."""

CAREFUL: Final[Mapping[str, str]] = {check.name: check.default.value for check in CHECKS.values()}
"""The policies of the preset `careful`."""

ALL_OFF: Final[Mapping[str, str]] = dict.fromkeys(CHECKS, Policy.OFF.value)
"""No check at all, as in the paper."""


def resolve_policies(given: Any) -> dict[str, str]:
    """The policy of every check, as plain text that YAML can hold, from what a user says of some.

    Args:
        given: policies by the names of checks, over those of `careful`; or `careful`, or `off` for all.
            `False` is `off`, as YAML reads it.

    Raises:
        ValueError: if a check is unknown, or has no such policy.
    """
    if given is None or given == "careful":
        return dict(CAREFUL)
    if given is False or given == "off":
        return dict(ALL_OFF)
    if not isinstance(given, Mapping):
        raise ValueError("write `careful`, `off`, or one `name: policy` per check")
    return {**CAREFUL, **{name: _read_policy(name, policy) for name, policy in given.items()}}


def policies_of(policies: Mapping[str, str], *subjects: Subject) -> dict[str, Policy]:
    """Those of the policies that are of checks of the subjects, in the order of the table, without `off`."""
    return {
        name: Policy(policies[name])
        for name, check in CHECKS.items()
        if check.subject in subjects and policies.get(name, Policy.OFF) != Policy.OFF
    }


def require_policy(name: str, policy: str) -> str:
    """The policy itself.

    Raises:
        ValueError: if the check has no such policy.
    """
    if policy not in (allowed := CHECKS[name].policies):
        raise ValueError(f"'{name}' takes one of {_join(allowed)}")
    return policy


def _read_policy(name: str, policy: Any) -> str:
    check = CHECKS.get(name)
    if check is None:
        raise ValueError(f"there is no check '{name}', only {_join(CHECKS)}")
    policy = require_policy(name, Policy.OFF if policy is False else policy)
    if policy != Policy.OFF and not check.is_installed:
        raise ValueError(f"'{name}' needs an extra: {install_line(name)}")
    return Policy(policy).value


def _join(names: Iterable[str]) -> str:
    return ", ".join(names)
