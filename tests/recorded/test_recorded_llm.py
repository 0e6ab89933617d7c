"""`Recorded` around LLM doubles and a real HTTP server: nothing paid twice, one bad row is one bad row."""

import asyncio
import copy
import json
import multiprocessing
import os
import pickle

import pytest
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import TextGeneration

from sysgen_distilabel.errors import ConfigError, EngineGone, StoreError
from sysgen_distilabel.recorded.record import Usage
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.recorded.reply import FaultKind
from sysgen_distilabel.recorded.store import Store
from tests.commands import engine_server
from tests.doubles import ScriptedLLM, ServerError, chat
from tests.faulty_server import FaultyServer, ok, read_log, status, together
from tests.patience import PATIENCE
from tests.recorded.asks import BOTH, ask, client, load, output

ECHO = ("--answer", "tests.faulty_server:echo")

# --- remembering


@BOTH
def test_a_reply_is_paid_once(tmp_path, llm_class):
    for session in range(3):
        recorded = load(llm_class(), store=tmp_path)
        replies = ask(recorded, "a", "b", "a")
        assert [reply.text for reply in replies] == ["reply to a", "reply to b", "reply to a"]
        assert replies[0].prompt_tokens == 3 and replies[0].completion_tokens == 3
        assert sorted(recorded.llm.seen) == ([] if session else ["a", "b"])
        recorded.unload()
    with Store.open_read(tmp_path) as store:
        assert store.usage() == {"": Usage(calls=2, cached=7, prompt_tokens=6, completion_tokens=6)}


@BOTH
def test_without_a_store_all_else_holds(llm_class):
    recorded = load(llm_class(fail_at={"b": [ServerError(503)], "c": [ServerError(400)] * 9}))
    a, b, c = ask(recorded, "a", "b", "c", task="t")
    assert (a.text, b.text, c.fault.kind) == ("reply to a", "reply to b", FaultKind.BAD_REQUEST)
    usage = recorded.usage["t"]
    # A batch that failed is sent in parts at once, which is no try of any of its requests.
    retried = 1 if llm_class is ScriptedLLM else 0
    assert (usage.calls, usage.retried, usage.failed, usage.cached) == (3, retried, 1, 0)
    recorded.unload()


@BOTH
def test_an_llm_that_raises_stop_iteration_fails_its_request_and_hangs_nothing(llm_class):
    recorded = load(llm_class(fail_at={"b": [StopIteration()] * 9}))
    a, b = ask(recorded, "a", "b")
    assert a.text == "reply to a" and "StopIteration" in b.fault.message
    recorded.unload()


@BOTH
def test_equal_requests_in_flight_share_one_call(llm_class):
    recorded = load(llm_class(latency=0.05))

    async def main():
        first = asyncio.create_task(recorded.ask(chat("a"), task="t"))
        second = asyncio.create_task(recorded.ask(chat("a"), task="u"))
        await asyncio.sleep(0.01)
        first.cancel()  # giving up must not take the other's reply away
        return await second

    assert recorded.run(main()).text == "reply to a"
    assert recorded.llm.seen == ["a"]
    assert recorded.usage == {
        "t": Usage(calls=1, prompt_tokens=3, completion_tokens=3),
        "u": Usage(cached=1),
    }
    recorded.unload()


def test_every_attempt_is_a_request_of_its_own_with_its_own_seed(tmp_path):
    recorded = load(ScriptedLLM(seed=100), store=tmp_path)
    for _ in range(2):
        for attempt in range(3):
            ask(recorded, "a", attempt=attempt)
    ask(recorded, "a", attempt=2, generation_kwargs={"seed": 7})
    assert recorded.llm.seeds == [None, 101, 102, 9]
    recorded.unload()


def test_a_fault_of_the_request_is_remembered_and_one_of_the_engine_is_not(tmp_path):
    script = {"refused": [ServerError(400)] * 9, "down": [ServerError(500)] * 3, "key": [ServerError(401)]}
    recorded = load(ScriptedLLM(fail_at=script), store=tmp_path)
    for _ in range(2):  # within a session nothing is asked twice
        refused, down, key, fine = ask(recorded, *script, "fine")
        assert fine.fault is None
        assert (refused.fault.kind, refused.tries) == (FaultKind.BAD_REQUEST, 1)
        assert (down.fault.kind, down.tries) == (FaultKind.SERVER_ERROR, 3)
        assert key.fault.kind is FaultKind.UNAUTHORIZED
    assert len(recorded.llm.seen) == 6
    recorded.unload()

    recorded = load(ScriptedLLM(fail_at={"refused": [ServerError(400)]}), store=tmp_path)
    refused, down, key = ask(recorded, *script)
    assert refused.fault.kind is FaultKind.BAD_REQUEST
    assert down.text == "reply to down" and key.text == "reply to key"
    assert sorted(recorded.llm.seen) == ["down", "key"]
    recorded.unload()
    with Store.open_read(tmp_path) as store:
        usage = store.usage()[""]
    assert (usage.calls, usage.retried, usage.failed, usage.cached) == (6, 2, 3, 5)


def test_refusals_are_answers_only_of_an_engine_that_answers(tmp_path):
    """An engine that refuses all of a session is asked again in the next."""
    script = {"a": [ServerError(400)], "b": [ServerError(400)]}
    recorded = load(ScriptedLLM(fail_at=script), store=tmp_path)
    assert all(reply.fault.kind is FaultKind.BAD_REQUEST for reply in ask(recorded, "a", "b", "a"))
    assert sorted(recorded.llm.seen) == ["a", "b"]
    recorded.unload()

    recorded = load(ScriptedLLM(), store=tmp_path)
    assert [reply.text for reply in ask(recorded, "a", "b")] == ["reply to a", "reply to b"]
    recorded.unload()


def test_an_engine_that_refuses_all_in_the_same_words_ends_the_run(tmp_path):
    texts = [str(number) for number in range(30)]
    script = {text: [ServerError(400, message="no such parameter: top_p")] for text in texts}
    recorded = load(ScriptedLLM(fail_at=script), store=tmp_path, breaker_threshold=5, max_concurrency=1)
    error = ask(recorded, *texts)[-1]
    assert isinstance(error, EngineGone) and error.exit_code == 5
    assert "refused 5 requests in the same words" in error.message and "top_p" in error.message
    assert len(recorded.llm.seen) == 5
    recorded.unload()
    recorded = load(ScriptedLLM(), store=tmp_path, breaker_threshold=5)
    assert all(reply.fault is None for reply in ask(recorded, *texts))
    recorded.unload()


def test_refusals_in_other_words_or_beside_answers_end_no_run():
    texts = [str(number) for number in range(30)]
    other = {text: [ServerError(400, message=f"{text} is too long")] for text in texts}
    recorded = load(ScriptedLLM(fail_at=other), breaker_threshold=5, max_concurrency=1)
    assert all(reply.fault.kind is FaultKind.BAD_REQUEST for reply in ask(recorded, *texts))
    recorded.unload()
    same = {text: [ServerError(400)] for text in texts}
    recorded = load(ScriptedLLM(fail_at=same), breaker_threshold=5, max_concurrency=1)
    assert ask(recorded, "fine")[0].fault is None
    assert all(reply.fault.kind is FaultKind.BAD_REQUEST for reply in ask(recorded, *texts))
    recorded.unload()


def ask_and_tell(url, store, numbers, pipe):
    """Run in a process of its own: ask, and write the number of each prompt once it is answered."""
    recorded = load(client(url), store=store, max_concurrency=4)

    async def ask_one(number):
        assert (await recorded.ask(chat(f"prompt {number}"))).text == f"reply to prompt {number}"
        os.write(pipe, f"{number}\n".encode())

    async def ask_all():
        await asyncio.gather(*(ask_one(number) for number in numbers))

    recorded.run(ask_all())
    recorded.unload()


def start(url, store, numbers, pipe=None):
    pipe = os.open(os.devnull, os.O_WRONLY) if pipe is None else pipe
    # Forked, as the host does it: importing the host anew takes seconds.
    process = multiprocessing.get_context("fork").Process(
        target=ask_and_tell, args=(url, store, numbers, pipe)
    )
    process.start()
    return process


@pytest.mark.slow
def test_after_kill_9_nothing_that_was_handed_out_is_asked_again(tmp_path):
    with engine_server(tmp_path / "log", *ECHO, "--latency", 0.02) as server:
        kill_and_ask_again(server.base_url, tmp_path / "log", tmp_path / "calls")


def kill_and_ask_again(url, log, store):
    rows, kills = 160, 4
    told = set()
    for part in range(1, kills + 1):
        reading, writing = os.pipe()
        process = start(url, store, range(rows), writing)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            while len(told) < part * rows // (kills + 1):
                told.add(int(pipe.readline()))
            process.kill()
            told.update(map(int, pipe.read().split()))
        process.join()
        with Store.open_read(store) as opened:
            kept = {record.reply.text for record in opened.records()}
        assert {f"reply to prompt {number}" for number in told} <= kept
    last = start(url, store, range(rows))
    last.join(PATIENCE)
    assert last.exitcode == 0
    received, _ = read_log(log)
    assert len(received) == rows
    assert rows <= received.total() <= rows + 4 * kills  # at most `max_concurrency` per kill
    with Store.open_read(store) as opened:
        assert len(list(opened.records())) == opened.usage()[""].calls == rows
    assert len(list(store.glob("*.sqlite"))) == 1


def test_processes_that_share_a_store_share_the_limit(tmp_path):
    log, halves = tmp_path / "log", (range(40), range(40, 80))
    with engine_server(log, *ECHO, "--latency", 0.02, "--together", 4) as server:
        processes = [start(server.base_url, tmp_path / "calls", numbers) for numbers in halves]
        for process in processes:
            process.join(PATIENCE)
            assert process.exitcode == 0
    peak = max(json.loads(line)["in_flight"] for line in log.read_text().splitlines())
    assert peak == 4
    assert len(list((tmp_path / "calls").glob("*.sqlite"))) == 2


def test_a_reply_that_cannot_be_kept_is_not_handed_out_and_no_more_are_asked_for(tmp_path, monkeypatch):
    recorded = load(ScriptedLLM(latency=0.01), store=tmp_path, max_concurrency=2)
    texts = [str(number) for number in range(20)]

    def refuse(self, records):
        raise StoreError("disk full", "Make room.")

    monkeypatch.setattr(Store, "append", refuse)
    assert all(isinstance(reply, StoreError) for reply in ask(recorded, *texts))
    assert len(recorded.llm.seen) == 2, "those in flight alone"
    monkeypatch.undo()
    assert [reply.text for reply in ask(recorded, *texts)] == [f"reply to {text}" for text in texts]
    recorded.unload()


# --- limits, loops and threads


def test_no_more_than_max_concurrency_are_in_flight():
    with FaultyServer(lambda messages, count: together(5, latency=0.03)) as server:
        recorded = load(client(server), max_concurrency=5)
        ask(recorded, *(str(number) for number in range(30)))
        recorded.unload()
        assert server.peak == 5


def test_run_works_where_another_loop_runs_and_ask_in_any_loop():
    recorded = load(ScriptedLLM(latency=0.01))

    async def in_a_notebook():
        by_run = recorded.run(recorded.ask(chat("a")))
        here = await asyncio.gather(recorded.ask(chat("b")), recorded.ask(chat("c")))
        return [by_run.text, *(reply.text for reply in here)]

    assert asyncio.run(in_a_notebook()) == ["reply to a", "reply to b", "reply to c"]

    async def nested():
        recorded.run(recorded.ask(chat("a")))

    with pytest.raises(RuntimeError, match="use `await`"):
        recorded.run(nested())
    recorded.unload()


@BOTH
def test_it_can_be_copied_and_pickled_before_and_after_use(tmp_path, llm_class):
    recorded = Recorded(llm=llm_class(), store=tmp_path)
    for _ in range(2):
        for duplicate in (pickle.loads(pickle.dumps(recorded)), copy.deepcopy(recorded)):
            assert duplicate.model_copy(deep=True).key(chat("a")) == recorded.key(chat("a"))
        recorded.load()
        ask(recorded, "a")
        recorded.unload()
    with pytest.raises(ConfigError, match="load"):
        recorded.key(chat("a"))
        recorded.generate([chat("a")])


def test_around_takes_an_llm_that_is_loaded():
    llm = ScriptedLLM()
    llm.load()
    recorded = Recorded.around(llm, max_tries=1)
    assert ask(recorded, "a")[0].text == "reply to a"
    assert recorded.accepted({"temperature": 1, "input": "x", "top_k": 3}) == {"temperature": 1}
    recorded.unload()


# --- in the host


def test_generate_is_the_hosts(tmp_path):
    script = {"replies": {"b": output("x", logprobs=[[0.5]])}, "fail_at": {"c": [ServerError(400)] * 9}}
    recorded = load(ScriptedLLM(**script), store=tmp_path)
    outputs = recorded.generate([chat(text) for text in "abc"], num_generations=2, temperature=0.5)
    recorded.unload()
    assert [o["generations"] for o in outputs] == [["reply to a"] * 2, ["x"] * 2, [None] * 2]
    assert outputs[1]["statistics"] == {"input_tokens": [5, 5], "output_tokens": [4, 4]}
    assert [o["logprobs"] for o in outputs] == [[None] * 2, [[0.5]] * 2, [None] * 2]
    assert recorded.llm.seeds.count(1) == 3


def test_runtime_parameters_of_both_are_reachable(tmp_path):
    recorded = Recorded(llm=client("http://first/v1"))
    names = recorded.runtime_parameters_names
    assert names["store"] and names["max_concurrency"] and names["llm"]["base_url"]
    assert "temperature" in names["generation_kwargs"] and "kwargs" not in names["generation_kwargs"]
    recorded.set_runtime_parameters(
        {
            "store": str(tmp_path),
            "max_concurrency": "7",
            "generation_kwargs": {"temperature": 0.1},
            "llm": {"base_url": "http://second/v1", "generation_kwargs": {"temperature": 0.9, "top_p": 0.5}},
        }
    )
    assert recorded.max_concurrency == 7 and recorded.llm.base_url == "http://second/v1"
    assert recorded.get_generation_kwargs() == {"temperature": 0.1, "top_p": 0.5}
    assert recorded.get_runtime_parameters_info()


def make_pipeline(recorded, rows, cache_dir=None):
    with Pipeline("recorded", cache_dir=cache_dir) as pipeline:
        load_rows = LoadDataFromDicts(data=[{"instruction": row} for row in rows])
        generate = TextGeneration(name="generate", llm=recorded, input_batch_size=4, add_raw_input=False)
        load_rows >> generate
    return pipeline


def test_yaml_round_trip(tmp_path):
    llm = ScriptedLLM(model="named", replies={"a": "A"}, generation_kwargs={"temperature": 0.3})
    recorded = Recorded(llm=llm, store=tmp_path, max_concurrency=3, fail_on_truncated=False)
    pipeline = make_pipeline(recorded, ["a"])
    pipeline.save(tmp_path / "pipeline.yaml", format="yaml")
    assert str(tmp_path) not in (tmp_path / "pipeline.yaml").read_text()
    for loaded in (Pipeline.from_yaml(tmp_path / "pipeline.yaml"), Pipeline.from_dict(pipeline.dump())):
        found = loaded.dag.get_step("generate")["step"].llm
        assert type(found) is Recorded and type(found.llm) is ScriptedLLM
        assert (found.llm.model, found.llm.replies) == ("named", {"a": "A"})
        assert found.get_generation_kwargs() == {"temperature": 0.3}
        assert (found.store, found.max_concurrency, found.fail_on_truncated) == (None, 64, False)


def test_the_signature_does_not_depend_on_where_and_how_fast(tmp_path):
    def signature(**fields):
        pipeline = make_pipeline(Recorded(llm=ScriptedLLM(), **fields), ["a"])
        return pipeline.dag.get_step("generate")["step"].signature

    assert signature() == signature(store=tmp_path, max_concurrency=2, timeout=1, patience=1, max_tries=2)
    assert signature() != signature(fail_on_truncated=False)


@pytest.mark.slow
@pytest.mark.usefixtures("stock_distilabel")
def test_in_a_stock_pipeline_one_bad_row_is_one_empty_row(tmp_path):
    rows = [f"row {number}" for number in range(12)]
    with FaultyServer(
        lambda messages, count: status(400) if messages[-1]["content"] == "row 5" else ok()
    ) as server:
        for session in range(2):
            recorded = Recorded(llm=client(server), store=tmp_path / "calls")
            distiset = make_pipeline(recorded, rows, tmp_path / "cache").run(use_cache=False)
            generations = [row["generation"] for row in distiset["default"]["train"]]
            assert generations == [None if row == "row 5" else f"reply to {row}" for row in rows]
            assert server.received.total() == 12, session
    with Store.open_read(tmp_path / "calls") as store:
        assert store.usage()[""] == Usage(12, 0, 12, 1, 22, 44)
