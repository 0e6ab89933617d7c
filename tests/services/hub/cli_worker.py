"""Runs `sysgen` commands one after the other in one process, told by lines of JSON.

The Hub's clients read their settings when they are imported, so they need a process of their own; a
process for each command would spend most of the time on imports.
"""

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout


def run(arguments, environment):
    """Run a command and return what it printed and its exit code."""
    from sysgen_distilabel.cli import main

    os.environ.update(environment)
    sys.argv = ["sysgen", *arguments]
    out, err, code = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
    return {"returncode": code, "stdout": out.getvalue(), "stderr": err.getvalue()}


if __name__ == "__main__":
    answers = sys.stdout
    for line in sys.stdin:
        print(json.dumps(run(**json.loads(line))), file=answers, flush=True)
