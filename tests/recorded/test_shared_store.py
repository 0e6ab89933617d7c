"""Stores that runs share: paid once by whoever comes first, each run whole in its own files."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.recorded.record import Usage
from sysgen_distilabel.recorded.reply import FaultKind
from sysgen_distilabel.recorded.shared_store import find_shared_store, hand_in
from sysgen_distilabel.recorded.store import GroupCommit, Store
from tests.doubles import ScriptedLLM, ServerError
from tests.recorded.asks import BOTH, REPO, ask, load
from tests.recorded.stores import fill, key, record


def usage(directory, task=""):
    with Store.open_read(directory) as store:
        return store.usage().get(task)


@BOTH
def test_what_one_run_paid_for_costs_the_other_no_call_and_is_whole_in_both(tmp_path, llm_class):
    shared = tmp_path / "shared"
    first = load(llm_class(), store=tmp_path / "a", shared_store=shared)
    ask(first, "x", "y")
    first.unload()
    second = load(llm_class(), store=tmp_path / "b", shared_store=shared)
    assert [reply.text for reply in ask(second, "x", "z", "x")] == ["reply to x", "reply to z", "reply to x"]
    assert second.llm.seen == ["z"]
    assert (second.usage[""].calls, second.usage[""].cached) == (1, 2)
    second.unload()
    assert usage(tmp_path / "b") == Usage(calls=1, cached=2, prompt_tokens=3, completion_tokens=3)
    assert usage(shared).calls == 3
    with Store.open_read(tmp_path / "b") as own:
        assert len(list(own.records())) == 2 and len(list(own.timings())) == 1
    alone = load(llm_class(), store=tmp_path / "b")  # as it is when the shared store is gone
    ask(alone, "x", "z")
    assert alone.llm.seen == []
    alone.unload()


def test_an_answer_that_is_a_fault_is_shared_and_what_may_yet_be_answered_is_not(tmp_path):
    shared = tmp_path / "shared"
    failing = {"refused": [ServerError(400)] * 9, "gone": [ServerError(500)] * 9}
    first = load(ScriptedLLM(fail_at=failing), store=tmp_path / "a", shared_store=shared)
    ask(first, "fine", "refused", "gone")
    first.unload()
    second = load(ScriptedLLM(), store=tmp_path / "b", shared_store=shared)
    fine, refused, gone = ask(second, "fine", "refused", "gone")
    assert (fine.text, refused.fault.kind, gone.text) == (
        "reply to fine",
        FaultKind.BAD_REQUEST,
        "reply to gone",
    )
    assert second.llm.seen == ["gone"]
    second.unload()


def test_replies_of_a_run_that_began_without_the_store_are_handed_in_once(tmp_path):
    fill(tmp_path / "a", range(2500))
    fill(tmp_path / "shared", range(100))
    assert hand_in(tmp_path / "a", tmp_path / "shared") == 2400
    assert hand_in(tmp_path / "a", tmp_path / "shared") == 0
    assert hand_in(tmp_path / "nothing", tmp_path / "shared") == 0
    assert usage(tmp_path / "shared", "t").calls == 2500


def test_the_store_of_one_run_is_no_store_to_share(tmp_path):
    (tmp_path / "other" / "calls").mkdir(parents=True)
    (tmp_path / "other" / "config.yaml").touch()
    for name in (tmp_path / "other" / "calls", tmp_path / "mine" / "calls", tmp_path / "mine"):
        with pytest.raises(ConfigError, match="one run"):
            find_shared_store(str(name), tmp_path / "mine")
    assert find_shared_store(str(tmp_path / "shared"), tmp_path / "mine") == tmp_path / "shared"


_DIES_BETWEEN = """
    import os, signal, sys
    from pathlib import Path
    from sysgen_distilabel.recorded.store import GroupCommit, Store
    from tests.recorded.stores import record

    class Dying(Store):
        def append(self, records):
            os.kill(os.getpid(), signal.SIGKILL)

    folder = Path(sys.argv[1])
    with Store.open(folder / "shared") as shared:
        GroupCommit(Dying.open(folder / "a"), shared).keep([record(1)])
"""


def test_a_kill_between_the_two_stores_loses_no_paid_reply(tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(_DIES_BETWEEN), tmp_path]
    done = subprocess.run(command, cwd=REPO, env={**os.environ, "PYTHONPATH": str(REPO)})
    assert done.returncode == -signal.SIGKILL
    with Store.open_read(tmp_path / "shared") as shared:
        assert shared.find(key(1)).text == "text 1"


def test_a_reply_that_cannot_be_kept_in_the_shared_store_is_told(tmp_path):
    told = []

    async def keep():
        commit = GroupCommit(Store.open(tmp_path / "a"), Store.open_read(tmp_path / "shared"))
        commit.append(record(1), told.append)
        commit.flush()

    asyncio.run(keep())
    assert "reading only" in str(told[0])
