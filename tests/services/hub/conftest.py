"""A local Hub, its clients, and a finished run to publish, made once."""

import json
import os
import shutil
import subprocess
import sys
from itertools import count
from types import SimpleNamespace

import pytest

from tests.commands import ROOT, SYSGEN, sysgen, write_rows
from tests.patience import PATIENCE, wait_until
from tests.services.hub.server import LocalHub

WRITER = "tests.services.hub.writer.WriterLLM"
SECRET = "hf_thisisasecretofthewriter"
END_AT_ONCE = "\nimport os, sys; sys.stdout.flush(); os._exit(0)"
"""What threads of Arrow do to a program that ends by itself is no matter of ours; seen once: an abort."""
OWNER, STRANGER, READER = "hf_ownertoken", "hf_othertoken", "hf_readertoken"

_numbers = count()


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory):
    """A run over 24 questions by `WriterLLM`, from a local file in a directory that must not be named."""
    folder = tmp_path_factory.mktemp("private-folder")
    rows = write_rows(folder / "rows.jsonl", 24)
    made = sysgen(
        "run", rows, "--output", folder / "run", "--llm", WRITER,
        "--llm-arg", f"service_token={SECRET}", "--llm-arg", "contact= Write to ann.smith@mail.test.",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return folder / "run"


@pytest.fixture
def run_directory(finished_run, tmp_path):
    """A copy of the run that the test may change."""
    return shutil.copytree(finished_run, tmp_path / "run")


@pytest.fixture(scope="session")
def clients(tmp_path_factory):
    """The local Hub and a process that runs `sysgen` against it."""
    with LocalHub() as server:
        made = Clients(server, tmp_path_factory.mktemp("hub"))
        yield made
        made.close()


@pytest.fixture
def hub(clients):
    """The local Hub, all well with it, and nothing left of what a killed client has asked."""
    wait_until(lambda: not clients.server.in_flight)
    clients.server.faults.clear()
    clients.server.log.clear()
    clients.server.large_files.clear()  # or what another test has uploaded need not be uploaded again
    return clients


@pytest.fixture
def name():
    """A name that no dataset has yet."""
    return f"acme/messages-{next(_numbers)}"


class Clients:
    """Runs the real clients against the local Hub, in processes, as they read their settings once.

    Attributes:
        server: the local Hub.
    """

    def __init__(self, server, folder):
        self.server = server
        self._folder = folder
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "tests.services.hub.cli_worker"], cwd=ROOT, env=self.environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def close(self):
        """End the process."""
        self._worker.stdin.close()
        self._worker.wait(PATIENCE)

    def environment(self, token=OWNER, **more):
        """The settings of a client with an empty cache."""
        home = self._folder / f"hf-home-{next(_numbers)}"
        return {
            **os.environ, "HF_ENDPOINT": self.server.url, "HF_TOKEN": token, "HF_HOME": str(home),
            "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_DATASETS_DISABLE_PROGRESS_BARS": "1", "DISTILABEL_LOG_LEVEL": "ERROR", **more,
        }  # fmt: skip

    def sysgen(self, *arguments, token=OWNER):
        """Run a command to its end."""
        asked = {"arguments": [str(argument) for argument in arguments], "environment": {"HF_TOKEN": token}}
        self._worker.stdin.write(json.dumps(asked) + "\n")
        self._worker.stdin.flush()
        return SimpleNamespace(**json.loads(self._worker.stdout.readline()))

    def push(self, *arguments, token=OWNER):
        """Run `sysgen push` to its end."""
        return self.sysgen("push", *arguments, token=token)

    def push_with(self, *arguments, **settings):
        """Run `sysgen push` to its end in a process with settings of its own."""
        return sysgen("push", *arguments, **self.environment(**settings))

    def start_push(self, *arguments):
        """Start `sysgen push`."""
        return subprocess.Popen(
            [str(SYSGEN), "push", *map(str, arguments)], cwd=ROOT, env=self.environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def python(self, code, token=OWNER, **more):
        """Run a program with an empty cache and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", code + END_AT_ONCE], cwd=ROOT, env=self.environment(token, **more),
            timeout=PATIENCE, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def file(self, name, path, revision="main"):
        """The content of a file in a dataset."""
        return self.server.dataset(name).head(revision).files[path].data


def explain(done, code=7):
    """The one clear message of a command that failed."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr[done.stderr.index("Error: ") :]
