"""`sysgen report`: the figures of a finished run and a page to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sysgen_distilabel.cli.options import AsJson, GpuHour, PriceIn, PriceOut
from sysgen_distilabel.cli.say import say, say_json
from sysgen_distilabel.errors import ConfigError


def report_command(
    directory: Annotated[Path, typer.Argument(help="A run directory.")],
    price_in: PriceIn = None,
    price_out: PriceOut = None,
    gpu_hour: GpuHour = None,
    plots: Annotated[
        Path | None, typer.Option(help="Also write the plots as PNG files into this directory.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count everything in a finished run anew and write report.json and report.html.

    The page is one file and needs no network.
    """
    from sysgen_distilabel.report.figures.cost import Prices
    from sysgen_distilabel.report.page.page_tables import format_money
    from sysgen_distilabel.report.page.plots import save_plots
    from sysgen_distilabel.report.write_report import write_report
    from sysgen_distilabel.runs.run_directory import RunDirectory

    run = RunDirectory(directory).require_finished()
    if plots is not None and plots.resolve().is_relative_to(run.dataset.resolve()):
        raise ConfigError(
            f"{plots} is in the dataset of the run, which holds nothing but its rows and their card.",
            "Name another directory with --plots, such as --plots plots.",
        )
    page = write_report(run, Prices(price_in, price_out, gpu_hour))
    report = run.read_report()
    if plots is not None:
        save_plots(report, plots)
    if as_json:
        say_json(report)
        return
    if cost := report["cost"]:
        say(f"Cost: {format_money(cost['total'])} in all.", err=True)
    say(page)
