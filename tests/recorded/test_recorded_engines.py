"""Engines that take batches, and engines that are gone."""

import asyncio
import threading
import time

import pytest
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import TextGeneration
from pydantic import PrivateAttr

from sysgen_distilabel.errors import EngineGone
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.recorded.reply import FaultKind
from sysgen_distilabel.recorded.store import Store
from tests.doubles import ScriptedLLM, ScriptedSyncLLM, ServerError, chat
from tests.faulty_server import FaultyServer, never, reset
from tests.patience import PATIENCE
from tests.ports import reserved_port
from tests.recorded.asks import BOTH, ask, client, load

# --- batches for an LLM that is not asynchronous


def test_concurrent_requests_become_batches_of_limited_size():
    recorded = load(ScriptedSyncLLM(), max_concurrency=8)
    ask(recorded, *(str(number) for number in range(20)))
    assert [len(batch) for batch in recorded.llm.batches] == [8, 8, 4]
    recorded.unload()


def test_a_poisoned_request_is_found_by_halving():
    texts = [str(number) for number in range(16)]
    recorded = load(ScriptedSyncLLM(fail_at={"5": [ValueError("poison")] * 99}))
    replies = ask(recorded, *texts)
    assert [reply.text for reply in replies if reply.fault is None] == [
        f"reply to {text}" for text in texts if text != "5"
    ]
    assert replies[5].fault.kind is FaultKind.UNKNOWN and "poison" in replies[5].fault.message
    assert len(recorded.llm.batches) == 9
    assert sorted(recorded.llm.seen) == sorted(set(texts) - {"5"})  # no good one was answered twice
    recorded.unload()


class Miscounting(ScriptedSyncLLM):
    def generate(self, inputs, num_generations: int = 1, **kwargs):
        return super().generate(inputs, num_generations, **kwargs)[: 1 if len(inputs) == 1 else -1]


def test_a_batch_with_too_few_outputs_is_sent_in_parts():
    recorded = load(Miscounting())
    assert [reply.text for reply in ask(recorded, "a", "b", "c")] == [f"reply to {text}" for text in "abc"]
    recorded.unload()


def test_a_batch_has_one_kind_of_sampling():
    recorded = load(ScriptedSyncLLM())

    async def main():
        await asyncio.gather(*(recorded.ask(chat(text), attempt=a) for a in (0, 1) for text in "abc"))

    recorded.run(main())
    assert recorded.llm.batches == [["a", "b", "c"]] * 2
    assert recorded.llm.seeds == [None] * 3 + [1] * 3
    recorded.unload()


def test_replies_of_a_batch_are_kept_before_the_next_batch_starts(tmp_path):
    kept = []

    class Watching(ScriptedSyncLLM):
        def generate(self, inputs, num_generations: int = 1, **kwargs):
            with Store.open_read(tmp_path) as store:
                kept.append(len(list(store.records())))
            return super().generate(inputs, num_generations, **kwargs)

    recorded = load(Watching(), store=tmp_path, max_concurrency=4)
    ask(recorded, *"abcdefgh")
    recorded.unload()
    assert kept == [0, 4]


# --- an engine that is gone


@BOTH
def test_failures_in_a_row_end_the_run(tmp_path, llm_class):
    texts = [str(number) for number in range(60)]
    broken = {text: [ServerError(500)] * 9 for text in texts[10:]}
    recorded = load(llm_class(fail_at=broken), store=tmp_path, max_concurrency=5, breaker_threshold=7)
    replies = ask(recorded, *texts)
    assert [reply.text for reply in replies[:10]] == [f"reply to {text}" for text in texts[:10]]
    assert all(isinstance(reply, EngineGone) for reply in replies[30:])
    with pytest.raises(EngineGone, match=r"7 requests in a row.*server_error"):
        recorded.run(recorded.ask(chat("later")))
    recorded.unload()
    recorded = load(llm_class(), store=tmp_path)
    assert all(reply.text for reply in ask(recorded, *texts))
    assert sorted(recorded.llm.seen) == sorted(texts[10:])  # what was answered is not asked again
    recorded.unload()


def test_an_answer_in_between_starts_the_count_again():
    broken = {str(number): [ServerError(500)] * 9 for number in range(40) if number % 4}
    refused = {str(number): [ServerError(400)] for number in range(0, 40, 8)}
    recorded = load(ScriptedLLM(fail_at={**broken, **refused}), max_concurrency=1, breaker_threshold=4)
    replies = ask(recorded, *(str(number) for number in range(40)))
    assert [reply.fault is None for reply in replies] == [number % 8 == 4 for number in range(40)]
    recorded.unload()


def test_a_wrong_argument_ends_the_run_and_says_why():
    recorded = load(ScriptedLLM(generation_kwargs={"nonsense": 1}))
    replies = ask(recorded, *(str(number) for number in range(64)))
    assert isinstance(replies[-1], EngineGone)
    assert "nonsense" in str(replies[-1]) and "generation_kwargs" in replies[-1].hint
    recorded.unload()


def test_an_unreachable_engine_is_noticed_and_no_row_is_blamed():
    with reserved_port() as port:
        recorded = load(client(f"http://127.0.0.1:{port}/v1"), patience=0.3, max_tries=2)
        replies = ask(recorded, *(str(number) for number in range(50)))
    assert all(isinstance(reply, EngineGone) for reply in replies)
    assert "unreachable" in str(replies[0])
    recorded.unload()


def test_an_engine_that_restarts_is_waited_for():
    servers = []

    def come_back():
        time.sleep(0.5)
        servers.append(FaultyServer(port=port).__enter__())

    with reserved_port() as port:
        recorded = load(client(f"http://127.0.0.1:{port}/v1"), patience=PATIENCE, max_tries=1)
        thread = threading.Thread(target=come_back)
        thread.start()
        replies = ask(recorded, *(str(number) for number in range(50)))
        thread.join()
    assert [reply.text for reply in replies] == [f"reply to {number}" for number in range(50)]
    assert all(reply.tries == 1 for reply in replies)  # knocking in vain is no try
    recorded.unload()
    servers[0].__exit__()


def test_an_engine_that_hangs_ends_the_run():
    with FaultyServer(lambda messages, count: never()) as server:
        recorded = load(client(server), timeout=0.1, breaker_threshold=20)
        replies = ask(recorded, *(str(number) for number in range(40)))
        gone = [reply for reply in replies if isinstance(reply, EngineGone)]
        assert len(gone) == 40 - 19 and all("timeout" in str(reply) for reply in gone)
        assert str(gone[0]).startswith("The engine answers no more: 20 requests in a row failed")
        assert "Lower max_concurrency" in gone[0].hint, "it may be there, and slow"
        recorded.unload()


def test_one_request_that_always_breaks_the_connection_ends_alone():
    with FaultyServer(lambda messages, count: reset()) as server:
        recorded = load(client(server), breaker_threshold=3)
        for text in "ab":
            (reply,) = ask(recorded, text)
            assert (reply.fault.kind, reply.tries) == (FaultKind.CONNECTION, 3)
        recorded.unload()


# --- LLMs that take whatever they are given


class TakesAnything(ScriptedLLM):
    _given: dict = PrivateAttr(default_factory=dict)

    async def agenerate(self, input, num_generations=1, **kwargs):
        self._given = kwargs
        return await super().agenerate(input, num_generations)


def test_an_llm_that_takes_any_arguments_gets_the_sampling_and_needs_no_other():
    """Distilabel takes `**kwargs` for a parameter that has to be given, and refuses the pipeline."""
    with Pipeline("anything") as pipeline:
        rows = LoadDataFromDicts(data=[{"instruction": "a"}])
        rows >> TextGeneration(name="generate", llm=Recorded(llm=TakesAnything()))
    pipeline.dag.validate()
    recorded = load(TakesAnything())
    sampling = recorded.accepted({"temperature": 0.7, "top_p": 1})
    ask(recorded, "a", generation_kwargs=sampling)
    assert recorded.llm._given == sampling == {"temperature": 0.7, "top_p": 1}
    recorded.unload()
