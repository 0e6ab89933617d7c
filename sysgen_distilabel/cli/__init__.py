"""The command `sysgen`: thin commands over the library."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Callable
from typing import Final

import typer

from sysgen_distilabel import __version__
from sysgen_distilabel.cli import (
    check_command,
    evaluate_command,
    export_command,
    forecast_command,
    merge_command,
    preferences_command,
    preview_command,
    prove_command,
    push_command,
    report_command,
    review_command,
    run_command,
    show_command,
    template_command,
)
from sysgen_distilabel.cli.environment import describe_environment
from sysgen_distilabel.cli.examples import examples_of
from sysgen_distilabel.errors import Interrupted, SysGenError
from sysgen_distilabel.machine_limits import name_limit
from sysgen_distilabel.secrets import hide_all_secrets
from sysgen_distilabel.terminal_text import clean, fit, leave_pipe

_STOPPED: Final = Interrupted.exit_code

app = typer.Typer(
    help="Add system messages to fine-tuning data that has none (SysGen, arXiv 2502.11330).",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
_COMMANDS: Final[dict[str, dict[str, Callable[..., None]]]] = {
    "Before a run": {
        "check": check_command.check_command,
        "preview": preview_command.preview_command,
        "forecast": forecast_command.forecast_command,
    },
    "A run": {
        "run": run_command.run_command,
        "merge": merge_command.merge_command,
        "show": show_command.show_command,
        "report": report_command.report_command,
    },
    "What becomes of it": {
        "push": push_command.push_command,
        "export": export_command.export_command,
        "preferences": preferences_command.preferences_command,
        "template": template_command.template_command,
        "prove": prove_command.prove_command,
    },
}
for _panel, _members in _COMMANDS.items():
    for _name, _command in _members.items():
        app.command(_name, rich_help_panel=_panel, epilog=examples_of(_name))(_command)
app.add_typer(review_command.app, name="review", rich_help_panel="What becomes of it")
app.add_typer(evaluate_command.app, name="evaluate", rich_help_panel="What becomes of it")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo("\n".join([f"sysgen-distilabel {__version__}", *describe_environment()]))
        raise typer.Exit


@app.callback()
def _common(
    version: bool = typer.Option(
        False,
        "--version",
        callback=_print_version,
        is_eager=True,
        help="Print versions, as a bug report needs them.",
    ),
) -> None:
    pass


def main() -> None:
    """Run the command line; every error that can be foreseen is one message and an exit code."""
    # As Ctrl-C does, it ends the engine and leaves the run to be resumed, whatever is under way.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # which `nohup` has asked for
        signal.signal(signal.SIGHUP, signal.default_int_handler)
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an ASCII terminal shows what it can
    os.environ.setdefault("HF_DATASETS_DISABLE_PROGRESS_BARS", "1")  # they count files, not conversations
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")  # it advises to install PyTorch
    try:
        app()
    except SysGenError as error:
        _fail(error.message, error.hint, error.exit_code)
    except KeyboardInterrupt:
        _fail("Stopped.", "", _STOPPED)
    except SystemExit as end:
        if end.code == _STOPPED:  # Typer's end of Ctrl-C, of which it says nothing
            _fail("Stopped.", "", _STOPPED)
        raise
    except BrokenPipeError:
        leave_pipe()
        sys.exit(0)
    except Exception as error:
        if os.environ.get("SYSGEN_DEBUG"):
            raise
        if limit := name_limit(error):
            _fail(limit.message, limit.hint, limit.exit_code)
        _fail(
            f"Unexpected {type(error).__name__}: {error}",
            "This is a defect; set SYSGEN_DEBUG=1 to see where, and please report it.",
            1,
        )


def _open_closed_streams() -> None:
    """Streams that who started us has closed lead nowhere, and no file of ours gets their numbers."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), "r" if name == "stdin" else "w"))


def _fail(message: str, hint: str, exit_code: int) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        typer.secho(fit(f"Error: {clean(hide_all_secrets(message))}", sys.stderr), fg="red", err=True)
        if hint:
            typer.echo(fit(clean(hide_all_secrets(hint)), sys.stderr), err=True)
    sys.exit(exit_code)
