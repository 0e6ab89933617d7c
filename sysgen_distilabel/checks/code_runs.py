"""Runs a Python program in a process of its own, with limits of time and memory and no network."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_MOST_PRINTED = 100_000  # bytes
_START = """
import resource, sys
seconds, memory, printed = map(int, sys.argv[1:4])
for name, limit in (("CPU", seconds), ("AS", memory), ("FSIZE", printed), ("CORE", 0), ("NOFILE", 64)):
    resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))
with open("program.py", encoding="utf-8") as file:
    program = compile(file.read(), "program.py", "exec")
refused = set(
    "socket subprocess ctypes ftplib smtplib urllib os.system os.exec os.fork os.forkpty os.posix_spawn"
    " os.kill os.putenv os.remove os.rename os.rmdir os.chmod os.chown os.link os.symlink"
    " shutil.rmtree".split()
)
def refuse(event, arguments):
    if event.partition(".")[0] in refused or event in refused:
        raise PermissionError(f"{event} is not allowed here")
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        raise PermissionError("writing files is not allowed here")
import types
main = types.ModuleType("__main__")
sys.modules["__main__"] = main
sys.argv[:] = ["program.py"]
sys.addaudithook(refuse)
exec(program, main.__dict__)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a program printed, and whether it came to its end without an error."""

    printed: str
    finished: bool


def run_python(source: str, *, seconds: int = 5, memory_mb: int = 512) -> Run:
    """Runs a program with the running Python and returns what it printed (at most 100,000 bytes).

    The process has an empty environment, an empty working directory, no input, `seconds` of processor
    time (and twice that by the clock), and `memory_mb` of memory. It has a network name space without a
    network where the system lets users make one, and everywhere a hook that refuses sockets, child
    processes and writing.

    That stops programs that are wrong. It is no protection against hostile ones: the hook is Python's own
    and can be got round from within, files that the user may read can be read, and the kernel is shared.
    Run answers of an engine that you do not trust in a container or a virtual machine.
    """
    with tempfile.TemporaryDirectory(prefix="sysgen-run-") as folder:
        Path(folder, "program.py").write_text(source, encoding="utf-8", errors="replace")
        command = [*_without_network(), sys.executable, "-I", "-S", "-c", _START]
        limits = [str(seconds), str(memory_mb * 2**20), str(_MOST_PRINTED)]
        with tempfile.TemporaryFile() as printed:
            process = subprocess.Popen(
                [*command, *limits], cwd=folder, env={"PYTHONIOENCODING": "utf-8"}, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            finished = _wait(process, 2 * seconds) == 0
            printed.seek(0)
            return Run(printed.read(_MOST_PRINTED).decode(errors="replace"), finished)


def _wait(process: subprocess.Popen[bytes], seconds: int) -> int | None:
    """The exit code, or None of a process that was stopped; whatever it started is stopped with it."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@lru_cache(maxsize=1)
def _without_network() -> tuple[str, ...]:
    """How to start a process in an empty network name space; empty where that is not allowed."""
    unshare = shutil.which("unshare")
    if not unshare:
        return ()
    command = (unshare, "--user", "--map-root-user", "--net", "--kill-child", "--")
    allowed = subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0
    return command if allowed else ()
