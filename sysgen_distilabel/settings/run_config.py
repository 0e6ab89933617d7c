"""What a run does: every setting with its default, checked, and merged from flags and YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)

from sysgen_distilabel.checks.check_table import CAREFUL, Subject, policies_of, resolve_policies
from sysgen_distilabel.columns import taken_names
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.inputs.conversation import Reading
from sysgen_distilabel.inputs.structure import TrailingUser
from sysgen_distilabel.old_paths import with_new_names
from sysgen_distilabel.prompts.demonstrations import PromptVersion
from sysgen_distilabel.replies.composition import Layout
from sysgen_distilabel.replies.grammars import MAX_LENGTH, MAX_PHRASES
from sysgen_distilabel.response_turns import TurnMode
from sysgen_distilabel.secrets import remember_secrets
from sysgen_distilabel.settings.engine_config import EngineConfig, describe
from sysgen_distilabel.simulated_notice import notice_of_llm
from sysgen_distilabel.variety.options import Share, Variety

TASKS: Final = ("generate_system_message", "verify_functionalities", "generate_aligned_response")
"""The names of the three Tasks in a run, keys of `RunConfig.generation_kwargs`."""

ALL_TASKS: Final = (
    "generate_system_message",
    "select_system_message",
    "verify_functionalities",
    "add_conflicting_turn",
    "generate_aligned_response",
    "select_response",
    "judge_answers",
    "check_alignment",
    "judge_coherence",
    "extend_conversation",
)
"""The same with those that only some runs have, in their order; see `task_names`."""

TaskName = Literal[
    "generate_system_message",
    "verify_functionalities",
    "generate_aligned_response",
    "add_conflicting_turn",
    "select_response",
    "judge_answers",
    "check_alignment",
    "judge_coherence",
    "extend_conversation",
]


_SHARD: Final = re.compile(r"([0-9]+)/([0-9]+)")


class RunConfig(EngineConfig):
    """The settings of one run: those of its engine, see `EngineConfig`, and all others.

    Flags win over the YAML file, the YAML file over the defaults; the preset `paper` has the paper's.

    Attributes:
        input: a file (jsonl, json, parquet, csv), a Hub repo id or an `hf://datasets/...` URL.
        columns: which input column holds what, where the layout is not recognised, such as
            `{user: q, assistant: a}` or `{messages: chat}`.
        roles: names of speakers that are not known, and what each stands for: `{narrator: assistant}`.
        turn_keys: the keys of a turn that hold its role and its content, where they are not known, such as
            `{role: speaker, content: words}`.
        trailing_user: what becomes of a last turn without an answer: `reject` the row, `answer` the turn
            in phase 4, or `drop` it.
        prompts_only: leave the answers out, or read rows that have none: phase 1 writes from what the
            user says, and phase 4 answers.
        id_column: input column that identifies a row; without it `source_id`, `id` or a hash of
            the content is used.
        keep_columns: input columns to carry along.
        limit: number of input rows to use, all by default.
        task_engines: another engine for one Task, with the keys `model` and `base_url`, or `llm`
            and `llm_args`.
        generation_kwargs: sampling per Task, over the paper's (appendix E.1).
        max_phrases: phrases of a system message at most, where the engine keeps to a grammar.
        max_phrase_length: characters of a phrase at most, in the same way.
        repair: mend unambiguous slips in tags instead of dropping the phrase.
        verdict_per: one verdict per functionality (the paper's way) or per phrase.
        prompts: the prompts of phases 1 and 3: `careful`, or `paper` for those closest to the paper's.
        existing_system: what becomes of a system message that an input row has: `show` it to the generator as
            the application's present one whose facts must survive, `keep` it as it is, so that phases 1 to 3
            are skipped, `skip` the row, or `replace` it without a look.
        phrase_order: `canonical`, or `auto`, which keeps the generator's order where words such as "First"
            and "Then" ask for it, or `generator` for that order throughout.
        layout: how the phrases of a system message are set: `paragraph`, `lines`, `headings`, `bullets`, or
            `mixed`, which draws one of them per row.
        verdict_votes: verdicts taken of each phrase; with several it is Good if more than half say so.
        ask_about_leaks: show the verifier the conversation, to find phrases that leak its answers.
        turns: what becomes of the answers of a conversation, see `GenerateAlignedResponse`: `regenerate` all,
            also `rewrite` user turns that speak of an earlier answer, `keep` those that follow the message
            already, or regenerate the `last` one alone.
        max_attempts: samples asked for until a reply can be used.
        checks: what each check does with what it finds, see
            `sysgen_distilabel.checks.check_table`: policies by the names of checks over those of the preset
            `careful`, or `off` for all as in the paper.
        equivalent: who says whether an open answer comes to the same as the original one, which code calls
            `unknown`: nobody (`code`), or also a `judge`, by the policy of the check `answers`.
        constraints: what a program can check of the system message (extra `verifiers`): `mark` the
            responses that break it, `regenerate` them while attempts are left, or also `reject` the
            rows where that does not help.
        keep_reasoning: put what a reasoning model thinks before its answers into the column `reasoning`.
        judge_coherence: ask a judge, for each turn behind the first, whether it fits those in front of it.
        measure_responses: hold aligned against original responses (extra `metrics`).
        measure_lift: share of the accepted rows of which `MeasureLift` measures how much the system message
            explains the response, by the vLLM server that has answered; none by default.
        variety: options for more varied and more demanding data, all off by default.
        batch_size: rows a Task works on at a time.
        shard: `I/N`, to work on the I-th of N blocks of the input only, counted from 1; the runs of
            all blocks are put together by `sysgen merge`.
        store: directory of replies that runs of several directories share: what one of them has paid for
            costs the others no call.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: str
    columns: dict[str, str] = Field(default_factory=dict)
    roles: dict[str, str] = Field(default_factory=dict)
    turn_keys: dict[str, str] = Field(default_factory=dict)
    trailing_user: TrailingUser = "reject"
    prompts_only: bool = False
    id_column: str | None = None
    keep_columns: list[str] = Field(default_factory=list)
    limit: PositiveInt | None = None
    task_engines: dict[TaskName, EngineConfig] = Field(default_factory=dict)
    generation_kwargs: dict[TaskName, dict[str, Any]] = Field(default_factory=dict)
    max_phrases: PositiveInt = MAX_PHRASES
    max_phrase_length: PositiveInt = MAX_LENGTH
    repair: bool = False
    verdict_per: Literal["functionality", "phrase"] = "functionality"
    prompts: PromptVersion = "careful"
    existing_system: Literal["show", "keep", "skip", "replace"] = "show"
    phrase_order: Literal["canonical", "auto", "generator"] = "auto"
    layout: Layout = "paragraph"
    verdict_votes: PositiveInt = 1
    ask_about_leaks: bool = False
    turns: TurnMode = "regenerate"
    max_attempts: PositiveInt = 1
    checks: dict[str, str] = Field(default_factory=lambda: dict(CAREFUL))
    equivalent: Literal["code", "judge"] = "code"
    constraints: Literal["off", "mark", "regenerate", "reject"] = "off"
    keep_reasoning: bool = False
    judge_coherence: bool = False
    measure_responses: bool = False
    measure_lift: Share = 0.0
    variety: Variety = Variety()
    batch_size: PositiveInt = 500
    shard: str | None = None
    store: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_old_names(cls, settings: Any) -> Any:
        """Settings may have the names they had before."""
        return with_new_names(settings) if isinstance(settings, Mapping) else settings

    @field_validator("checks", mode="before")
    @classmethod
    def _resolve_checks(cls, given: Any) -> dict[str, str]:
        """Every check has a policy, also where only some are named."""
        return resolve_policies(given)

    @field_validator("keep_columns")
    @classmethod
    def _check_keep_columns(cls, names: list[str]) -> list[str]:
        """A column of the input cannot take the place of one of ours."""
        if taken := taken_names(names):
            raise ValueError(f"{', '.join(taken)}: the dataset has columns of this name; rename yours")
        return names

    @field_validator("shard")
    @classmethod
    def _check_shard(cls, shard: str | None) -> str | None:
        """The block has to be one of them."""
        if shard is None:
            return None
        match = _SHARD.fullmatch(shard)
        if match is None:
            raise ValueError("write it as I/N, such as 1/8")
        if not 1 <= int(match[1]) <= int(match[2]):
            raise ValueError(f"there is no block {match[1]} of {match[2]}, they are counted from 1")
        return shard

    @model_validator(mode="after")
    def _check_run(self) -> Self:
        """Settings that exclude each other are a mistake."""
        if self.constraints == "regenerate" and self.max_attempts == 1:
            raise ValueError("`constraints: regenerate` needs `max_attempts` of 2 or more")
        if self.equivalent == "judge" and self.checks["answers"] == "off":
            raise ValueError("`equivalent: judge` needs the check `answers`, which is off")
        answering = self.engine_of("generate_aligned_response")
        if self.measure_lift and (answering.model is None or answering.is_in_process):
            raise ValueError(
                "`measure_lift` asks a vLLM server: choose a `model` and no engine in the process"
            )
        if self.shard and self.variety.max_similarity is not None:
            raise ValueError("near-duplicates are looked for in the whole input, not within a `shard`")
        if self.turns == "rewrite" and self.variety.response_candidates > 1:
            raise ValueError("`turns: rewrite` gives every candidate other user turns: set one candidate")
        if self.variety.added_turns and self.constraints == "off":
            raise ValueError(
                "`variety.added_turns` needs `constraints`, by which the added answers are checked"
            )
        for task, engine in self.task_engines.items():
            if engine.model and not engine.base_url:
                raise ValueError(f"`task_engines.{task}` needs either `llm`, or `model` and `base_url`")
        return self

    @property
    def reading(self) -> Reading:
        """How conversations are read out of the rows.

        Raises:
            ConfigError: if the column mapping, a role or a key is wrong.
        """
        return Reading.from_settings(
            self.columns or None, self.roles, self.turn_keys, self.trailing_user, self.prompts_only
        )

    def find_block(self, rows: int) -> tuple[int, int]:
        """The positions of the first row of the shard and of the row behind its last.

        Args:
            rows: how many rows the whole input has.
        """
        number, shards = map(int, self.shard.split("/")) if self.shard else (1, 1)
        return (number - 1) * rows // shards, number * rows // shards

    def engine_of(self, task: str) -> EngineConfig:
        """The engine that answers for a Task: one of its own, or that of the run."""
        return self.task_engines.get(task, self)  # type: ignore[call-overload, no-any-return]

    @property
    def simulation_notice(self) -> str:
        """What has to be said of the data if no language model answers for some Task, else empty."""
        own = notice_of_llm(self.llm)
        return next(filter(None, [own, *(e.simulation_notice for e in self.task_engines.values())]), "")


def task_names(config: RunConfig) -> list[str]:
    """The Tasks of a run in their order: the three of the paper, and those `variety` and `checks` ask for."""
    variety = config.variety
    wanted = {
        "select_system_message": variety.candidates > 1 and variety.select_by == "verdicts",
        "add_conflicting_turn": variety.conflicting_share > 0,
        "select_response": variety.response_candidates > 1,
        "judge_answers": config.equivalent == "judge",
        "judge_coherence": config.judge_coherence,
        "check_alignment": bool(policies_of(config.checks, Subject.JUDGED_RESPONSES)),
        "extend_conversation": variety.added_turns > 0,
    }
    return [name for name in ALL_TASKS if wanted.get(name, True)]


NOT_IDENTITY: Final[Mapping[str, str]] = {
    "input": "the rows are compared by the input's fingerprint, so a file may move",
    "base_url": "the same model may be served elsewhere",
    "engine": "the same model may be run another way",
    "max_concurrency": "changes how fast answers come, not which",
    "batch_size": "changes how rows are grouped, not what is asked",
    "ray": "the steps may run elsewhere",
    "engines": "the same model may be served by more or fewer of them",
    "store": "changes who pays for an answer, not which it is",
}
"""Settings that may differ when a run is resumed, and why."""


def load_config(path: Path | None, flags: Mapping[str, Any]) -> RunConfig:
    """Merge flags over the YAML file over the defaults.

    Args:
        path: a YAML file with settings, or `None`.
        flags: settings given on the command line; `None` values are not given.

    Raises:
        ConfigError: if the file cannot be read, or a setting is missing, unknown or wrong.
    """
    settings = _read_yaml(path) if path else {}
    if flags.get("llm") not in (None, settings.get("llm")) or flags.get("model"):
        settings.pop("llm_args", None)  # they are fields of the other LLM
    for chosen, other in (("llm", ("model", "base_url", "engine_args")), ("model", ("llm",))):
        if flags.get(chosen) and not flags.get(other[0]):
            for name in other:
                settings.pop(name, None)  # the flag chooses another engine than the file
    for name, value in flags.items():
        old = settings.get(name)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            settings[name] = {**old, **value}
        elif value is not None:
            settings[name] = value
    try:
        config = RunConfig(**settings)
        remember_secrets(settings)
        return config
    except ValidationError as error:
        where = f" in {path}" if path else ""
        raise ConfigError(f"Wrong settings{where}: {describe(error)}.", _hint(error)) from None


def _hint(error: ValidationError) -> str:
    missing = {str(problem["loc"][0]) for problem in error.errors() if problem["type"] == "missing"}
    if "choose one engine" in str(error):
        return "Choose it with --model ORG/NAME, or with --llm simulated to try things out."
    if "input" in missing:
        return "Name the input file as the first argument."
    return "`sysgen run --print-config` shows every setting."


def _read_yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"There is no config file {path}.", "Check the path given with --config.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The config file {path} cannot be read: {error}.", "Check the file.") from None
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise ConfigError(
            f"The config file {path} is not YAML: {reason}.", "Correct the line named."
        ) from None
    if settings is None:
        return {}
    if not isinstance(settings, dict):
        raise ConfigError(f"The config file {path} holds no settings.", "Write one `name: value` per line.")
    return with_new_names(settings)
