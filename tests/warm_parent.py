"""A process that has imported everything and forks a `sysgen` for each request; `tests.warm` talks to it.

Reads one JSON request per line. Answers with the process id, and with the exit code when that one ends.
"""

import contextlib
import importlib
import json
import os
import select
import sys

IMPORTED_BEFORE = (
    "sysgen_distilabel.cli",
    "sysgen_distilabel.workflows.build_pipeline",
    "sysgen_distilabel.runs.dataset",
    "sysgen_distilabel.llms.endpoint",
    "sysgen_distilabel.llms.simulated",
    "sysgen_distilabel.workflows.console_observer",
    "sysgen_distilabel.report.write_report",
    "distilabel.models",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "datasketch",
    "openai",
    "py3langid.langid",
    "pyarrow.acero",
)
_LOOK_UP = 0.02


def prepare():
    """Load what takes seconds: modules, and the model that tells languages."""
    for name in IMPORTED_BEFORE:
        importlib.import_module(name)
    from sysgen_distilabel.measures.languages import guess_language

    guess_language("Une phrase de quelques mots.")


def serve():
    """Fork until nobody asks any more; returns in the forked process alone, with what it has to run."""
    rest = b""
    while True:
        ready, _, _ = select.select([0], [], [], _LOOK_UP)
        _report_ended()
        if not ready:
            continue
        data = os.read(0, 1 << 16)
        if not data:
            os._exit(0)
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            request = json.loads(line)
            pid = os.fork()
            if not pid:
                return request
            _tell({"started": pid})


def run(request):
    """Become the command asked for."""
    from sysgen_distilabel.cli import main

    os.setsid()
    for number, (path, flags) in enumerate(
        [(os.devnull, os.O_RDONLY), *((path, os.O_WRONLY | os.O_CREAT) for path in request["streams"])]
    ):
        os.dup2(os.open(path, flags), number)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["sysgen", *request["arguments"]]
    main()


def _report_ended():
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            _tell({"ended": ended[0], "code": os.waitstatus_to_exitcode(ended[1])})


def _tell(message):
    os.write(1, json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    prepare()
    run(serve())
