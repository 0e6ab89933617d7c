"""Runs the faulty server as a process of its own: `python -m tests.engine_process --help`.

It prints its address. Each line of its standard input says how many requests are to be answered, see
`FaultyServer.allow`.
"""

import argparse
import importlib
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from tests.faulty_server import FaultyServer, together


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, help="append a line of JSON per request received and answered")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds")
    parser.add_argument("--together", type=int, default=0, help="reply once so many are in flight at once")
    parser.add_argument("--answer", default="tests.faulty_server:echo", help="module:function of messages")
    arguments = parser.parse_args()
    reply = together(arguments.together, arguments.latency)
    server = FaultyServer(lambda *_: reply, _import(arguments.answer), arguments.log, arguments.port)
    threading.Thread(target=_listen, args=(server,), daemon=True).start()
    print(server.base_url, flush=True)
    server.serve_forever()


def _listen(server: FaultyServer) -> None:
    for line in sys.stdin:
        server.allow(float(line))


def _import(name: str) -> Callable:
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


if __name__ == "__main__":
    main()
