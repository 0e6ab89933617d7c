"""A run as a library call: counts, resuming, retrying, and two runs with one seed are one dataset."""

import json
import threading
from pathlib import Path

import pytest
import yaml

from sysgen_distilabel.errors import EngineGone, RunError, SysGenError
from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.runs.row_counts import Accounts
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import lacks_page, run
from tests.commands import EXAMPLES, read_dataset, write_rows
from tests.doubles import raising
from tests.patience import PATIENCE


class PoisonedLLM(SimulatedLLM):
    """Answers like the simulated engine, but one row brings down whoever asks about it."""

    async def agenerate(self, input, num_generations: int = 1, max_new_tokens: int = 512):
        """Answer, or not.

        Args:
            input: the chat.
            num_generations: how many.
            max_new_tokens: at most.
        """
        if "the number 77 " in input[-1]["content"]:
            raise MemoryError("as if this row had blown up the Task")
        return await super().agenerate(input, num_generations, max_new_tokens)


FAULTS = {
    "malformed_rate": 0.1,
    "truncated_rate": 0.1,
    "error_rate": 0.1,
    "permanent_error_rate": 0.05,
    "empty_rate": 0.05,
}


def configure(path, **settings):
    return RunConfig(**{"input": str(path), "llm": "simulated", "batch_size": 50, **settings})


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return write_rows(tmp_path_factory.mktemp("input") / "rows.jsonl", 200)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory, rows):
    directory = tmp_path_factory.mktemp("faulty") / "run"
    return run(configure(rows, llm_args=FAULTS), directory)


def test_every_row_is_accounted_for_with_the_right_reason(faulty, rows):
    dataset = read_dataset(faulty.directory.path)
    everything = dataset["accepted"] + dataset["rejected"]
    assert sorted(row["source_id"] for row in everything) == [f"row-{n:05d}" for n in range(200)]
    reasons = {row["outcome"] for row in dataset["rejected"]}
    assert reasons >= {"truncated_reply", "engine_error", "no_reply"}
    assert all(row["rejected_by"] and row["aligned_messages"] == [] for row in dataset["rejected"])
    assert all(row["outcome_detail"] == "" == row["rejected_by"] for row in dataset["accepted"])


def test_reply_faults_show_in_the_rows_they_hit_and_nowhere_else(faulty):
    faults = {
        (record.task, record.reply.fault.outcome)
        for record in Store.open_read(faulty.directory.calls).records()
        if record.reply.fault
    }
    rejected = read_dataset(faulty.directory.path)["rejected"]
    by_fault = {(row["rejected_by"], row["outcome"]) for row in rejected}
    cut = ("generate_system_message", "truncated_reply")
    assert faults >= {cut}  # what is complete of it is used
    for task, outcome in faults - {cut}:
        expected = (
            Outcome.EMPTY_ANSWER if (task, outcome) == ("generate_aligned_response", "no_reply") else outcome
        )
        assert (task, expected) in by_fault
    defects = [defect.partition("@")[0] for row in rejected for defect in row["tag_defects"]]
    assert "truncated" in defects


def test_rows_keep_their_order_and_all_their_columns(faulty):
    for rows in read_dataset(faulty.directory.path).values():
        assert [row["source_id"] for row in rows] == sorted(row["source_id"] for row in rows)
        assert len({tuple(row) for row in rows}) == 1
        assert not any(value is None for row in rows for value in row.values())


def test_two_runs_with_one_seed_are_one_dataset(faulty, rows, tmp_path):
    again = run(configure(rows, llm_args=FAULTS, batch_size=30, max_concurrency=7), tmp_path / "again")
    assert read_dataset(again.directory.path) == read_dataset(faulty.directory.path)
    files = [
        [
            file.relative_to(result.directory.dataset)
            for file in sorted(result.directory.dataset.rglob("*.parquet"))
        ]
        for result in (again, faulty)
    ]
    assert files[0] == files[1]


def test_a_poisoned_row_among_faults_harms_no_neighbour(rows, tmp_path):
    """10 % malformed, 5 % truncated, 5 % transient and 1 % permanent errors, and a row that crashes."""
    rates = {"malformed_rate": 0.1, "truncated_rate": 0.05, "error_rate": 0.05, "permanent_error_rate": 0.01}
    clean = run(configure(rows, llm_args=rates), tmp_path / "clean")
    poisoned = run(
        configure(rows, llm=f"{PoisonedLLM.__module__}.PoisonedLLM", llm_args=rates), tmp_path / "poisoned"
    )
    assert poisoned.accounts.rows == clean.accounts.rows == 200
    results = []
    for directory in (tmp_path / "clean", tmp_path / "poisoned"):
        everything = [row for subset in read_dataset(directory).values() for row in subset]
        results.append({row["source_id"]: row for row in everything})
    before, after = results
    assert after["row-00077"]["outcome"] in ("engine_error", "task_error")
    assert after["row-00077"]["outcome_detail"]
    del before["row-00077"], after["row-00077"]
    assert before == after


def test_another_seed_is_another_dataset(faulty, rows, tmp_path):
    other = run(configure(rows, llm_args={**FAULTS, "seed": 1}), tmp_path / "other")
    assert read_dataset(other.directory.path) != read_dataset(faulty.directory.path)


def test_replaying_a_finished_run_makes_no_call(faulty, rows):
    before = read_dataset(faulty.directory.path)
    calls = sum(usage.calls for usage in Store.open_read(faulty.directory.calls).usage().values())
    faulty.directory.report_file.unlink()  # as if it had been killed at the last moment
    result = run(configure(rows, llm_args=FAULTS), faulty.directory.path)
    assert result.resumed and read_dataset(faulty.directory.path) == before
    assert sum(usage.calls for usage in Store.open_read(faulty.directory.calls).usage().values()) == calls


def test_only_rows_rejected_for_the_reason_are_asked_again(rows, tmp_path):
    settings = configure(rows, llm_args={"truncated_rate": 0.2, "permanent_error_rate": 0.1})
    first = run(settings, tmp_path / "run")
    before = {row["source_id"]: row for kind in read_dataset(tmp_path / "run").values() for row in kind}
    second = run(settings, tmp_path / "run", retry=["truncated_reply"])
    after = {row["source_id"]: row for kind in read_dataset(tmp_path / "run").values() for row in kind}
    assert second.accounts.rows == 200 and second.accounts.accepted > first.accounts.accepted
    for source_id, row in before.items():
        if row["outcome"] != "truncated_reply":
            assert after[source_id] == row
    third = run(settings, tmp_path / "run", retry=["truncated_reply"])
    assert third.accounts.accepted > second.accounts.accepted


def test_a_file_may_move_but_not_change(tmp_path):
    original = write_rows(tmp_path / "a.jsonl", 5)
    run(configure(original), tmp_path / "run")
    moved = tmp_path / "b.jsonl"
    moved.write_bytes(original.read_bytes())
    assert run(configure(moved), tmp_path / "run").was_finished
    with moved.open("a") as file:
        file.write('{"question": "more?", "answer": "yes"}\n')
    with pytest.raises(RunError, match="the rows of the input have changed"):
        run(configure(moved), tmp_path / "run")


def test_a_changed_prompt_is_another_run(tmp_path):
    rows = write_rows(tmp_path / "a.jsonl", 5)
    run(configure(rows), tmp_path / "run")
    file = tmp_path / "run" / "provenance.json"
    provenance = json.loads(file.read_text())
    provenance["prompts"]["verify_functionalities.jinja2"] = "older"
    file.write_text(json.dumps(provenance))
    with pytest.raises(RunError, match=r"changed the prompt verify_functionalities\.jinja2"):
        run(configure(rows), tmp_path / "run")


def test_a_card_that_was_not_written_at_the_end_is_written_by_the_same_command(tmp_path):
    rows = write_rows(tmp_path / "a.jsonl", 3)
    directory = run(configure(rows), tmp_path / "run").directory
    card, report = directory.dataset / "README.md", directory.read_report()
    whole = card.read_text()
    directory.write_json(directory.report_file, {k: v for k, v in report.items() if k != "attrition"})
    card.unlink()
    card.mkdir()  # the card cannot be written: whatever comes behind it is not done
    assert run(configure(rows), directory.path).was_finished
    assert lacks_page(directory)
    card.rmdir()
    assert run(configure(rows), directory.path).was_finished
    assert card.read_text() == whole and not lacks_page(directory)


def test_a_run_that_ends_before_the_first_reply_gives_way_to_one_with_other_settings(
    tmp_path, rows, monkeypatch
):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    keyless = configure(rows, llm="distilabel.models.OpenAILLM", llm_args={"model": "m"}, limit=2)
    with pytest.raises(SysGenError, match="API key"):
        run(keyless, tmp_path / "run")
    assert (tmp_path / "run" / "log").exists()
    assert run(configure(rows, limit=2), tmp_path / "run").accounts.rows == 2


def test_a_second_run_in_the_directory_is_locked_out(tmp_path):
    """The lock is between processes, so the other run is one."""
    import subprocess
    import sys

    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path\n"
            "from sysgen_distilabel.runs.run_directory import RunDirectory\n"
            f"with RunDirectory(Path({str(tmp_path / 'run')!r})).locked():\n"
            "    print('locked', flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(RunError, match=f"process {holder.pid}"):
            run(configure(write_rows(tmp_path / "a.jsonl", 2)), tmp_path / "run")
    finally:
        holder.kill()
        holder.wait()
    assert run(configure(tmp_path / "a.jsonl"), tmp_path / "run").accounts.rows == 2


@pytest.mark.parametrize("name", ["messages.jsonl", "alpaca.json", "question_answer.csv", "sharegpt.jsonl"])
def test_every_example_file_runs_with_repair(tmp_path, name):
    result = run(configure(EXAMPLES / name, repair=True, verdict_per="phrase"), tmp_path / "run")
    assert result.accounts.accepted > 0


def test_a_run_of_which_nothing_is_accepted_still_has_both_subsets(tmp_path, rows):
    result = run(configure(rows, limit=20, llm_args={"malformed_rate": 1.0}), tmp_path / "run")
    assert result.accounts.accepted == 0 and sum(result.accounts.rejected.values()) == 20
    schemas = read_schemas(tmp_path / "run")
    assert schemas["accepted"] == schemas["rejected"]


def test_a_run_of_which_nothing_is_rejected_still_has_both_subsets(tmp_path, rows):
    assert run(configure(rows, limit=20), tmp_path / "run").accounts.rejected == {}
    schemas = read_schemas(tmp_path / "run")
    assert schemas["accepted"] == schemas["rejected"]


def read_schemas(directory):
    import pyarrow.parquet as pq

    return {
        subset: pq.read_schema(next((directory / "dataset" / subset).glob("*.parquet"))).remove_metadata()
        for subset in ("accepted", "rejected")
    }


def test_counts_that_do_not_add_up_are_an_error():
    with pytest.raises(RunError, match="10 rows were read, 5 accepted and 4 rejected"):
        Accounts(5, {"no_reply": 4}, {}).check(10)
    with pytest.raises(RunError, match="pending were not finished"):
        Accounts(5, {"pending": 5}, {}).check(10)


def test_the_files_of_a_run(faulty):
    directory = faulty.directory
    assert {path.name for path in directory.path.iterdir()} == {
        ".lock", "calls", "config.yaml", "dataset", "log", "pipeline.yaml", "provenance.json", "report.html",
        "report.json",
    }  # fmt: skip
    assert yaml.safe_load(directory.config_file.read_text())["llm_args"] == FAULTS
    assert json.loads(directory.provenance_file.read_text())["input"]["rows"] == 200
    usage = json.loads(directory.report_file.read_text())["usage"]
    stored = Store.open_read(directory.calls).usage()
    assert {task: spent["prompt_tokens"] for task, spent in usage.items()} == {
        task: spent.prompt_tokens for task, spent in stored.items()
    }


def test_a_run_works_outside_the_main_thread(tmp_path):
    rows, results = write_rows(tmp_path / "a.jsonl", 3), []
    thread = threading.Thread(target=lambda: results.append(run(configure(rows), tmp_path / "run")))
    thread.start()
    thread.join(PATIENCE)
    assert results[0].accounts.accepted == 3


def test_a_dataset_that_was_being_replaced_at_a_kill_is_put_back(tmp_path, monkeypatch):
    directory = RunDirectory(tmp_path)
    for folder in (directory.dataset / "review", directory.work / "dataset" / "accepted"):
        folder.mkdir(parents=True)
    (directory.dataset / "review" / "answers").write_text("of people")
    rename, new = Path.rename, directory.work / "dataset"
    with monkeypatch.context() as patch, pytest.raises(ZeroDivisionError):
        patch.setattr(Path, "rename", lambda path, target: rename(path, target) if path != new else 1 / 0)
        directory.finish(new, {})
    assert not directory.dataset.exists()
    directory.clear_work()
    assert (directory.dataset / "review" / "answers").read_text() == "of people"
    assert not directory.work.exists() and not directory.is_finished()


@pytest.mark.parametrize("file", ["retries_file", "corrections_file"])
def test_the_same_command_resumes_a_retry_or_review_that_was_stopped(tmp_path, monkeypatch, file):
    rows = write_rows(tmp_path / "rows.jsonl", 30)
    settings = RunConfig(input=str(rows), llm="simulated", llm_args={"truncated_rate": 0.3})
    first = run(settings, tmp_path / "run")
    plan = {"retry": ["truncated_reply"]} if file == "retries_file" else {"apply_review": True}
    with monkeypatch.context() as patch, pytest.raises(EngineGone):
        patch.setattr("sysgen_distilabel.workflows.run._execute", raising(EngineGone("Nobody listens.")))
        patch.setattr("sysgen_distilabel.review.corrections.plan_corrections", lambda _: {"row-00000": {}})
        run(settings, tmp_path / "run", **plan)
    again = run(settings, tmp_path / "run", **plan)
    assert again.resumed and not again.was_finished
    assert (again.accounts.accepted > first.accounts.accepted) == (file == "retries_file")
