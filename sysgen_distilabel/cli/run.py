"""`sysgen run`: the whole pipeline over an input."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer

from sysgen_distilabel.config import RunConfig, load_config
from sysgen_distilabel.errors import ConfigError, FatalError
from sysgen_distilabel.run_directory import Resume


def run_command(
    input: Annotated[
        str | None, typer.Argument(help="A jsonl, json, parquet or csv file, or a Hub dataset ORG/NAME.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The run directory.")] = None,
    config: Annotated[
        Path | None, typer.Option(help="YAML file with settings, or the name of a preset. Flags win over it.")
    ] = None,
    llm: Annotated[
        str | None, typer.Option(help="`simulated`, or the import path of a distilabel LLM.")
    ] = None,
    llm_arg: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Field of the LLM, such as model=ORG/NAME. Repeat."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Use the first rows only.")] = None,
    repair: Annotated[
        bool | None, typer.Option("--repair/--no-repair", help="Mend unambiguous slips in tags.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE=COLUMN", help="Which column holds what, such as user=q. Repeat."),
    ] = None,
    keep_column: Annotated[
        list[str] | None, typer.Option(help="Input column to carry along. Repeat.")
    ] = None,
    verdict_per: Annotated[
        Literal["functionality", "phrase"] | None, typer.Option(help="What a verdict covers.")
    ] = None,
    max_attempts: Annotated[
        int | None, typer.Option(min=1, help="Samples asked for until a reply can be used.")
    ] = None,
    max_concurrency: Annotated[int | None, typer.Option(min=1, help="Requests in flight.")] = None,
    resume: Annotated[
        Literal["never", "always", "if_possible"], typer.Option(help="What to do with a run that is there.")
    ] = "if_possible",
    retry: Annotated[
        list[str] | None, typer.Option(metavar="REASON", help="Ask again for rows rejected for it. Repeat.")
    ] = None,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print the settings and stop.")
    ] = False,
) -> None:
    """Write, filter, verify and apply system messages for every conversation of INPUT.

    Stop it with Ctrl-C and start it again with the same arguments: nothing answered is asked
    again.

    Exit codes: 0 done, 1 unexpected error, 2 wrong settings, 3 unreadable input, 4 unusable run
    directory, 5 engine or store gone (what was answered is kept), 130 stopped.
    """
    settings = load_config(
        _find_config(config),
        {
            "input": input,
            "llm": llm,
            "llm_args": _parse_pairs(llm_arg, "--llm-arg"),
            "limit": limit,
            "repair": repair,
            "columns": _parse_pairs(column, "--column"),
            "keep_columns": keep_column or None,
            "verdict_per": verdict_per,
            "max_attempts": max_attempts,
            "max_concurrency": max_concurrency,
        },
    )
    if print_config:
        _print_config(settings)
        return
    if output is None:
        raise ConfigError("No run directory is given.", "Add --output DIR.")
    _run(settings, output, resume, retry or [])


def _run(settings: RunConfig, output: Path, resume: Resume, retry: list[str]) -> None:
    from rich.console import Console

    from sysgen_distilabel.report.terminal import render_accounts
    from sysgen_distilabel.run import run

    console = Console(stderr=True)
    try:
        result = run(settings, output, resume=resume, retry=retry)
    except FatalError as error:
        error.hint = f"{error.hint} What was answered is kept: the same command resumes the run.".strip()
        raise
    if result.was_finished:
        console.print(f"The run in {output} is finished already; nothing was asked.")
    console.print(render_accounts(result.accounts))
    console.print(
        f"\nDataset: {result.directory.dataset}   Look at rows: sysgen show {output}", highlight=False
    )


def _find_config(given: Path | None) -> Path | None:
    """The file itself, or a preset of that name shipped in `pipelines/presets`."""
    if given is None or given.exists() or given.suffix:
        return given
    from sysgen_distilabel.resources import find

    try:
        return find(f"pipelines/presets/{given}.yaml")
    except FileNotFoundError:
        presets = sorted(path.stem for path in find("pipelines/presets").glob("*.yaml"))
        raise ConfigError(
            f"There is neither a file nor a preset called '{given}'.",
            f"The presets are: {', '.join(presets)}.",
        ) from None


def _parse_pairs(pairs: list[str] | None, flag: str) -> dict[str, Any] | None:
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


def _print_config(settings: RunConfig) -> None:
    import yaml

    from sysgen_distilabel.secrets import redact

    dumped = cast(dict[str, Any], redact(settings.model_dump(mode="json")))
    typer.echo(yaml.safe_dump(dumped, sort_keys=False, allow_unicode=True), nl=False)
