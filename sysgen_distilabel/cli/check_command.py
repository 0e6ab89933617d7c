"""`sysgen check`: look everything over before anything is spent."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from sysgen_distilabel.cli.options import (
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
    read_settings,
    reading_flags,
)
from sysgen_distilabel.cli.say import say_json


def check_command(
    input: InputArgument = None,
    config: ConfigFile = None,
    model: ModelName = None,
    base_url: BaseURLs = None,
    engine: EngineKind = None,
    engine_arg: EngineArguments = None,
    structured_outputs: StructuredOutputs = None,
    llm: LLMName = None,
    llm_arg: LLMArguments = None,
    limit: Limit = None,
    column: Columns = None,
    role: Roles = None,
    turn_key: TurnKeys = None,
    trailing_user: TrailingUser = None,
    prompts_only: PromptsOnly = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where the run will be; its disk is looked at.")
    ] = Path(),
    as_json: AsJson = False,
) -> None:
    """Say whether a run would work: rows, lengths, languages, duplicates, engine, extras, disk space.

    Reads the whole input once, starts the engine if the run would, and asks it two tiny questions.

    Exit codes: 0 nothing stands in the way, 1 a problem does, the others as for `sysgen run`.
    """
    from sysgen_distilabel.inputs import open_input
    from sysgen_distilabel.report.terminal.console import make_console
    from sysgen_distilabel.workflows.preflight.check_run import (
        check_context,
        check_disk,
        check_engine,
        check_extras,
        check_rows,
    )
    from sysgen_distilabel.workflows.preflight.check_view import render_findings, render_survey, summarise
    from sysgen_distilabel.workflows.preflight.engine_at_hand import engine_at_hand
    from sysgen_distilabel.workflows.preflight.probe_engine import probe_engine
    from sysgen_distilabel.workflows.preflight.survey import Survey

    chosen = engine_flags(model, base_url, engine, engine_arg, structured_outputs, llm, llm_arg)
    reading = reading_flags(column, role, turn_key, trailing_user, prompts_only)
    settings = read_settings(input, config, chosen, reading, limit)
    survey = Survey()
    source = survey.watch(open_input(settings.input))
    summary = source.scan(limit=settings.limit, reading=settings.reading)
    with engine_at_hand(settings) as served:
        probe = probe_engine(served)
    findings = [
        *check_rows(survey),
        *check_extras(settings),
        *check_engine(probe),
        *check_context(survey, probe.max_model_len),
        *check_disk(survey, output),
    ]
    if as_json:
        say_json(
            {"columns": list(summary.columns), **summarise(survey), "findings": list(map(asdict, findings))}
        )
    else:
        console = make_console()
        console.print(render_survey(survey, summary.columns))
        console.print(render_findings(findings))
    if any(finding.level == "problem" for finding in findings):
        raise typer.Exit(1)
