"""Options that several commands share, and the settings made of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.settings.presets import find_config
from sysgen_distilabel.settings.run_config import RunConfig, load_config

InputArgument = Annotated[
    str | None, typer.Argument(help="A jsonl, json, parquet or csv file, or a Hub dataset ORG/NAME.")
]
ConfigFile = Annotated[
    Path | None, typer.Option(help="YAML file with settings, or the name of a preset. Flags win over it.")
]
ModelName = Annotated[
    str | None,
    typer.Option(help="Model to serve with vLLM, or, with --base-url, the name it is served under."),
]
BaseURLs = Annotated[
    list[str] | None, typer.Option(help="OpenAI-compatible endpoint that runs already. Repeat to share out.")
]
EngineKind = Annotated[
    Literal["server", "inprocess"] | None, typer.Option(help="How vLLM runs without --base-url.")
]
EngineArguments = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="Option of vLLM, such as tensor_parallel_size=2. Repeat."),
]
StructuredOutputs = Annotated[
    Literal["auto", "on", "off"] | None, typer.Option(help="Keep replies to their format by a grammar.")
]
LLMName = Annotated[str | None, typer.Option(help="`simulated`, or the import path of a distilabel LLM.")]
LLMArguments = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="Field of the LLM, such as model=ORG/NAME. Repeat."),
]
JudgeModel = Annotated[
    str | None, typer.Option(help="The model that judges, as --model; best of another family.")
]
JudgeBaseURLs = Annotated[
    list[str] | None, typer.Option(help="OpenAI-compatible endpoint of the judge. Repeat to share out.")
]
JudgeEngineArguments = Annotated[
    list[str] | None, typer.Option(metavar="NAME=VALUE", help="Option of vLLM for the judge. Repeat.")
]
JudgeLLMName = Annotated[
    str | None, typer.Option(help="`simulated`, or the import path of a distilabel LLM that judges.")
]
JudgeLLMArguments = Annotated[
    list[str] | None, typer.Option(metavar="NAME=VALUE", help="Field of the LLM that judges. Repeat.")
]
Limit = Annotated[int | None, typer.Option(min=1, help="Use the first rows only.")]
Columns = Annotated[
    list[str] | None,
    typer.Option(metavar="ROLE=COLUMN", help="Which column holds what, such as user=q. Repeat."),
]
Roles = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=ROLE", help="What a speaker that is not known stands for, such as narrator=assistant."
    ),
]
TurnKeys = Annotated[
    list[str] | None,
    typer.Option(metavar="PART=KEY", help="The key of a turn's role or content, such as role=speaker."),
]
TrailingUser = Annotated[
    Literal["reject", "answer", "drop"] | None,
    typer.Option(help="What becomes of a last turn without an answer."),
]
PromptsOnly = Annotated[
    bool | None,
    typer.Option("--prompts-only", help="Leave answers out, or read rows that have none."),
]
PriceIn = Annotated[float | None, typer.Option(min=0, help="Price of a million prompt tokens.")]
PriceOut = Annotated[float | None, typer.Option(min=0, help="Price of a million generated tokens.")]
GpuHour = Annotated[float | None, typer.Option(min=0, help="Price of an hour of the engine's machine.")]


def read_settings(
    input: str | None,
    config: Path | None,
    engine: Mapping[str, Any],
    reading: Mapping[str, Any],
    limit: int | None = None,
    max_concurrency: int | None = None,
) -> RunConfig:
    """The settings of a run, from those of its options that other commands have too.

    Args:
        input: the input.
        config: file with settings, or name of a preset.
        engine: the settings that say which engine answers, see `engine_flags`.
        reading: how conversations are read, see `reading_flags`.
        limit: number of rows to use.
        max_concurrency: requests in flight.

    Raises:
        ConfigError: if one is missing, unknown or wrong.
    """
    flags: dict[str, Any] = {
        "input": input,
        **engine,
        "limit": limit,
        **reading,
        "max_concurrency": max_concurrency,
    }
    return load_config(find_config(config), flags)


def reading_flags(
    column: list[str] | None,
    role: list[str] | None,
    turn_key: list[str] | None,
    trailing_user: str | None,
    prompts_only: bool | None,
) -> dict[str, Any]:
    """The settings that say how conversations are read, from the options of the same names."""
    return {
        "columns": parse_pairs(column, "--column"),
        "roles": parse_pairs(role, "--role"),
        "turn_keys": parse_pairs(turn_key, "--turn-key"),
        "trailing_user": trailing_user,
        "prompts_only": prompts_only or None,
    }


def engine_flags(
    model: str | None,
    base_url: list[str] | None,
    engine: str | None,
    engine_arg: list[str] | None,
    structured_outputs: str | None,
    llm: str | None,
    llm_arg: list[str] | None,
) -> dict[str, Any]:
    """The settings that say which engine answers, from the options of the same names."""
    return {
        "model": model,
        "base_url": base_url[0] if base_url and len(base_url) == 1 else base_url or None,
        "engine": engine,
        "engine_args": parse_pairs(engine_arg, "--engine-arg"),
        "structured_outputs": structured_outputs,
        "llm": llm,
        "llm_args": parse_pairs(llm_arg, "--llm-arg"),
    }


def judge_flags(
    model: str | None,
    base_url: list[str] | None,
    engine: str | None,
    engine_arg: list[str] | None,
    structured_outputs: str | None,
    llm: str | None,
    llm_arg: list[str] | None,
) -> dict[str, Any] | None:
    """The same of a judge, from the options that begin with `--judge`; `None` if there is to be none.

    Raises:
        ConfigError: if something is said of a judge that is not named.
    """
    details = {"base-url": base_url, "engine": engine, "engine-arg": engine_arg, "llm-arg": llm_arg}
    given = [f"--judge-{name}" for name, value in details.items() if value]
    if not (model or llm):
        if given:
            raise ConfigError(
                f"{', '.join(given)} is given, and no judge.", "Name it with --judge-model or --judge-llm."
            )
        return None
    return engine_flags(model, base_url, engine, engine_arg, structured_outputs, llm, llm_arg)


def parse_pairs(pairs: list[str] | None, flag: str) -> dict[str, Any] | None:
    """`["seed=1", "url=http://x"]` as a mapping; values are read as YAML, so that 1 is a number."""
    import yaml

    parsed: dict[str, Any] = {}
    for pair in pairs or []:
        name, equals, value = pair.partition("=")
        if not (name and equals):
            raise ConfigError(f"{flag} {pair} is not of the form NAME=VALUE.", f"Write {flag} name=value.")
        try:
            parsed[name] = yaml.safe_load(value)
        except yaml.YAMLError:
            parsed[name] = value
    return parsed or None
