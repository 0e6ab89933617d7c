"""Options that several commands share, and the settings made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from sysgen_distilabel.cli.completions import complete_config, complete_llm
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.settings.presets import find_config
from sysgen_distilabel.settings.run_config import RunConfig, load_config

ENGINE: Final = "Which engine answers"
READING: Final = "How the input is read"
ROWS: Final = "What is done with the rows"
RESUMING: Final = "Going on with a run"
SPREADING: Final = "Spreading a run"
JUDGE: Final = "Which engine judges"
PRICES: Final = "What the engine costs"
"""The groups of options in `--help`."""

InputArgument = Annotated[
    str | None, typer.Argument(help="A jsonl, json, parquet or csv file, or a Hub dataset ORG/NAME.")
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        help="YAML file with settings, or the name of a preset. Flags win over it.",
        autocompletion=complete_config,
    ),
]
ModelName = Annotated[
    str | None,
    typer.Option(
        help="Model to serve with vLLM, or, with --base-url, the name it is served under.",
        rich_help_panel=ENGINE,
    ),
]
BaseURLs = Annotated[
    list[str] | None,
    typer.Option(
        help="OpenAI-compatible endpoint that runs already. Repeat to share out.", rich_help_panel=ENGINE
    ),
]
EngineKind = Annotated[
    Literal["server", "inprocess"] | None,
    typer.Option(help="How vLLM runs without --base-url.", rich_help_panel=ENGINE),
]
EngineArguments = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Option of vLLM, such as tensor_parallel_size=2. Repeat.",
        rich_help_panel=ENGINE,
    ),
]
StructuredOutputs = Annotated[
    Literal["auto", "on", "off"] | None,
    typer.Option(help="Keep replies to their format by a grammar.", rich_help_panel=ENGINE),
]
LLMName = Annotated[
    str | None,
    typer.Option(
        help="`simulated`, or the import path of a distilabel LLM.",
        rich_help_panel=ENGINE,
        autocompletion=complete_llm,
    ),
]
TemplateKwargs = Annotated[
    str | None,
    typer.Option(help="""Variables for the chat template as JSON, such as '{"enable_thinking": false}'."""),
]
LLMArguments = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE",
        help="Field of the LLM, such as model=ORG/NAME. Repeat.",
        rich_help_panel=ENGINE,
    ),
]
JudgeModel = Annotated[
    str | None,
    typer.Option(help="The model that judges, as --model; best of another family.", rich_help_panel=JUDGE),
]
JudgeBaseURLs = Annotated[
    list[str] | None,
    typer.Option(help="OpenAI-compatible endpoint of the judge. Repeat to share out.", rich_help_panel=JUDGE),
]
JudgeEngineArguments = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="Option of vLLM for the judge. Repeat.", rich_help_panel=JUDGE),
]
JudgeLLMName = Annotated[
    str | None,
    typer.Option(
        help="`simulated`, or the import path of a distilabel LLM that judges.",
        rich_help_panel=JUDGE,
        autocompletion=complete_llm,
    ),
]
JudgeLLMArguments = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME=VALUE", help="Field of the LLM that judges. Repeat.", rich_help_panel=JUDGE),
]
Limit = Annotated[int | None, typer.Option(min=1, help="Use the first rows only.", rich_help_panel=READING)]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ROLE=COLUMN",
        help="Which column holds what, such as user=q. Repeat.",
        rich_help_panel=READING,
    ),
]
Roles = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=ROLE",
        help="What a speaker that is not known stands for, such as narrator=assistant.",
        rich_help_panel=READING,
    ),
]
TurnKeys = Annotated[
    list[str] | None,
    typer.Option(
        metavar="PART=KEY",
        help="The key of a turn's role or content, such as role=speaker.",
        rich_help_panel=READING,
    ),
]
TrailingUser = Annotated[
    Literal["reject", "answer", "drop"] | None,
    typer.Option(help="What becomes of a last turn without an answer.", rich_help_panel=READING),
]
PromptsOnly = Annotated[
    bool | None,
    typer.Option(
        "--prompts-only", help="Leave answers out, or read rows that have none.", rich_help_panel=READING
    ),
]
PriceIn = Annotated[
    float | None, typer.Option(min=0, help="Price of a million prompt tokens.", rich_help_panel=PRICES)
]
PriceOut = Annotated[
    float | None, typer.Option(min=0, help="Price of a million generated tokens.", rich_help_panel=PRICES)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for programs instead.")]
GpuHour = Annotated[
    float | None,
    typer.Option(min=0, help="Price of an hour of the engine's machine.", rich_help_panel=PRICES),
]


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


def read_kwargs(text: str | None) -> dict[str, Any]:
    """The variables for a chat template that were given as JSON.

    Raises:
        ConfigError: if it is no JSON object.
    """
    try:
        found = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ConfigError(
            f"--template-kwargs is no JSON object: {text}",
            """Give names and values: '{"enable_thinking": false}'.""",
        )
    return found
