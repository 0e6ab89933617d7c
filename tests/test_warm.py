"""The process that forks commands for tests: each gets today's environment and an exit code of its own."""

import json
from queue import SimpleQueue
from types import SimpleNamespace

from tests.patience import PATIENCE
from tests.warm import _Parent, run_warm


def test_a_command_has_the_environment_of_its_caller(monkeypatch):
    def widest(columns):
        monkeypatch.setenv("COLUMNS", str(columns))
        return max(map(len, run_warm("run", "--help", timeout=PATIENCE).stdout.splitlines()))

    assert widest(60) <= 60 < widest(90)


def test_a_process_id_that_comes_again_has_no_exit_code_yet():
    parent = object.__new__(_Parent)
    parent.codes, parent._started = {7: 0, 8: 1}, SimpleQueue()
    parent._process = SimpleNamespace(stdout=[json.dumps({"started": 7}).encode()])
    parent._listen()
    assert parent.codes == {8: 1} and parent._started.get() == 7
