"""What a run does: every setting with its default, checked, and merged from flags and YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
    field_validator,
    model_validator,
)

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.inputs.conversation import Reading
from sysgen_distilabel.inputs.structure import TrailingUser
from sysgen_distilabel.old_paths import with_new_names
from sysgen_distilabel.secrets import remember_secrets
from sysgen_distilabel.simulated_notice import notice_of_llm
from sysgen_distilabel.variety.options import Variety

TASKS: Final = ("generate_system_message", "verify_functionalities", "generate_aligned_response")
"""The names of the three Tasks in a run, keys of `RunConfig.generation_kwargs`."""

ALL_TASKS: Final = (
    "generate_system_message",
    "select_system_message",
    "verify_functionalities",
    "add_conflicting_turn",
    "generate_aligned_response",
    "select_response",
)
"""The same with those that only some runs have, in their order; see `task_names`."""

TaskName = Literal[
    "generate_system_message",
    "verify_functionalities",
    "generate_aligned_response",
    "add_conflicting_turn",
    "select_response",
]


_SHARD: Final = re.compile(r"(\d+)/(\d+)")


class EngineChoice(BaseModel):
    """Which engine answers: a served model, or any distilabel LLM; see `RunConfig`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str | None = None
    base_url: str | list[str] | None = None
    llm: str | None = None
    llm_args: dict[str, Any] = Field(default_factory=dict)


class RunConfig(BaseModel):
    """The settings of one run.

    Flags win over the YAML file, the YAML file over the defaults. The defaults are the paper's.

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
        model: the model for all phases: a Hub repo id or directory to serve with vLLM, or, with
            `base_url`, the name it is served under.
        base_url: address of an OpenAI-compatible endpoint that runs already, or several of them.
        engine: how vLLM runs when there is no `base_url`: `server` starts one `vllm serve` for
            all phases, `inprocess` loads the model in one phase after the other.
        engine_args: options of vLLM, such as `{tensor_parallel_size: 2, max_model_len: 8192}`.
        llm: instead of a model, `simulated` or the import path of any distilabel LLM.
        llm_args: fields of that LLM.
        task_engines: another engine for one Task, with the keys `model` and `base_url`, or `llm`
            and `llm_args`.
        structured_outputs: keep replies to the format asked for by a grammar: `auto` where the
            engine can, `on` insists on it, `off` leaves it to the model as the paper does.
        generation_kwargs: sampling per Task, over the paper's (appendix E.1).
        repair: mend unambiguous slips in tags instead of dropping the phrase.
        verdict_per: one verdict per functionality (the paper's way) or per phrase.
        keep_earlier_turns: regenerate the last answer of a conversation only.
        max_attempts: samples asked for until a reply can be used.
        constraints: what a program can check of the system message (extra `verifiers`): `mark` the
            responses that break it, `regenerate` them while attempts are left, or also `reject` the
            rows where that does not help.
        measure_responses: hold aligned against original responses (extra `metrics`).
        variety: options for more varied and more demanding data, all off by default.
        max_concurrency: requests in flight at the engine, all Tasks together.
        batch_size: rows a Task works on at a time.
        shard: `I/N`, to work on the I-th of N blocks of the input only, counted from 1; the runs of
            all blocks are put together by `sysgen merge`.
        ray: address of a Ray cluster to spread the steps over, see
            `sysgen_distilabel.serving.ray_cluster.connected`.
        engines: how many engines Ray starts: vLLM servers that share the requests, or, with the
            engine `inprocess`, processes per Task that load the model.
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
    model: str | None = None
    base_url: str | list[str] | None = None
    engine: Literal["server", "inprocess"] = "server"
    engine_args: dict[str, Any] = Field(default_factory=dict)
    llm: str | None = None
    llm_args: dict[str, Any] = Field(default_factory=dict)
    task_engines: dict[TaskName, EngineChoice] = Field(default_factory=dict)
    structured_outputs: Literal["auto", "on", "off"] = "auto"
    generation_kwargs: dict[TaskName, dict[str, Any]] = Field(default_factory=dict)
    repair: bool = False
    verdict_per: Literal["functionality", "phrase"] = "functionality"
    keep_earlier_turns: bool = False
    max_attempts: PositiveInt = 1
    constraints: Literal["off", "mark", "regenerate", "reject"] = "off"
    measure_responses: bool = False
    variety: Variety = Variety()
    max_concurrency: PositiveInt = 64
    batch_size: PositiveInt = 500
    shard: str | None = None
    ray: str | None = None
    engines: PositiveInt = 1

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
    def _check_engine(self) -> Self:
        """One engine has to be chosen, and settings of another are a mistake."""
        if (self.llm is None) == (self.model is None):
            raise ValueError("choose one engine, either `model` or `llm`")
        if self.llm_args and self.llm is None:
            raise ValueError("`llm_args` are fields of an `llm`; use `engine_args` with a `model`")
        if (self.base_url or self.engine_args) and self.model is None:
            raise ValueError("`base_url` and `engine_args` need a `model`")
        if self.constraints == "regenerate" and self.max_attempts == 1:
            raise ValueError("`constraints: regenerate` needs `max_attempts` of 2 or more")
        if self.base_url and self.engine_args:
            raise ValueError("`engine_args` are for an engine that the run starts, which `base_url` is not")
        if self.engines > 1 and (self.ray is None or self.model is None or self.base_url):
            raise ValueError(
                "`engines` are started by Ray, for a `model` without `base_url`; on one machine use"
                " `engine_args: {data_parallel_size: N}`"
            )
        if self.shard and self.variety.max_similarity is not None:
            raise ValueError("near-duplicates are looked for in the whole input, not within a `shard`")
        for task, choice in self.task_engines.items():
            if bool(choice.llm) == bool(choice.model and choice.base_url):
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

    @property
    def simulation_notice(self) -> str:
        """What has to be said of the data if any Task is answered by a stand-in for a model, else empty."""
        choices = [EngineChoice(model=self.model, llm=self.llm), *self.task_engines.values()]
        notices = [notice_of_llm(choice.llm) for choice in choices]
        return next(filter(None, notices), "")


def task_names(config: RunConfig) -> list[str]:
    """The Tasks of a run in their order: the three of the paper, and those `variety` asks for."""
    variety = config.variety
    wanted = {
        "select_system_message": variety.candidates > 1 and variety.select_by == "verdicts",
        "add_conflicting_turn": variety.conflicting_share > 0,
        "select_response": variety.response_candidates > 1,
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


def describe(error: ValidationError) -> str:
    """The problems pydantic found, in one line and without the values, which may be secret."""
    problems = []
    for problem in error.errors(include_input=False, include_url=False):
        place = ".".join(str(part) for part in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        problems.append(f"'{place}': {message[:1].lower()}{message[1:]}" if place else message)
    return "; ".join(problems)


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
