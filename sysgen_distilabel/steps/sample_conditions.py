"""Draw for each row what its system message has to be like."""

from typing import TYPE_CHECKING

from pydantic import Field, PrivateAttr

from sysgen_distilabel.columns import CONDITIONS, MESSAGES, OUTCOME, SOURCE_ID, TOOLS
from sysgen_distilabel.rows import Row, has_tools
from sysgen_distilabel.steps.row_step import RowStep
from sysgen_distilabel.variety.conditions import draw_conditions
from sysgen_distilabel.variety.options import Conditions, Expertise, FunctionalityName, Length, Share

if TYPE_CHECKING:
    from distilabel.typing import StepColumns


class SampleConditions(RowStep):
    """Draw functionalities, user, length and language of the system message to come.

    Left to itself a generator writes Role, Content and Task nearly always and Tool hardly ever
    (Table 6 of the paper). What is drawn here, `GenerateSystemMessage(conditioned=True)` asks for.
    A row gets the same conditions whatever rows are around it; other seeds draw others.

    Attributes:
        seed: other seeds draw other conditions.
        functionality_dropout: share of rows in which a functionality is not asked for, the same
            for all eight.
        functionality_shares: share of rows in which a single functionality is asked for, over
            what the dropout says, such as `{"Tool": 0.3}`.
        personas: users to write for.
        expertise: levels of how much that user knows: `novice`, `intermediate`, `expert`.
        lengths: `short` (50 words at most), `medium` or `long` (120 words and more).
        languages: English names of languages; `conversation` stands for that of the conversation.

    Input columns:
        - source_id (`str`): Identifies the row; the conditions are drawn by it.
        - messages (`List[Dict[str, str]]`): Optional. The conversation; it may have results of tools.
        - tools (`str`): Optional. Schemas of the tools the assistant has; Tool is asked for in rows with
            tools alone.
        - outcome (`str`): Optional. Rows with an outcome other than `pending` pass through.

    Output columns:
        - wanted_functionalities (`List[str]`): Those to use, and no others; empty if all are free.
        - persona (`str`): The user to write for, if there are any to draw from.
        - expertise (`str`): How much the user knows, if there are levels to draw from.
        - wanted_length (`str`): The length to write, if there are any to draw from.
        - wanted_language (`str`): The language to write in, empty for that of the conversation.
        - outcome (`str`): As before.
        - outcome_detail (`str`): As before.
        - rejected_by (`str`): As before.

    Categories:
        - text-manipulation

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Ask for every functionality in half of the rows, for users of all kinds:

        ```python
        from sysgen_distilabel.steps import SampleConditions

        step = SampleConditions(functionality_dropout=0.5, expertise=["novice", "expert"])
        step.load()
        row = next(step.process([{"source_id": "row-1"}]))[0]
        print(row["wanted_functionalities"], row["expertise"])
        ```

    Citations:
        ```
        @article{jeong2025sysgen,
            title = {System Message Generation for User Preferences using Open-Source Models},
            author = {Jeong, Minbyul and Cho, Jungho and Khang, Minsoo and Jung, Dawoon and Hong, Teakgyu},
            journal = {arXiv preprint arXiv:2502.11330},
            year = {2025}
        }
        ```
    """

    seed: int = 0
    functionality_dropout: Share = 0.0
    functionality_shares: dict[FunctionalityName, Share] = Field(default_factory=dict)
    personas: list[str] = Field(default_factory=list)
    expertise: list[Expertise] = Field(default_factory=list)
    lengths: list[Length] = Field(default_factory=list)
    languages: list[str] = Field(default_factory=list)

    _conditions: Conditions = PrivateAttr(default_factory=Conditions)

    @property
    def inputs(self) -> "StepColumns":
        """The id, and the row's state if it has one."""
        return {SOURCE_ID: True, MESSAGES: False, TOOLS: False, OUTCOME: False}

    @property
    def own_outputs(self) -> list[str]:
        """The conditions."""
        return list(CONDITIONS)

    def load(self) -> None:
        """Gather the settings."""
        super().load()
        self._conditions = Conditions(**{name: getattr(self, name) for name in Conditions.model_fields})

    def process_row(self, row: Row) -> Row:
        """Draw the conditions of one row."""
        turns = row.get(MESSAGES) or ()
        asked = "\n".join(turn["content"] for turn in turns if turn["role"] == "user")
        return draw_conditions(row[SOURCE_ID], self._conditions, has_tools(row), asked)
