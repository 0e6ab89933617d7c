"""What every Step that checks responses needs: who looks, what is noted, which row is rejected."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, field_validator

from sysgen_distilabel.checks.check_table import CHECKS, Policy, Subject, policies_of, require_policy
from sysgen_distilabel.checks.findings import Action, note
from sysgen_distilabel.checks.response_finders import RESPONSE_FINDERS, Exchange, as_row, compare
from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    ANSWER_COMPARISONS,
    CHECKED,
    FINDINGS,
    MESSAGES,
    OUTCOME,
)
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.response_turns import Turns, list_responses
from sysgen_distilabel.rows import Row, is_rejected
from sysgen_distilabel.steps.row_step import RowStep

if TYPE_CHECKING:
    from distilabel.typing import StepColumns

ANSWERED_IN = 4
"""The phase that responses are given in."""


class ResponseCheckStep(RowStep):
    """Base of the Steps that check the responses of phase 4; a subclass says which checks look.

    The policy `regenerate` does here what it does with the last reply of a Task that asked again: the
    response is kept and marked.
    """

    turns: Turns = Field(default="all", description="Whether all turns are checked or the last one alone.")

    @property
    def policies(self) -> Mapping[str, Policy]:
        """The policies of the checks that look, by their names and in their order."""
        raise NotImplementedError

    @property
    def inputs(self) -> "StepColumns":
        """Both conversations, and the row's outcome if it has one."""
        return {MESSAGES: True, ALIGNED_MESSAGES: True, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """What was found and who has looked."""
        return [ANSWER_COMPARISONS, CHECKED, FINDINGS]

    def is_open(self, row: Row) -> bool:
        """Whether the row has come through the last phase, or there are no phases."""
        return not is_rejected(row)

    def process_row(self, row: Row) -> Row:
        """Let every check look at each response of one row."""
        policies, exchanges = self.policies, self._list_exchanges(row)
        rejection: RowRejected | None = None
        findings: list[dict[str, Any]] = []
        for name, policy in policies.items():
            for exchange in exchanges:
                for found in RESPONSE_FINDERS[name](exchange):
                    is_out = policy is Policy.REJECT
                    findings.append(
                        note(name, found, Action.REJECTED if is_out else Action.MARKED, ANSWERED_IN)
                    )
                    if is_out and rejection is None:
                        detail = f"turn {found.turn}: {found.kind}: {findings[-1]['evidence']}"
                        rejection = RowRejected(CHECKS[name].outcome, detail)
        if "answers" in policies:
            compared = ((exchange.turn, compare(exchange)) for exchange in exchanges)
            row[ANSWER_COMPARISONS] = [as_row(turn, found) for turn, found in compared if found]
        row[CHECKED] = list(dict.fromkeys([*row[CHECKED], *policies]))
        row[FINDINGS] = [*row[FINDINGS], *findings]
        if rejection:
            raise rejection
        return {}

    def _list_exchanges(self, row: Row) -> list[Exchange]:
        aligned = row[ALIGNED_MESSAGES]
        responses = list(enumerate(list_responses(row[MESSAGES], aligned), start=1))
        message = aligned[0]["content"] if aligned and aligned[0]["role"] == "system" else ""
        return [
            Exchange(turn, response.request, response.original, response.aligned, message)
            for turn, response in (responses if self.turns == "all" else responses[-1:])
            if response.aligned is not None
        ]


class OneResponseCheckStep(ResponseCheckStep):
    """Base of the Steps that are one check each: a subclass names it and has its `policy`."""

    check: ClassVar[str]
    policy: str

    @property
    def policies(self) -> Mapping[str, Policy]:
        """The one check, unless it is off."""
        return policies_of({self.check: self.policy}, Subject.RESPONSES)

    @field_validator("policy", check_fields=False)
    @classmethod
    def _check_policy(cls, policy: str) -> str:
        return require_policy(cls.check, policy)
