"""`Recorded` when it is asked to stop: what is in flight is kept."""

import asyncio
import os
import signal
import sys
import threading

import pytest
from distilabel.constants import SIGINT_HANDLER_CALLED_ENV_NAME
from pydantic import PrivateAttr

from sysgen_distilabel.errors import Interrupted, StoreError
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.recorded.reply import FaultKind
from sysgen_distilabel.recorded.session import Session
from sysgen_distilabel.recorded.store import Store
from tests.doubles import ScriptedLLM, ServerError, chat
from tests.faulty_server import FaultyServer, ok
from tests.patience import PATIENCE, wait_until
from tests.recorded.asks import BOTH, ask, client, load

# --- being stopped


def test_when_asked_to_stop_requests_in_flight_are_kept_and_no_other_is_sent(tmp_path, monkeypatch):
    stopped = threading.Event()

    def answer_when_stopped(exchange):
        stopped.wait(PATIENCE)
        ok()(exchange)

    with FaultyServer(lambda messages, count: answer_when_stopped) as server:
        recorded = load(client(server), store=tmp_path, max_concurrency=4)

        async def main():
            asks = [asyncio.create_task(recorded.ask(chat(str(number)))) for number in range(30)]
            await asyncio.to_thread(wait_until, lambda: server.received.total() == 4)
            monkeypatch.setenv(SIGINT_HANDLER_CALLED_ENV_NAME, "1")  # what distilabel does at Ctrl-C
            stopped.set()
            return await asyncio.gather(*asks, return_exceptions=True)

        replies = recorded.run(main())
        assert [reply.text for reply in replies[:4]] == [f"reply to {number}" for number in range(4)]
        assert all(isinstance(reply, Interrupted) for reply in replies[4:])
        assert replies[-1].exit_code == 130
        assert ask(recorded, "0")[0].text == "reply to 0"  # remembered, so it costs nothing
        recorded.unload()
        assert server.received.total() == 4
    with Store.open_read(tmp_path) as store:
        assert len(list(store.records())) == 4


def test_a_request_that_waits_for_its_next_try_stops(monkeypatch):
    recorded = load(ScriptedLLM(fail_at={"a": [ServerError(429, {"retry-after": "60"})]}), patience=PATIENCE)

    async def main():
        waiting = asyncio.create_task(recorded.ask(chat("a")))
        await asyncio.sleep(0.05)
        monkeypatch.setenv(SIGINT_HANDLER_CALLED_ENV_NAME, "1")
        async with asyncio.timeout(PATIENCE):
            await waiting

    with pytest.raises(Interrupted):
        recorded.run(main())
    recorded.unload()


class Held(ScriptedLLM):
    """Answers once `go` is set; at its third request there is Ctrl-C, if the test wants it."""

    _go: threading.Event = PrivateAttr(default_factory=threading.Event)
    _is_interrupting: bool = PrivateAttr(default=False)

    async def agenerate(self, input, num_generations: int = 1, max_new_tokens: int = 128):
        """Follows the script.

        Args:
            input: the chat.
            num_generations: ignored.
            max_new_tokens: ignored.
        """
        output = await super().agenerate(input)
        if self._is_interrupting and len(self.seen) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        while not self._go.is_set():
            await asyncio.sleep(0.001)
        return output


def test_ctrl_c_outside_the_host_keeps_what_is_in_flight(tmp_path):
    recorded = load(Held(), store=tmp_path, max_concurrency=3)
    recorded.llm._is_interrupting = True
    inputs = [chat(str(number)) for number in range(8)]
    with pytest.raises(KeyboardInterrupt):
        recorded.generate(inputs)
    assert len(recorded.llm.seen) == 3
    recorded.llm._go.set()
    assert len(recorded.generate(inputs)) == 8  # as when a cell of a notebook is run again
    recorded.unload()
    assert len(recorded.llm.seen) == 8


def test_a_store_that_cannot_be_used_is_told_before_a_model_is_loaded(tmp_path):
    (tmp_path / "file").touch()
    recorded = Recorded(llm=client("http://nowhere/v1"), store=tmp_path / "file")
    with pytest.raises(StoreError):
        recorded.load()
    assert recorded.llm._aclient is None


def test_unload_waits_for_the_requests_in_flight(tmp_path, monkeypatch):
    recorded = load(Held(), store=tmp_path, max_concurrency=2)
    drain = Session._drain

    async def answer_and_drain(session):
        recorded.llm._go.set()
        await drain(session)

    monkeypatch.setattr(Session, "_drain", answer_and_drain)

    async def main():
        for text in "abcd":
            asyncio.get_running_loop().create_task(recorded.ask(chat(text)))
        await asyncio.to_thread(wait_until, lambda: len(recorded.llm.seen) == 2)

    recorded.run(main())
    recorded.unload()
    assert recorded.llm.seen == ["a", "b"]
    with Store.open_read(tmp_path) as store:
        assert len(list(store.records())) == 2


@BOTH
def test_an_llm_that_exits_fails_one_request(llm_class):
    recorded = load(llm_class(fail_at={"a": [SystemExit(3)] * 9}))
    a, b = ask(recorded, "a", "b")
    assert a.fault.kind is FaultKind.UNKNOWN and "SystemExit: 3" in a.fault.message
    assert b.text == "reply to b"
    recorded.unload()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_loop_that_dies_does_not_hang_the_caller():
    recorded = load(ScriptedLLM())

    async def leave():
        sys.exit(3)

    with pytest.raises((RuntimeError, SystemExit)):
        recorded.run(leave())
    with pytest.raises(RuntimeError, match="ended from within"):
        recorded.run(recorded.ask(chat("a")))
    recorded.unload()
