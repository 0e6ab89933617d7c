"""What a run does: every setting with its default, checked, and merged from flags and YAML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from sysgen_distilabel.errors import ConfigError

TASKS: Final = ("generate_system_message", "verify_functionalities", "generate_aligned_response")
"""The names of the three Tasks in a run, keys of `RunConfig.generation_kwargs`."""

TaskName = Literal["generate_system_message", "verify_functionalities", "generate_aligned_response"]


class RunConfig(BaseModel):
    """The settings of one run.

    Flags win over the YAML file, the YAML file over the defaults. The defaults are the paper's.

    Attributes:
        input: a file (jsonl, json, parquet, csv), a Hub repo id or an `hf://datasets/...` URL.
        columns: which input column holds what, where the layout is not recognised, such as
            `{user: q, assistant: a}` or `{messages: chat}`.
        id_column: input column that identifies a row; without it `source_id`, `id` or a hash of
            the content is used.
        keep_columns: input columns to carry along.
        limit: number of input rows to use, all by default.
        llm: `simulated`, or the import path of a distilabel LLM.
        llm_args: fields of that LLM.
        generation_kwargs: sampling per Task, over the paper's (appendix E.1).
        repair: mend unambiguous slips in tags instead of dropping the phrase.
        verdict_per: one verdict per functionality (the paper's way) or per phrase.
        keep_earlier_turns: regenerate the last answer of a conversation only.
        max_attempts: samples asked for until a reply can be used.
        max_concurrency: requests in flight at the engine, all Tasks together.
        batch_size: rows a Task works on at a time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: str
    columns: dict[str, str] = Field(default_factory=dict)
    id_column: str | None = None
    keep_columns: list[str] = Field(default_factory=list)
    limit: PositiveInt | None = None
    llm: str
    llm_args: dict[str, Any] = Field(default_factory=dict)
    generation_kwargs: dict[TaskName, dict[str, Any]] = Field(default_factory=dict)
    repair: bool = False
    verdict_per: Literal["functionality", "phrase"] = "functionality"
    keep_earlier_turns: bool = False
    max_attempts: PositiveInt = 1
    max_concurrency: PositiveInt = 64
    batch_size: PositiveInt = 500


NOT_IDENTITY: Final[Mapping[str, str]] = {
    "input": "the rows are compared by the input's fingerprint, so a file may move",
    "max_concurrency": "changes how fast answers come, not which",
    "batch_size": "changes how rows are grouped, not what is asked",
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
    if flags.get("llm") not in (None, settings.get("llm")):
        settings.pop("llm_args", None)  # they are fields of the other LLM
    for name, value in flags.items():
        old = settings.get(name)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            settings[name] = {**old, **value}
        elif value is not None:
            settings[name] = value
    try:
        return RunConfig(**settings)
    except ValidationError as error:
        where = f" in {path}" if path else ""
        raise ConfigError(f"Wrong settings{where}: {describe(error)}.", _hint(error)) from None


def describe(error: ValidationError) -> str:
    """The problems pydantic found, in one line and without the values, which may be secret."""
    problems = []
    for problem in error.errors(include_input=False, include_url=False):
        place = ".".join(str(part) for part in problem["loc"]) or "the whole"
        problems.append(f"'{place}': {problem['msg'][:1].lower()}{problem['msg'][1:]}")
    return "; ".join(problems)


def _hint(error: ValidationError) -> str:
    missing = {str(problem["loc"][0]) for problem in error.errors() if problem["type"] == "missing"}
    if "llm" in missing:
        return "Choose an engine with --llm, such as --llm simulated to try things out."
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
    return settings
