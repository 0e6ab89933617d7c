"""`sysgen review`: a team corrects in Argilla what a run has made."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from sysgen_distilabel.cli.say import say
from sysgen_distilabel.errors import ReviewError
from sysgen_distilabel.review.accounts import DEFAULT_DATA

app = typer.Typer(help="Review a run in Argilla, and bring the corrections back.", no_args_is_help=True)

Directory = Annotated[Path, typer.Argument(help="A run directory.")]
Dataset = Annotated[
    str | None, typer.Option(help="Name of the dataset in Argilla; by default that of the last push.")
]
Workspace = Annotated[
    str | None, typer.Option(help="Its workspace; by default that of the last push or of the local server.")
]
ApiUrl = Annotated[
    str | None, typer.Option(help="Address of the server; by default ARGILLA_API_URL, else the local one.")
]
Data = Annotated[
    Path, typer.Option(help="Where the local server keeps everything.", show_default="~/.sysgen/argilla")
]


@app.command("push")
def push_command(
    directory: Directory,
    dataset: Dataset = None,
    workspace: Workspace = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Push the first rows of the order only.")] = None,
    order: Annotated[
        Literal["risk", "random"],
        typer.Option(help="What to look at first: doubtful rows, or a fair sample."),
    ] = "risk",
    min_submitted: Annotated[
        int | None, typer.Option(min=1, help="How many people answer each record; 1 by default.")
    ] = None,
    api_url: ApiUrl = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Send the rows of a finished run to Argilla; doing so again updates them and keeps all answers.

    The key of an owner or admin is taken from ARGILLA_API_KEY, else from the local server's accounts.
    """
    from sysgen_distilabel.review.argilla_client import explained, open_dataset
    from sysgen_distilabel.review.push_records import Pusher
    from sysgen_distilabel.review.review_target import find_target, remember_target
    from sysgen_distilabel.review.selection import make_records, select_rows
    from sysgen_distilabel.runs.run_directory import RunDirectory

    run = RunDirectory(directory).require_finished()
    target = find_target(directory, dataset, workspace, api_url, data)
    notice = str(run.read_report().get("simulation_notice", ""))
    remote = open_dataset(target, min_submitted, notice)
    selection = select_rows(run, order, sample)
    remember_target(directory, target, data)
    try:
        with explained(target), _progress(len(selection.choices)) as advance:
            pusher = Pusher(remote)
            pusher.push(make_records(run, selection), advance)
            pushed = pusher.retire(selection.current)
    except ReviewError as error:
        error.hint = f"{error.hint} What was sent is there: the same command goes on.".strip()
        raise
    counts = f"{pushed.added:,} added, {pushed.updated:,} updated, {pushed.unchanged:,} unchanged"
    old = f"{pushed.removed:,} replaced, {pushed.superseded:,} answered and superseded"
    say(f"{counts}; earlier versions: {old}.")
    say(f"{target.api_url}/dataset/{remote.id}/annotation-mode")
    if pushed.refused:
        first, reason = next(iter(pushed.refused.items()))
        raise ReviewError(f"Argilla refused {len(pushed.refused):,} rows; the first is '{first}': {reason}.")


@app.command("pull")
def pull_command(
    directory: Directory,
    dataset: Dataset = None,
    workspace: Workspace = None,
    api_url: ApiUrl = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Bring the submitted answers back as the subset `review`, with figures in the report.

    `sysgen run ... --apply-review` then applies the corrections to the dataset.
    """
    from sysgen_distilabel.report.terminal.console import make_console
    from sysgen_distilabel.review.argilla_client import explained, open_dataset
    from sysgen_distilabel.review.corrections import plan_corrections
    from sysgen_distilabel.review.pull_answers import pull_review
    from sysgen_distilabel.review.review_target import find_target
    from sysgen_distilabel.review.review_view import render_review
    from sysgen_distilabel.runs.run_directory import RunDirectory

    run = RunDirectory(directory).require_finished()
    target = find_target(directory, dataset, workspace, api_url, data)
    remote = open_dataset(target, create=False)
    with run.locked(), explained(target):
        pulled = pull_review(remote, run)
    make_console().print(render_review(pulled.figures))
    if pulled.figures["corrected"] and plan_corrections(run):
        say("To make the dataset with them, give the command of the run again with --apply-review.")


@app.command("serve")
def serve_command(
    data: Data = DEFAULT_DATA,
    host: Annotated[str, typer.Option(help="Address to listen at; 0.0.0.0 for a team.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, help="Port to listen at; 0 for a free one.")] = 6900,
    workspace: Annotated[str, typer.Option(help="A workspace to have.")] = "review",
    reviewer: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Somebody who can sign in. Repeat.")
    ] = None,
    database: Annotated[
        str | None, typer.Option(metavar="URL", help="A PostgreSQL database instead of SQLite.")
    ] = None,
    redis_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="A Redis that nobody else can write to; one is started without it."),
    ] = None,
    environment: Annotated[
        Path | None, typer.Option(help="Environment of the server; made in --data by default.")
    ] = None,
) -> None:
    """Run a local Argilla until Ctrl-C, without Docker or Elasticsearch.

    It is fine for a team and tens of thousands of records. The first start installs the server and
    creates an owner. Beyond this machine it speaks plain HTTP: let only people you trust reach it, best
    through an SSH tunnel or a reverse proxy with TLS.
    """
    import signal
    import time

    from sysgen_distilabel.review.accounts import accounts_file
    from sysgen_distilabel.review.serve_argilla import local_argilla

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with local_argilla(
        data,
        host=host,
        port=port or None,
        workspace=workspace,
        reviewers=reviewer or (),
        database=database,
        redis_url=redis_url,
        environment=environment,
        say=say,
    ) as server:
        for user in server.new_users:
            say(f"New: {user.username} ({user.role}), password {user.password}, API key {user.api_key}")
        if server.new_users:
            say(f"They are kept in {accounts_file(data)}, which only you can read, and not shown again.")
        say(f"Argilla is at {server.url}. Sign in as {server.accounts.owner.username}; stop with Ctrl-C.")
        own_data = "" if data == DEFAULT_DATA else f" --data {data}"
        say(f"From another terminal: sysgen review push DIR{own_data}")
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                server.check()
                time.sleep(0.5)
        say("Stopping Argilla.")


@contextlib.contextmanager
def _progress(rows: int) -> Iterator[Callable[[int], None]]:
    """A bar on the terminal; yields what moves it on."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from sysgen_distilabel.report.terminal.console import make_console

    columns = (TextColumn("records"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=make_console(stderr=True), transient=True) as progress:
        task = progress.add_task("push", total=rows)
        yield lambda done: progress.advance(task, done)
