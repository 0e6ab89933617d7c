"""`sysgen run`: the whole pipeline over an input."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer

from sysgen_distilabel.cli.completions import complete_check, complete_reason
from sysgen_distilabel.cli.options import (
    ENGINE,
    READING,
    RESUMING,
    ROWS,
    SPREADING,
    AsJson,
    BaseURLs,
    Columns,
    ConfigFile,
    EngineArguments,
    EngineKind,
    InputArgument,
    Limit,
    LLMArguments,
    LLMName,
    ModelName,
    PromptsOnly,
    Roles,
    StructuredOutputs,
    TrailingUser,
    TurnKeys,
    engine_flags,
    parse_pairs,
    reading_flags,
)
from sysgen_distilabel.cli.say import say, say_json, say_simulated
from sysgen_distilabel.errors import FatalError
from sysgen_distilabel.plural import count_of
from sysgen_distilabel.runs.propose_directory import propose_directory
from sysgen_distilabel.settings.presets import find_config
from sysgen_distilabel.settings.run_config import RunConfig, load_config

if TYPE_CHECKING:
    from sysgen_distilabel.workflows.run import RunResult


def run_command(
    input: InputArgument = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The run directory; else NAME-OF-INPUT-sysgen here.")
    ] = None,
    config: ConfigFile = None,
    model: ModelName = None,
    base_url: BaseURLs = None,
    engine: EngineKind = None,
    engine_arg: EngineArguments = None,
    structured_outputs: StructuredOutputs = None,
    llm: LLMName = None,
    llm_arg: LLMArguments = None,
    limit: Limit = None,
    repair: Annotated[
        bool | None,
        typer.Option("--repair/--no-repair", help="Mend unambiguous slips in tags.", rich_help_panel=ROWS),
    ] = None,
    column: Columns = None,
    role: Roles = None,
    turn_key: TurnKeys = None,
    trailing_user: TrailingUser = None,
    prompts_only: PromptsOnly = None,
    keep_column: Annotated[
        list[str] | None, typer.Option(help="Input column to carry along. Repeat.", rich_help_panel=READING)
    ] = None,
    verdict_per: Annotated[
        Literal["functionality", "phrase"] | None,
        typer.Option(help="What a verdict covers.", rich_help_panel=ROWS),
    ] = None,
    max_attempts: Annotated[
        int | None,
        typer.Option(min=1, help="Samples asked for until a reply can be used.", rich_help_panel=ROWS),
    ] = None,
    check: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=POLICY",
            help="What a check does, such as copies=mark. Repeat.",
            autocompletion=complete_check,
            rich_help_panel=ROWS,
        ),
    ] = None,
    max_concurrency: Annotated[
        int | None, typer.Option(min=1, help="Requests in flight.", rich_help_panel=ENGINE)
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="I/N", help="Work on the I-th of N blocks; see `sysgen merge`.", rich_help_panel=SPREADING
        ),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="DIR", help="Replies shared with runs of other directories.", rich_help_panel=SPREADING
        ),
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="Run on a Ray cluster: auto, or HOST:PORT.", rich_help_panel=SPREADING
        ),
    ] = None,
    engines: Annotated[
        int | None, typer.Option(min=1, help="vLLM engines that Ray starts.", rich_help_panel=SPREADING)
    ] = None,
    resume: Annotated[
        Literal["never", "always", "if_possible"],
        typer.Option(help="What to do with a run that is there.", rich_help_panel=RESUMING),
    ] = "if_possible",
    retry: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REASON",
            help="Ask again for rows rejected for it. Repeat.",
            autocompletion=complete_reason,
            rich_help_panel=RESUMING,
        ),
    ] = None,
    apply_review: Annotated[
        bool,
        typer.Option(
            "--apply-review", help="Apply the pulled corrections to a finished run.", rich_help_panel=RESUMING
        ),
    ] = False,
    extend: Annotated[
        bool,
        typer.Option(
            "--extend",
            help="Go on with the rows that the input, or a raised --limit, has now.",
            rich_help_panel=RESUMING,
        ),
    ] = False,
    skip_checks: Annotated[
        bool, typer.Option("--skip-checks", help="Do not look the input and the disk over first.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    as_json: AsJson = False,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print the settings and stop.")
    ] = False,
) -> None:
    """Write, filter, verify and apply system messages for every conversation of INPUT.

    Stop it with Ctrl-C and start it again with the same arguments: nothing answered is asked
    again.

    Exit codes: 0 done, 1 unexpected error, 2 wrong settings, 3 unreadable input, 4 unusable run
    directory, 5 engine, store, memory or disk gone (what was stored is kept), 130 stopped.
    """
    settings = load_config(
        find_config(config),
        {
            "input": input,
            **engine_flags(model, base_url, engine, engine_arg, structured_outputs, llm, llm_arg),
            "limit": limit,
            "repair": repair,
            **reading_flags(column, role, turn_key, trailing_user, prompts_only),
            "keep_columns": keep_column or None,
            "verdict_per": verdict_per,
            "max_attempts": max_attempts,
            "checks": parse_pairs(check, "--check"),
            "max_concurrency": max_concurrency,
            "shard": shard,
            "store": store,
            "ray": ray,
            "engines": engines,
        },
    )
    if print_config:
        _print_config(settings)
        return
    if output is None:
        output = propose_directory(settings)
        say(f"The run directory is {output}; --output names another.", err=True)
    plan = {"resume": resume, "retry": retry or [], "apply_review": apply_review, "extend": extend}
    result = _run(settings, output, plan, checks=not skip_checks, quiet=quiet)
    if as_json:
        say_json(_summarise(result))


def _run(settings: RunConfig, output: Path, plan: dict[str, Any], *, checks: bool, quiet: bool) -> RunResult:
    """Do the run with its progress on the console, and what it came to at the end."""
    from sysgen_distilabel.report.terminal.console import make_console
    from sysgen_distilabel.report.terminal.next_steps import suggest_next_steps
    from sysgen_distilabel.report.terminal.show_rows import render_accounts
    from sysgen_distilabel.review.corrections import read_corrections
    from sysgen_distilabel.workflows.console_observer import ConsoleObserver
    from sysgen_distilabel.workflows.run import run

    console = make_console(stderr=True)
    try:
        observer = ConsoleObserver(console, settings, checks=checks, quiet=quiet)
        result = run(settings, output, **plan, observer=observer)
    except FatalError as error:
        error.hint = f"{error.hint} {error.kept}: the same command resumes the run.".strip()
        raise
    if result.was_finished:
        console.print(f"The run in {output} is finished already; nothing was asked.", soft_wrap=True)
    console.print(render_accounts(result.accounts))
    if plan["apply_review"]:
        corrected = len(read_corrections(result.directory.corrections_file))
        console.print(f"Corrected by people: {count_of(corrected, 'row')}.")
    for line in suggest_next_steps(result.accounts):
        console.print(f"\n{line}", style="yellow", soft_wrap=not console.is_terminal)
    console.print()
    say_simulated(settings.simulation_notice, err=True)
    places = {
        "Dataset": result.directory.dataset,
        "Figures": output / "report.html",
        "Look at rows": f"sysgen show {output}",
    }
    for name, place in places.items():
        console.print(f"{name}: {place}", soft_wrap=True)
    return result


def _summarise(result: RunResult) -> dict[str, Any]:
    """What a program wants to know of a run that is done."""
    from sysgen_distilabel.report.terminal.next_steps import suggest_next_steps

    return {
        "directory": str(result.directory.path),
        "dataset": str(result.directory.dataset),
        "resumed": result.resumed,
        "was_finished": result.was_finished,
        "rows": result.accounts.rows,
        "accepted": result.accounts.accepted,
        "rejected": dict(result.accounts.rejected),
        "usage": result.directory.usage(),
        "next_steps": suggest_next_steps(result.accounts),
    }


def _print_config(settings: RunConfig) -> None:
    import yaml

    from sysgen_distilabel.secrets import redact

    dumped = cast(dict[str, Any], redact(settings.model_dump(mode="json")))
    say(yaml.safe_dump(dumped, sort_keys=False, allow_unicode=True), nl=False)
