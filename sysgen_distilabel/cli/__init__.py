"""The command `sysgen`: thin commands over the library."""

from __future__ import annotations

import os
import signal
import sys

import typer

from sysgen_distilabel import __version__
from sysgen_distilabel.cli import (
    check,
    evaluate,
    export,
    forecast,
    merge,
    preferences,
    preview,
    push,
    report,
    review,
    run,
    show,
    template,
)
from sysgen_distilabel.errors import SysGenError

app = typer.Typer(
    help="Add system messages to fine-tuning data that has none (SysGen, arXiv 2502.11330).",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(run.run_command)
app.command("show")(show.show_command)
app.command("preview")(preview.preview_command)
app.command("forecast")(forecast.forecast_command)
app.command("check")(check.check_command)
app.command("report")(report.report_command)
app.add_typer(evaluate.app, name="evaluate")
app.command("push")(push.push_command)
app.command("template")(template.template_command)
app.command("export")(export.export_command)
app.command("preferences")(preferences.preferences_command)
app.add_typer(review.app, name="review")
app.command("merge")(merge.merge_command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _common(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
) -> None:
    pass


def main() -> None:
    """Run the command line; every error that can be foreseen is one message and an exit code."""
    # As Ctrl-C does, it ends the engine and leaves the run to be resumed, whatever is under way.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")  # they count files, not conversations
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")  # it advises to install PyTorch
    try:
        app()
    except SysGenError as error:
        _fail(error.message, error.hint, error.exit_code)
    except KeyboardInterrupt:
        _fail("Stopped.", "", 130)
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:
        if os.environ.get("SYSGEN_DEBUG"):
            raise
        _fail(
            f"Unexpected {type(error).__name__}: {error}",
            "This is a defect; set SYSGEN_DEBUG=1 to see where, and please report it.",
            1,
        )


def _fail(message: str, hint: str, exit_code: int) -> None:
    typer.secho(f"Error: {message}", fg="red", err=True)
    if hint:
        typer.echo(hint, err=True)
    sys.exit(exit_code)
