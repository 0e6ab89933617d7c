"""The Step that loads conversations from a file, the Hub or memory."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from distilabel.mixins.runtime_parameters import RuntimeParameter
from distilabel.steps.base import GeneratorStep
from pydantic import Field, NonNegativeInt, PositiveInt, PrivateAttr, field_validator

from sysgen_distilabel.columns import (
    MESSAGES,
    ORIGINAL_SYSTEM_MESSAGE,
    SOURCE_ID,
    STATE,
    SYSTEM_MESSAGE,
    TOOLS,
    TURN_FIELDS,
    taken_names,
)
from sysgen_distilabel.errors import BadInput, ConfigError
from sysgen_distilabel.host.joining import JoinsAnyPipeline
from sysgen_distilabel.inputs import Input, SourceRow, open_input
from sysgen_distilabel.inputs.conversation import Reading
from sysgen_distilabel.inputs.row_digests import RowDigests
from sysgen_distilabel.inputs.source_ids import (
    UniqueIds,
    canonical_json,
    find_given_id,
    hash_content,
    in_utf8,
)
from sysgen_distilabel.inputs.tool_schemas import read_tools
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.rows import Row, complete, in_batches, reject

if TYPE_CHECKING:
    from distilabel.typing import GeneratorStepOutput, StepColumns

_OWN_OUTPUTS: Final = (SOURCE_ID, MESSAGES, ORIGINAL_SYSTEM_MESSAGE, TURN_FIELDS, *STATE)


class LoadConversations(JoinsAnyPipeline, GeneratorStep):
    """Load conversations in any common layout, one row after the other.

    A row may hold `messages`, ShareGPT or Capybara turns, or a question and its answer under the
    usual column names; see `sysgen_distilabel.inputs.conversation.to_messages`. Every row comes out: one
    that holds no conversation is rejected with a reason such as `bad_input`, and costs no call later. An
    input that cannot be read as a whole stops the pipeline with one clear line.

    Attributes:
        source: A path to a .jsonl, .json, .csv, .tsv or .parquet file, or a dataset on the Hub as
            `ORG/NAME` or `hf://datasets/ORG/NAME[@REVISION][?config=CONFIG&split=SPLIT]`.
        dataset: A `datasets.Dataset` or a list of dictionaries to load instead of `source`; it is
            not saved with the pipeline.
        columns: Which column of the source plays which part, if the names tell nothing; see
            `sysgen_distilabel.inputs.conversation.to_messages`.
        existing_system: What becomes of a system message that a row has: `keep` makes it the row's own, so
            that the phases that write one pass the row by, `skip` rejects the row; with `show` and
            `replace` it is in `original_system_message` alone.
        roles: Names of speakers that are not known, and the role each stands for.
        turn_keys: The keys of a turn that hold its `role` and its `content`, if they are not known.
        trailing_user: What becomes of a last turn without an answer: `reject` the row, `answer` the
            turn in phase 4, or `drop` it.
        prompts_only: Leave answers out, and load rows that have none.
        id_column: The column with the identifier. By default `source_id` or `id`, and where a row
            has neither, a hash of its conversation.
        limit: How many rows to load. By default all.
        skip: How many of them to leave out at the beginning. Their identifiers are taken, so that a
            row has the same wherever the loading begins.
        keep_columns: Further columns of the source to carry along; text and numbers stay what they
            are, anything else becomes JSON.
        digests: File with what each row was when the input was scanned, see `RowDigests`; a row that
            has changed since stops the pipeline. It is not saved with the pipeline.
        tools_column: The column with the tools the assistant has, a list of JSON schemas of
            functions or its text. It fills a further column `tools`, as JSON.
        find_tools: Whether to fill that column also without `tools_column`, from where public data sets have
            tools: the columns `tools` and `functions`, the settings of a chat template, the system turn.

    Runtime parameters:
        - `source`: The path or the dataset on the Hub to load.
        - `limit`: How many rows to load.
        - `batch_size`: The number of rows in a batch. Defaults to `1000`.

    Output columns:
        - source_id (`str`): The identifier given by the source, else a hash of the conversation.
            No two rows have the same: a repeated one gets `-2`, `-3` and so on.
        - messages (`List[Dict[str, str]]`): User and assistant turns, and results of tools, each
            with `role` and `content`; empty if the row is rejected.
        - original_system_message (`str`): The system message the source had, mostly empty.
        - turn_fields (`str`): What turns hold besides, such as tool calls and marks for a trainer, as
            the JSON of one object per turn; mostly empty.
        - outcome (`str`): `pending`, or `bad_input`, `media_input` or `unanswered_input`.
        - outcome_detail (`str`): What was wrong with the row, and where it is in the source.
        - rejected_by (`str`): The name of the step that rejected the row, empty for a live row.

    Categories:
        - load

    References:
        - [System Message Generation for User Preferences using Open-Source Models](https://arxiv.org/abs/2502.11330)

    Examples:
        Load conversations from a file:

        ```python
        from sysgen_distilabel.steps import LoadConversations

        loader = LoadConversations(source="examples/data/mixed.jsonl", limit=10)
        loader.load()

        rows, last_batch = next(loader.process())
        print(rows[0]["source_id"], rows[0]["messages"])
        ```

        Load rows that are in memory, with columns of their own names:

        ```python
        from sysgen_distilabel.steps import LoadConversations

        loader = LoadConversations(
            dataset=[{"frage": "Was ist 2 + 2?", "antwort": "4."}],
            columns={"user": "frage", "assistant": "antwort"},
        )
        loader.load()

        rows, last_batch = next(loader.process())
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

    source: RuntimeParameter[str] | None = Field(
        default=None, description="The path or the dataset on the Hub to load."
    )
    dataset: Any = Field(default=None, exclude=True, repr=False)
    columns: dict[str, str] = Field(default_factory=dict)
    roles: dict[str, str] = Field(default_factory=dict)
    turn_keys: dict[str, str] = Field(default_factory=dict)
    trailing_user: Literal["reject", "answer", "drop"] = "reject"
    prompts_only: bool = False
    id_column: str | None = None
    limit: RuntimeParameter[PositiveInt] | None = Field(default=None, description="How many rows to load.")
    skip: NonNegativeInt = 0
    keep_columns: list[str] = Field(default_factory=list)
    tools_column: str | None = None
    find_tools: bool = False
    existing_system: Literal["show", "keep", "skip", "replace"] = "replace"
    digests: str | None = Field(default=None, exclude=True, repr=False)
    batch_size: RuntimeParameter[PositiveInt] = Field(default=1000, description="Rows per batch.")

    _input: Input = PrivateAttr()
    _reading: Reading = PrivateAttr()

    @field_validator("keep_columns")
    @classmethod
    def check_keep_columns(cls, names: list[str]) -> list[str]:
        """Refuse names that SysGen's own columns have."""
        if taken := taken_names(names):
            raise ValueError(
                f"{', '.join(taken)}: SysGen has columns of this name; rename yours in the source"
            )
        return names

    @property
    def outputs(self) -> "StepColumns":
        """The conversation, the row's state, and the columns carried along."""
        kept = [SYSTEM_MESSAGE] if self.existing_system == "keep" else []
        tools = [TOOLS] if self.tools_column or self.find_tools else []
        return [*_OWN_OUTPUTS, *kept, *tools, *self.keep_columns]

    def load(self) -> None:
        """Read through the input, because a stock pipeline hangs when a loader fails later.

        Raises:
            InputError: the input as a whole cannot be read.
            ConfigError: there is no input, or the column mapping is wrong.
        """
        super().load()
        if (self.source is None) == (self.dataset is None):
            raise ConfigError(
                f"{self.name} needs a source or a dataset.", "Set one of the two, and not both."
            )
        self._reading = Reading.from_settings(
            self.columns or None, self.roles, self.turn_keys, self.trailing_user, self.prompts_only
        )
        self._input = open_input(self.source if self.dataset is None else self.dataset)
        if self.digests:  # of a pass that has found all rows readable
            self._input = self._input.expect(RowDigests.load(Path(self.digests)))
        else:
            self._input.check(self.limit)

    def process(self, offset: int = 0) -> "GeneratorStepOutput":
        """Read the input batch by batch.

        Args:
            offset: How many rows to leave out. Defaults to `0`.

        Yields:
            A batch of rows and whether it is the last one.
        """
        yield from in_batches(islice(self._load_rows(), self.skip + offset, None), self.batch_size)

    def _load_rows(self) -> Iterator[Row]:
        ids = UniqueIds()
        for row in islice(self._input.rows(), self.limit):
            yield self._load_row(row, ids)

    def _load_row(self, row: SourceRow, ids: UniqueIds) -> Row:
        content, problem = self._read_content(row)
        given = find_given_id(row.values, self.id_column)
        conversation = {
            column: value for column, value in content.items() if column not in (TOOLS, TURN_FIELDS)
        }
        source_id = ids.issue(given or hash_content(conversation or row.values))
        kept = {column: _flatten(row.values.get(column)) for column in self.keep_columns}
        loaded = complete({SOURCE_ID: source_id}, self.outputs) | content | kept
        if problem is not None:
            return reject(loaded, problem.outcome, f"{row.place}: {problem}", str(self.name))
        original = loaded[ORIGINAL_SYSTEM_MESSAGE]
        if original and self.existing_system == "skip":
            return reject(loaded, Outcome.HAS_SYSTEM_MESSAGE, row.place, str(self.name))
        return loaded | ({SYSTEM_MESSAGE: original} if self.existing_system == "keep" else {})

    def _read_content(self, row: SourceRow) -> tuple[Row, BadInput | None]:
        try:
            conversation = self._reading.read(row.values)
            tools = conversation.tools
            if self.tools_column:
                tools = read_tools(row.values, self.tools_column)
        except BadInput as error:
            return {}, error
        content = {
            MESSAGES: conversation.messages,
            ORIGINAL_SYSTEM_MESSAGE: conversation.original_system_message,
            TURN_FIELDS: conversation.turn_fields,
        }
        return content | ({TOOLS: tools} if TOOLS in self.outputs else {}), None


def _flatten(value: Any) -> str | int | float | bool | None:
    if isinstance(value, str):
        return in_utf8(value)
    if value is None or isinstance(value, int | float):
        return value
    return canonical_json(value).decode()
