"""Stands in for the `vllm` command: starts like it, in a second, with an engine process of its own.

python fake_vllm.py serve MODEL --host HOST --port PORT [--stubborn] [--fails]
"""

import http.server
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def main(arguments):
    if "--fails" in arguments:
        print("(EngineCore pid=7) ERROR 11-23 07:38:51 [core.py:15] ValueError: the weights are upside down")
        return 1
    if "--slow" in arguments:
        print("Loading the weights", flush=True)
        time.sleep(60)
    # An engine process that does not heed SIGTERM and outlives its parent, as a hung one does.
    engine = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(99)",
        ]
    )
    Path(arguments[arguments.index("serve") + 1]).joinpath("pids").write_text(f"{os.getpid()} {engine.pid}")
    if "--stubborn" in arguments:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    host, port = (arguments[arguments.index(flag) + 1] for flag in ("--host", "--port"))
    http.server.HTTPServer((host, int(port)), Health).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
