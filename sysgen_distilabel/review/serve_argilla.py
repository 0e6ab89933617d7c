"""A local Argilla for one team: the genuine server, on its own database, without Docker or Elasticsearch."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import stat
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sysgen_distilabel.errors import ReviewError
from sysgen_distilabel.files import open_private
from sysgen_distilabel.review.accounts import Accounts, User, accounts_file, prepare_accounts
from sysgen_distilabel.review.environment import prepare_environment
from sysgen_distilabel.review.redis import redis
from sysgen_distilabel.serving.local_http import is_ready
from sysgen_distilabel.serving.serve_command import choose_port
from sysgen_distilabel.serving.serve_failures import read_last_line
from sysgen_distilabel.serving.serve_launcher import FOR_US_ALONE, launched

DEFAULT_PORT: Final = 6900

_SITE: Final = Path(__file__).parent / "argilla_site"
_LOOK_UP: Final = 0.25
_START_TIMEOUT: Final = 180.0


@dataclass(frozen=True, slots=True)
class LocalArgilla:
    """A running server.

    Attributes:
        url: its address.
        accounts: who can sign in.
        new_users: those of them who could not before.
        process: ends when the server does.
        log: what the server says.
    """

    url: str
    accounts: Accounts
    new_users: list[User]
    process: subprocess.Popen[bytes]
    log: Path

    def check(self) -> None:
        """Raise `ReviewError` if the server has ended."""
        if self.process.poll() is not None:
            raise ReviewError(
                f"The Argilla server ended: {read_last_line(self.log)}", f"Its log is {self.log}."
            )


@contextlib.contextmanager
def local_argilla(
    data: Path,
    *,
    host: str = "127.0.0.1",
    port: int | None = DEFAULT_PORT,
    workspace: str = "review",
    reviewers: Sequence[str] = (),
    database: str | None = None,
    redis_url: str | None = None,
    environment: Path | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Iterator[LocalArgilla]:
    """Serve Argilla for as long as the context lasts.

    The server is gone when the context is left in any way, and when the process that entered it dies,
    even by SIGKILL.

    Args:
        data: the directory with its database, accounts, log and environment.
        host: address to listen at.
        port: port to listen at, a free one for `None`.
        workspace: a workspace to have.
        reviewers: names of people who can sign in, besides the owner.
        database: URL of a PostgreSQL database; SQLite in `data` without it.
        redis_url: URL of a Redis that nobody else can write to; without it one is started for this.
        environment: the environment of the server; made in `data` without it.
        say: told in a line what takes time.

    Raises:
        ReviewError: if something it needs is missing, or it does not start.
        ConfigError: if nobody can listen there, or a name is none.
    """
    with _locked(data):
        port = choose_port(host, port)
        url = f"http://{'localhost' if host in ('0.0.0.0', '::', '127.0.0.1') else host}:{port}"
        accounts, new_users = prepare_accounts(data, url, workspace, reviewers)
        python = prepare_environment(environment or data / "venv", say)
        command = [str(python), "-P", "-m", "sysgen_search", host, str(port), str(accounts_file(data))]
        log = data / "argilla.log"
        say("Starting Argilla.")
        with (
            redis(data, redis_url) as found_redis,
            _temporary(data / "tmp") as temporary,
            launched(
                command,
                log,
                _environment(data, accounts, database, found_redis, temporary),
                umask=FOR_US_ALONE,
            ) as process,
        ):
            server = LocalArgilla(url, accounts, new_users, process, log)
            _wait_until_ready(server)
            yield server


def _environment(
    data: Path, accounts: Accounts, database: str | None, redis_url: str, temporary: Path
) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARGILLA_", "PYTHON"))}
    ours = {
        "ARGILLA_HOME_PATH": str(data),
        "ARGILLA_SEARCH_ENGINE": "sysgen_search",
        "ARGILLA_REDIS_URL": redis_url,
        "ARGILLA_AUTH_SECRET_KEY": accounts.secret,
        "ARGILLA_CORS_ORIGINS": json.dumps([accounts.api_url]),  # no other page may use what a browser holds
        "HF_HUB_OFFLINE": "1",  # it reports to the Hub otherwise
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "PYTHONPATH": str(_SITE),
        "PYTHONUNBUFFERED": "1",
        "TMPDIR": str(temporary),  # each start leaves a copy of the page there
    }
    return kept | ours | ({"ARGILLA_DATABASE_URL": database} if database else {})


def _wait_until_ready(server: LocalArgilla) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while not is_ready(f"{server.url}/api/v1/version"):
        server.check()
        if time.monotonic() > deadline:
            raise ReviewError(
                f"The Argilla server is not ready after {_START_TIMEOUT:g} s.", f"Its log is {server.log}."
            )
        time.sleep(_LOOK_UP)
    server.check()


@contextlib.contextmanager
def _locked(data: Path) -> Iterator[None]:
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        _keep_to_us(data)
        handle = open_private(data / ".lock", "ab")
    except OSError as error:
        raise ReviewError(f"{data} cannot be written: {error.strerror}.", "Name another --data.") from None
    with handle:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ReviewError(
                f"An Argilla is running on {data} already.", "Stop it, or name another --data."
            ) from None
        yield


def _keep_to_us(data: Path) -> None:
    """See that nobody else can read or write the directory, its database and its logs.

    Raises:
        ReviewError: if it belongs to somebody else, or others can put another one in its place.
    """
    hint = "Name another --data, such as one in your home directory."
    if data.stat().st_uid != os.geteuid():
        raise ReviewError(f"{data} belongs to another user.", hint)
    for parent in data.resolve().parents:
        mode = parent.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise ReviewError(f"Every user can replace {data}, as {parent} can be written by all.", hint)
    data.chmod(0o700)
    for path in (*data.glob("*.db*"), *data.glob("*.log")):  # of an older version
        path.chmod(0o600)


@contextlib.contextmanager
def _temporary(folder: Path) -> Iterator[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
