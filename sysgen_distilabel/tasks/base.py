"""What every Task of SysGen needs: live rows only, one bad row is one bad row, typed columns."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from distilabel.constants import DISTILABEL_METADATA_KEY
from distilabel.errors import DistilabelUserError
from distilabel.mixins.runtime_parameters import RuntimeParameter
from distilabel.steps.base import StepInput
from distilabel.steps.tasks.base import Task
from pydantic import Field, PositiveInt, PrivateAttr, field_validator

from sysgen_distilabel.checks.check_table import ALL_OFF, Policy, resolve_policies
from sysgen_distilabel.checks.findings import Action
from sysgen_distilabel.columns import CHECKED, FINDINGS, MODEL_NAME, OUTCOME, STATE, USAGE
from sysgen_distilabel.errors import ConfigError, FatalError, ReplyUnusable, RowRejected
from sysgen_distilabel.host.joining import JoinsAnyPipeline
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.rows import Row, complete, describe_exception, is_live, log_failure, reject
from sysgen_distilabel.tasks.asker import Asker

if TYPE_CHECKING:
    from distilabel.typing import FormattedInput, StepColumns, StepOutput


class SysGenTask(JoinsAnyPipeline, Task):
    """Base of the Tasks that ask an engine about one row at a time.

    A subclass names its columns in `inputs` and `own_outputs`, builds the prompt in `format_input`
    and reads the reply in `format_output`, which raises `RowRejected` for a reply it cannot use.
    The base sends only live rows to the engine, keeps the number and order of the rows, and turns
    every failure into the reason of one row. Around an LLM that is not `Recorded` it puts one
    without a store, so retries and isolation hold for any LLM.

    Attributes:
        max_attempts: samples asked for until a reply can be used; 1 is the paper's way.
        structured_outputs: `auto` keeps replies to the format asked for where the engine can do so,
            `on` insists on it, `off` leaves it to the model, as in the paper.
        checks: policies of checks by their names, `{}` for none. A reply in which one finds something
            whose policy is `regenerate` or `reject` is asked for again while attempts are left; the Steps of
            the checks settle the last one. `loops` is settled here. See
            `sysgen_distilabel.checks.check_table`.
        retries: path of a JSON file that says which rows to ask again, written by
            `sysgen run --retry`; rows in it get fresh samples.
        add_raw_output: keep the last raw reply of every row in `distilabel_metadata`.
        add_raw_input: keep the last prompt of every row in `distilabel_metadata`.

    Runtime parameters:
        - `max_attempts`: samples asked for until a reply can be used. Defaults to `1`.
    """

    input_batch_size: RuntimeParameter[PositiveInt] = Field(default=500, description="Rows per batch.")
    add_raw_output: RuntimeParameter[bool] = Field(
        default=False, description="Whether to keep the last raw reply in `distilabel_metadata`."
    )
    add_raw_input: RuntimeParameter[bool] = Field(
        default=False, description="Whether to keep the last prompt in `distilabel_metadata`."
    )
    max_attempts: RuntimeParameter[PositiveInt] = Field(
        default=1, description="Samples asked for until a reply can be used."
    )
    structured_outputs: Literal["auto", "on", "off"] = Field(
        default="auto", description="Whether the engine keeps replies to the format asked for."
    )
    checks: dict[str, str] = Field(default_factory=dict, description="Policies of checks by their names.")
    retries: str | None = Field(default=None, exclude=True)

    phase: ClassVar[int] = 0
    """The phase of SysGen, 0 for a Task that is of none."""

    sampling: ClassVar[dict[str, Any]] = {}
    """The paper's sampling for this phase (appendix E.1); the LLM's `generation_kwargs` win."""

    _recorded: Recorded | None = PrivateAttr(default=None)
    _new_asker: Callable[..., Asker] | None = PrivateAttr(default=None)
    _generation_kwargs: dict[str, Any] = PrivateAttr(default_factory=dict)
    _formats: frozenset[str] = PrivateAttr(default=frozenset())
    _rounds: dict[str, int] = PrivateAttr(default_factory=dict)

    @property
    def own_outputs(self) -> list[str]:
        """The columns this phase fills, without those every Task of ours has."""
        raise NotImplementedError

    @field_validator("checks", mode="before")
    @classmethod
    def _resolve_checks(cls, given: Any) -> dict[str, str]:
        return resolve_policies({**ALL_OFF, **given}) if given else {}

    @property
    def outputs(self) -> "StepColumns":
        """The columns of the phase, and what every Task of ours adds."""
        noted = [CHECKED, FINDINGS] if self.checks else []
        return [*self.own_outputs, *noted, *STATE, USAGE, MODEL_NAME]

    @property
    def templates(self) -> tuple[str, ...]:
        """The files of `sysgen_distilabel.prompts` that its prompts are made of; another one asks anew."""
        return ()

    @property
    def samples_per_round(self) -> int:
        """How many samples of a prompt a row may take up before it is asked again."""
        return self.max_attempts or 1

    def load(self) -> None:
        """Load the LLM, wrapping it in `Recorded` if it is not.

        Raises:
            DistilabelUserError: if `num_generations` is not 1.
        """
        if self.num_generations != 1:
            raise DistilabelUserError(f"'{self.name}' writes one answer per row: set `num_generations=1`.")
        super().load()
        self._recorded = self.llm if isinstance(self.llm, Recorded) else Recorded.around(self.llm)
        self._generation_kwargs = {
            **self._recorded.accepted(self.sampling),
            **(self.llm.get_generation_kwargs() or {}),
        }
        self._recorded.check_sampling(self._generation_kwargs, str(self.name))
        self._formats = self._find_formats()
        if self.retries:
            rounds = json.loads(Path(self.retries).read_text(encoding="utf-8"))
            self._rounds = rounds.get(self.name, {})
        self._new_asker = partial(
            Asker,
            recorded=self._recorded,
            task=str(self.name),
            phase=self.phase,
            loops=Policy(self.checks.get("loops", Policy.OFF)),
        )

    def process(self, inputs: StepInput) -> "StepOutput":
        """Answer the live rows of a batch side by side and yield all rows in their order.

        Raises:
            FatalError: if going on is pointless for every row, once all requests in flight are stored.
        """
        assert self._recorded is not None, "call `load()` first"
        yield self._recorded.run(self._process_rows(inputs))

    async def _process_rows(self, rows: list[Row]) -> list[Row]:
        # Waiting for all of them keeps the replies in flight when one row meets a fatal error.
        results = await asyncio.gather(*(self._process_row(row) for row in rows), return_exceptions=True)
        processed: list[Row] = []
        for result in results:
            if isinstance(result, BaseException):
                raise result
            processed.append(result)
        return processed

    async def _process_row(self, row: Row) -> Row:
        row = complete(row, self.outputs)
        ask = self._make_asker(row)
        if self.is_open(row):
            row = await self._answer_or_reject(row, ask)
            row[USAGE] = [*row[USAGE], ask.usage()]
            row[MODEL_NAME] = self.llm.model_name
            if self.checks:
                self._note_findings(row, ask)
        return self._with_metadata(row, ask)

    def is_open(self, row: Row) -> bool:
        """Whether the Task works on a row; by default on live ones."""
        return is_live(row)

    def _make_asker(self, row: Row) -> Asker:
        assert self._new_asker is not None, "call `load()` first"
        rounds = self._rounds.get(row.get("source_id", ""), 0) if self.retries else 0
        return self._new_asker(
            generation_kwargs=self._generation_kwargs, first_attempt=rounds * self.samples_per_round
        )

    def _note_findings(self, row: Row, ask: Asker) -> None:
        """Write down who has looked at the replies, and what was found in them."""
        if row[OUTCOME] == Outcome.DEGENERATE_REPLY and ask.findings:
            ask.findings[-1]["action"] = Action.REJECTED.value
        if self.checks.get("loops", Policy.OFF) != Policy.OFF and "loops" not in row[CHECKED]:
            row[CHECKED] = ["loops", *row[CHECKED]]
        row[FINDINGS] = [*row[FINDINGS], *ask.findings]

    async def _answer_or_reject(self, row: Row, ask: Asker) -> Row:
        try:
            return {**row, **await self.answer(row, ask)}
        except RowRejected as rejection:
            return reject(row, rejection.outcome, rejection.detail, str(self.name))
        except FatalError:
            raise
        except Exception as error:  # whatever one row does to the Task is the end of that row alone
            log_failure(self._logger, row, "failed", error)
            return reject(row, Outcome.TASK_ERROR, describe_exception(error), str(self.name))

    async def answer(self, row: Row, ask: Asker) -> Row:
        """Ask the engine about one row, again while attempts are left, and return the new columns.

        Args:
            row: a live row.
            ask: sends a prompt to the engine on behalf of the row.

        Raises:
            RowRejected: if no attempt gave a reply that can be used.
        """
        prompt = self._with_format(self.format_input(row), row)
        last = self.max_attempts - 1
        for attempt in range(last):
            try:
                outputs = await self.answer_once(prompt, attempt, row, ask)
            except RowRejected as rejection:
                if rejection.outcome is Outcome.ENGINE_ERROR:
                    raise
            else:
                found = self.find_faults(outputs, row)
                if not found and self.is_usable(outputs):
                    return outputs
                ask.findings += found
        return await self.answer_once(prompt, last, row, ask)

    async def answer_once(self, prompt: "FormattedInput", attempt: int, row: Row, ask: Asker) -> Row:
        """The columns read from one sample; raises `RowRejected` if it cannot be used."""
        try:
            return self.format_output(await ask(prompt, attempt), row)
        except ReplyUnusable as reply:
            outputs = self.salvage(reply)
            if reply.outcome is Outcome.DEGENERATE_REPLY:
                ask.findings[-1]["action"] = Action.DROPPED.value
            return outputs

    def salvage(self, reply: ReplyUnusable) -> Row:
        """The columns read from a reply that was cut off or has no end; raises it if it is lost."""
        raise reply

    def find_faults(self, outputs: Row, row: Row) -> list[dict[str, Any]]:
        """What the checks that ask again find in a reply, as entries of the column `findings`."""
        return []

    def structured_format(self, row: Row, formats: frozenset[str]) -> dict[str, Any] | None:
        """What the reply about a row must look like, or `None` for free text.

        Args:
            row: a live row.
            formats: what the engine takes, of `json`, `regex`, `grammar` and `choice`; not empty.

        Returns:
            `{"format": ..., "schema": ...}` with one of the formats.
        """
        return None

    def _find_formats(self) -> frozenset[str]:
        """The formats to use: what the LLM can do, unless they are off."""
        if self.structured_outputs == "off":
            return frozenset()
        llm = self.llm.llm if isinstance(self.llm, Recorded) else self.llm
        formats: frozenset[str] = getattr(llm, "structured_output_formats", frozenset())
        if self.structured_outputs == "on":
            formats |= getattr(getattr(llm, "capabilities", None), "structured_outputs", frozenset())
        if self.structured_outputs == "on" and not formats:
            raise ConfigError(
                f"The engine '{self.llm.model_name}' offers no structured outputs.",
                "Set structured_outputs to auto or off.",
            )
        return formats

    def _with_format(self, prompt: "FormattedInput", row: Row) -> "FormattedInput":
        wanted = self.structured_format(row, self._formats) if self._formats else None
        return (prompt, wanted) if wanted else prompt

    def is_usable(self, outputs: Row) -> bool:
        """Whether a reply that could be read is worth keeping while attempts are left."""
        return True

    def format_input(self, input: Row) -> "FormattedInput":
        """The prompt for one row, in the OpenAI chat format."""
        raise NotImplementedError

    def format_output(self, output: str | None, input: Row | None = None) -> Row:
        """The columns read from a reply; raises `RowRejected` if it cannot be used."""
        raise NotImplementedError

    def impute_step_outputs(self, step_output: list[Row]) -> list[Row]:
        """Reject the live rows of a batch whose processing failed as a whole (called by distilabel)."""
        rows = [complete(row, self.outputs) for row in step_output]
        detail = "the batch failed as a whole, see the log"
        return [
            reject(row, Outcome.TASK_ERROR, detail, str(self.name)) if is_live(row) else row for row in rows
        ]

    def unload(self) -> None:
        """Unload the LLM and stop the threads of `Recorded`."""
        (self._recorded or self.llm).unload()

    def _with_metadata(self, row: Row, ask: Asker) -> Row:
        """Add to the metadata of the phases before, which distilabel's own Task would replace."""
        added: Row = {}
        if self.add_raw_output:
            added[f"raw_output_{self.name}"] = ask.last_output
        if self.add_raw_input:
            added[f"raw_input_{self.name}"] = ask.last_input
        if added:
            row[DISTILABEL_METADATA_KEY] = {**(row.get(DISTILABEL_METADATA_KEY) or {}), **added}
        return row
