"""What every Step that checks phrases needs: who looks, what is noted, what is dropped."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import field_validator

from sysgen_distilabel.checks.check_table import Policy, Subject, policies_of, require_policy
from sysgen_distilabel.checks.finders import PHRASE_FINDERS
from sysgen_distilabel.checks.findings import settle_phrases
from sysgen_distilabel.columns import (
    CHECKED,
    FINDINGS,
    MESSAGES,
    ORIGINAL_SYSTEM_MESSAGE,
    OUTCOME,
    PHRASES,
    TOOLS,
    TURN_FIELDS,
    WANTED_LANGUAGE,
)
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.rows import Row, needs_system_message
from sysgen_distilabel.steps.row_step import RowStep

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


_HELD_AGAINST: Final = (
    MESSAGES,
    ORIGINAL_SYSTEM_MESSAGE,
    TURN_FIELDS,
    TOOLS,
    WANTED_LANGUAGE,
    OUTCOME,
)


class PhraseCheckStep(RowStep):
    """Base of the Steps that check the phrases of phase 1; a subclass says which checks look.

    The policy `regenerate` does here what it does with the last reply of a Task that asked again: the phrase
    is dropped, or marked where the check drops none. A row that no phrase is left of is rejected.
    """

    @property
    def policies(self) -> Mapping[str, Policy]:
        """The policies of the checks that look, by their names and in their order."""
        raise NotImplementedError

    @property
    def inputs(self) -> "StepColumns":
        """The phrases, and what they are held against."""
        return {PHRASES: True, **dict.fromkeys(_HELD_AGAINST, False)}

    @property
    def own_outputs(self) -> list[str]:
        """The phrases that are left, what was found and who has looked."""
        return [PHRASES, CHECKED, FINDINGS]

    def is_open(self, row: Row) -> bool:
        """Whether the row has no system message yet."""
        return needs_system_message(row)

    def process_row(self, row: Row) -> Row:
        """Let every check look at one row."""
        policies = self.policies
        phrases, findings, rejection = settle_phrases(row, row[PHRASES], policies, PHRASE_FINDERS)
        row[CHECKED] = list(dict.fromkeys([*row[CHECKED], *policies]))
        row[FINDINGS] = [*row[FINDINGS], *findings]
        if rejection:
            raise rejection
        if not phrases:
            kinds = dict.fromkeys(f"{found['check']}: {found['kind']}" for found in findings)
            raise RowRejected(Outcome.EVERY_PHRASE_DROPPED, "; ".join(kinds))
        return {PHRASES: phrases}


class OneCheckStep(PhraseCheckStep):
    """Base of the Steps that are one check each: a subclass names it and has its `policy`."""

    check: ClassVar[str]
    policy: str

    @property
    def policies(self) -> Mapping[str, Policy]:
        """The one check, unless it is off."""
        return policies_of({self.check: self.policy}, Subject.PHRASES)

    @field_validator("policy", check_fields=False)
    @classmethod
    def _check_policy(cls, policy: str) -> str:
        return require_policy(cls.check, policy)
