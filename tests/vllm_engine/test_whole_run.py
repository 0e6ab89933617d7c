"""A run that starts its own server: one engine for all phases, and nothing left however the run ends."""

import os
import signal

from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.settings.run_config import TASKS
from tests.commands import read_dataset
from tests.patience import PATIENCE
from tests.processes import are_gone, group_of
from tests.vllm_engine.whole_runs import Watch, WholeRun, count_records, find_engines

ROWS = 30


def test_a_run_stopped_in_every_way_leaves_no_server_and_asks_nothing_twice(small_model, tmp_path):
    run = WholeRun(tmp_path, small_model, ROWS, max_concurrency=4)

    process = run.start()
    run.wait_for_calls(4, process)
    processes = group_of(process)
    [engine] = find_engines(process)
    os.kill(engine, signal.SIGKILL)
    _, message = process.communicate(timeout=PATIENCE)
    assert process.returncode == 5, message
    assert message.count("Error: ") == 1 and "The vLLM server ended" in message
    assert "the same command resumes the run" in message and "Traceback" not in message
    assert are_gone(processes)

    process = run.start()
    run.wait_for_calls(run.calls() + 4, process)
    processes = group_of(process)
    process.send_signal(signal.SIGINT)
    _, message = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, message
    assert "the same command resumes" in message and "Traceback" not in message
    assert are_gone(processes)

    process = run.start()
    run.wait_for_calls(run.calls() + 4, process)
    processes = group_of(process)
    process.kill()
    process.wait()
    assert are_gone(processes)
    assert run.calls() < ROWS, "the last session goes through all three phases"

    process = run.start("--max-concurrency", "16")  # nobody stops this one: no need to be slow
    watch = Watch(process, find_engines)
    assert process.returncode == 0, process.stderr.read()
    assert len(watch.seen) == 1 and are_gone(watch.processes)
    dataset = read_dataset(run.output)
    assert len(dataset["accepted"]) + len(dataset["rejected"]) == ROWS
    with Store.open_read(run.output / "calls") as store:
        assert set(store.usage()) == set(TASKS)
    assert run.calls() == count_records(run.output / "calls"), "nothing answered is asked again"
