"""A run with the engine inside its processes: the phases load it one after the other."""

from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.settings.run_config import TASKS
from tests.commands import read_dataset
from tests.processes import are_gone, group_of
from tests.vllm_engine.whole_runs import Watch, WholeRun, count_records, find_loaded

ROWS = 16


def test_one_model_at_a_time_and_none_after_a_kill(small_model, tmp_path):
    run = WholeRun(tmp_path, small_model, ROWS, engine="inprocess", max_concurrency=4)

    process = run.start()
    run.wait_for_calls(4, process)
    processes = group_of(process)
    process.kill()
    process.wait()
    assert are_gone(processes)

    process = run.start()
    watch = Watch(process, find_loaded)
    assert process.returncode == 0, process.stderr.read()
    assert len(watch.seen) == len(TASKS) and watch.most == 1
    assert are_gone(watch.processes)
    dataset = read_dataset(run.output)
    assert len(dataset["accepted"]) + len(dataset["rejected"]) == ROWS
    with Store.open_read(run.output / "calls") as store:
        assert set(store.usage()) == set(TASKS)
    assert run.calls() == count_records(run.output / "calls"), "nothing answered is asked again"
