"""`sysgen report`: the figures of a finished run and a page to look at."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sysgen_distilabel.cli.options import AsJson, GpuHour, PriceIn, PriceOut
from sysgen_distilabel.cli.say import say, say_json


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
    from sysgen_distilabel.report.page.plots import save_plots
    from sysgen_distilabel.report.write_report import write_report
    from sysgen_distilabel.runs.run_directory import RunDirectory

    run = RunDirectory(directory).require_finished()
    page = write_report(run, Prices(price_in, price_out, gpu_hour))
    if plots is not None:
        save_plots(run.read_report(), plots)
    if as_json:
        say_json(run.read_report())
    else:
        say(page)
