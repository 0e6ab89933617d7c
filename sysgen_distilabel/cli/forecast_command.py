"""`sysgen forecast`: what a run will take, before it is paid for."""

from __future__ import annotations

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
    GpuHour,
    InputArgument,
    Limit,
    LLMArguments,
    LLMName,
    ModelName,
    PriceIn,
    PriceOut,
    PromptsOnly,
    Roles,
    StructuredOutputs,
    TrailingUser,
    TurnKeys,
    engine_flags,
    read_settings,
    reading_flags,
)
from sysgen_distilabel.cli.say import say_json, say_simulated


def forecast_command(
    input: InputArgument = None,
    sample: Annotated[int, typer.Option(min=8, help="How many rows to try.")] = 200,
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
    max_concurrency: Annotated[int | None, typer.Option(min=1, help="Requests in flight.")] = None,
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    gpu_hour: GpuHour = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Directory of the run to come: keeps forecast and replies."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try some rows of INPUT and say what all of them will take: time, tokens, calls, money.

    With --output the report of the run holds the forecast against what came of it, and the rows
    tried are not asked again. The sample should be several times the requests in flight.
    """
    from sysgen_distilabel.report.figures.cost import Prices
    from sysgen_distilabel.report.terminal.console import make_console
    from sysgen_distilabel.workflows.preflight.forecast_view import render_forecast
    from sysgen_distilabel.workflows.preflight.forecasting import make_forecast

    chosen = engine_flags(model, base_url, engine, engine_arg, structured_outputs, llm, llm_arg)
    reading = reading_flags(column, role, turn_key, trailing_user, prompts_only)
    settings = read_settings(input, config, chosen, reading, limit, max_concurrency)
    with make_console(stderr=True).status("Reading the input and trying a sample of its rows"):
        forecast = make_forecast(settings, sample, Prices(price_in, price_out, gpu_hour), output)
    if as_json:
        say_json(forecast)
    else:
        make_console().print(render_forecast(forecast))
        say_simulated(settings.simulation_notice)
