"""Starts `sysgen` as a fork of a process that has imported everything, which saves seconds per command.

What runs is a process of its own, in a group of its own, as if a shell had started it. The snippets of
the README, the wheel and the disk tests start the installed command.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import SimpleQueue

from tests.patience import PATIENCE

ROOT = Path(__file__).parent.parent
_LOOK_UP = 0.02


class WarmSysgen:
    """A command under way: what tests use of `subprocess.Popen`."""

    def __init__(self, *arguments, cwd=ROOT):
        self.args = ["sysgen", *map(str, arguments)]
        self._folder = tempfile.TemporaryDirectory(prefix="warm-")
        self._streams = [Path(self._folder.name, name) for name in ("out", "err")]
        self.pid = _Parent.get().fork(
            {
                "arguments": self.args[1:],
                "cwd": str(cwd),
                "streams": list(map(str, self._streams)),
                "environment": dict(os.environ),
            }
        )

    @property
    def returncode(self):
        return _Parent.get().codes.get(self.pid)

    def poll(self):
        return self.returncode

    def wait(self, timeout=None):
        deadline = time.monotonic() + timeout if timeout else float("inf")
        while self.returncode is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(self.args, timeout)
            time.sleep(_LOOK_UP)
        return self.returncode

    def communicate(self, timeout=None):
        """What it has written by its end."""
        self.wait(timeout)
        return tuple(stream.read_text(encoding="utf-8") for stream in self._streams)

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def run_warm(*arguments, cwd=ROOT, timeout):
    """Run `sysgen` to its end and return the completed process, as `subprocess.run` does."""
    process = WarmSysgen(*arguments, cwd=cwd)
    try:
        out, err = process.communicate(timeout)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


class _Parent:
    """The process that forks: one for all tests of this process."""

    _only = None

    def __init__(self):
        self.codes = {}
        self._started = SimpleQueue()
        self._one_at_a_time = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_parent"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        threading.Thread(target=self._listen, daemon=True).start()

    @classmethod
    def get(cls):
        if cls._only is None:
            cls._only = cls()
        return cls._only

    def fork(self, request):
        with self._one_at_a_time:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            return self._started.get(timeout=PATIENCE)

    def _listen(self):
        for line in self._process.stdout:
            message = json.loads(line)
            if "started" in message:
                self.codes.pop(message["started"], None)  # of an earlier process with the same id
                self._started.put(message["started"])
            else:
                self.codes[message["ended"]] = message["code"]
