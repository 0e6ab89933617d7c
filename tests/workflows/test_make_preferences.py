"""Preference pairs: every accepted row is a pair or left out with a reason, and nothing is asked twice."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.columns import PAIR_COLUMNS, arrow_types
from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.run_config import load_config
from sysgen_distilabel.steps import SelectPreferencePairs
from sysgen_distilabel.variety.contrast import SHOWN_IN_RESPONSES, Contrast, choose_contrast, contrast_phrases
from sysgen_distilabel.workflows.make_preferences import make_preferences
from sysgen_distilabel.workflows.preference_pipeline import PreferenceSettings
from tests.commands import EXAMPLES, ROOT, SYSGEN, read_dataset, sysgen
from tests.patience import PATIENCE, wait_until

TASKS = ("generate_contrast_response", "judge_rejected", "judge_chosen", "judge_pair")
LONGER = {"judge_bias": "longer"}
PHRASES = st.lists(
    st.builds(
        lambda name, text: {"functionality": str(name), "text": text, "verdict": "Good"},
        st.sampled_from(FUNCTIONALITIES),
        st.text(alphabet="ab {}", min_size=1),
    ),
    min_size=1,
)


@given(PHRASES, st.randoms(), st.sampled_from(Contrast))
def test_a_contrast_changes_one_functionality_and_keeps_all_other_phrases(phrases, random, contrast):
    choice = choose_contrast(phrases, [contrast], FUNCTIONALITIES, random)
    if choice is None:
        assert contrast is Contrast.DROP and len({p["functionality"] for p in phrases}) == 1
        return
    contrasted = contrast_phrases(phrases, choice)
    others = [phrase for phrase in phrases if phrase["functionality"] != choice.functionality]
    assert [p for p in contrasted if p["functionality"] != choice.functionality] == others
    changed = [phrase["text"] for phrase in contrasted if phrase["functionality"] == choice.functionality]
    if contrast is Contrast.DROP:
        assert not changed and others
    else:
        texts = [phrase["text"] for phrase in phrases if phrase["functionality"] == choice.functionality]
        assert len(contrasted) == len(phrases)
        assert all(new.endswith(old) and new != old for new, old in zip(changed, texts, strict=True))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    directory = tmp_path_factory.mktemp("run") / "run"
    settings = directory.parent / "settings.yaml"
    settings.write_text("variety: {conflicting_share: 0.2}\n")
    process = sysgen(
        "run", EXAMPLES / "mixed.jsonl", "-o", directory, "--llm", "simulated", "--config", settings
    )
    assert process.returncode == 0, process.stderr
    return directory


@pytest.fixture
def run(finished, tmp_path):
    """A run of one's own."""
    return shutil.copytree(finished, tmp_path / "run")


@pytest.fixture(scope="module")
def paired(finished, tmp_path_factory):
    """A run with its pairs, and their counts; to look at only."""
    directory = shutil.copytree(finished, tmp_path_factory.mktemp("paired") / "run")
    return directory, make(directory)


def make(directory, judge=None, engine=None, **settings):
    """Make the pairs as the command does; `judge` and `engine` are fields of the simulated LLM."""
    responder = load_config(directory / "config.yaml", {"llm_args": engine})
    judges = responder.model_copy(update={"llm_args": judge}) if judge else responder
    settings = PreferenceSettings(responder=responder, judge=judges, **settings)
    return make_preferences(RunDirectory(directory), settings)


def read_pairs(directory):
    (file,) = (directory / "dataset" / "preferences").glob("*.parquet")
    return pq.read_table(file).to_pylist()


def count_calls(directory):
    with Store.open_read(directory / "calls") as store:
        return {task: usage.calls for task, usage in store.usage().items()}


def test_every_accepted_row_is_a_pair_or_left_out_with_a_reason(paired):
    run, figures = paired
    rows = read_dataset(run)["accepted"]
    pairs = read_pairs(run)
    assert figures["accepted_rows"] == len(rows) == 55
    for kind in ("original", "contrastive"):
        counts = figures["kinds"][kind]
        assert counts["pairs"] == sum(pair["pair_kind"] == kind for pair in pairs) > 0
        assert counts["pairs"] + sum(counts["left_out"].values()) == len(rows)
    conflicts = sum(bool(row["conflicting_turn"]) for row in rows)
    assert figures["kinds"]["original"]["left_out"]["no_original_response"] == conflicts > 0
    assert figures["kinds"]["original"]["left_out"]["follows_system_message"] > 0
    assert figures["kinds"]["contrastive"]["left_out"]["judged_worse"] > 0


def test_a_pair_is_the_aligned_response_against_one_that_breaks_the_message(paired):
    run, _ = paired
    rows = {row["source_id"]: row for row in read_dataset(run)["accepted"]}
    for pair in read_pairs(run):
        row = rows[pair["source_id"]]
        assert tuple(pair) == PAIR_COLUMNS and None not in pair.values()
        assert [*pair["prompt"], *pair["chosen"]] == row["aligned_messages"]
        assert [message["role"] for message in pair["chosen"] + pair["rejected"]] == ["assistant"] * 2
        assert pair["chosen_length"] == len(pair["chosen"][0]["content"])
        assert pair["rejected_length"] == len(pair["rejected"][0]["content"])
        assert pair["chosen"] != pair["rejected"] and 0 <= pair["score_rejected"] <= 1
        if pair["pair_kind"] == "original":
            assert pair["rejected"] == row["messages"][-1:] and pair["contrast_kind"] == ""
        else:
            kept = {phrase["functionality"] for phrase in row["phrases"] if phrase["verdict"] == "Good"}
            assert pair["contrast_functionality"] in kept & set(SHOWN_IN_RESPONSES)


def test_no_verdict_is_no_score():
    step = SelectPreferencePairs()
    step.load()
    turns = [{"role": role, "content": "x"} for role in ("system", "user", "assistant")]
    row = {
        "aligned_messages": turns,
        "rejected_messages": turns[1:],
        "pair_judgements": [{"question": "system_message", "verdict": "aligned"}],
        "alignment_judgements": [{"response": "aligned", "functionality": "Overall", "verdict": "aligned"}],
        "outcome": "accepted",
    }
    pair = next(step.process([row]))[0]
    assert (pair["score_chosen"], pair["score_rejected"]) == (1, None)
    table = pa.Table.from_pylist([pair]).select(["score_rejected"])
    assert table.cast(pa.schema([("score_rejected", arrow_types()["score_rejected"])])).num_rows == 1


def test_the_subset_loads_by_its_name_and_the_card_counts_it(paired, tmp_path):
    from datasets import load_dataset

    run, figures = paired
    rows = load_dataset(str(run / "dataset"), "preferences", split="train", cache_dir=str(tmp_path))
    assert rows.to_list() == read_pairs(run)
    card = (run / "dataset" / "README.md").read_text()
    assert f"{figures['pairs']} pairs from 55 accepted rows" in card and "| original | pair |" in card


def test_a_second_time_nothing_is_asked_and_the_pairs_are_the_same(paired, tmp_path):
    run, first = shutil.copytree(paired[0], tmp_path / "run"), paired[1]
    pairs, calls = read_pairs(run), count_calls(run)
    assert all(calls[task] for task in TASKS)
    assert make(run) == first
    assert (read_pairs(run), count_calls(run)) == (pairs, calls)
    flipped = make(run, contrasts=[Contrast.FLIP], kinds=["contrastive"])
    assert {pair["contrast_kind"] for pair in read_pairs(run)} == {"flip"}
    assert list(flipped["kinds"]) == ["contrastive"]


def test_both_orders_are_judged(run):
    """A judge that goes by length prefers longer responses; one that goes by place prefers none."""
    figures = make(run, judge=LONGER)
    pairs = read_pairs(run)
    assert pairs and all(pair["chosen_length"] >= pair["rejected_length"] for pair in pairs)
    assert figures["judge_notice"]
    figures = make(run, judge={"judge_bias": "first"})
    assert figures["pairs"] == 0 and read_pairs(run) == []
    assert figures["kinds"]["contrastive"]["left_out"]["judged_tie"] > 0


def test_pairs_can_be_matched_in_length(run):
    figures = make(run, judge=LONGER, max_length_ratio=1.3)
    pairs = read_pairs(run)
    assert pairs and all(
        max(pair["chosen_length"], pair["rejected_length"])
        <= 1.3 * min(pair["chosen_length"], pair["rejected_length"])
        for pair in pairs
    )
    assert figures["kinds"]["original"]["left_out"]["length_mismatch"] > 0


def test_faults_of_the_engines_are_reasons_and_add_up(run):
    figures = make(run, engine={"truncated_rate": 0.2, "malformed_rate": 0.2})
    reasons = Counter()
    for counts in figures["kinds"].values():
        assert counts["pairs"] + sum(counts["left_out"].values()) == figures["accepted_rows"]
        reasons.update(counts["left_out"])
    assert reasons["truncated_reply"] > 0


def test_the_command_says_what_became_of_the_rows_and_the_report_keeps_it(run):
    process = sysgen("preferences", run, "--judge-llm", "simulated", "--contrast", "flip")
    assert process.returncode == 0, process.stderr
    assert "contrastive pairs" in process.stderr and "follows_system_message" in process.stderr
    assert sysgen("report", run).returncode == 0
    report = json.loads((run / "report.json").read_text())
    page = (run / "report.html").read_text()
    assert report["preferences"]["pairs"] == len(read_pairs(run)) > 0
    assert report["usage"]["judge_pair"]["calls"] > 0
    assert '<section id="preferences">' in page and "follows_system_message" in page


@pytest.mark.slow
def test_a_killed_command_goes_on_where_it_was(run, paired):
    whole, expected = paired
    command = [SYSGEN, "preferences", run, "--quiet", "--judge-llm", "tests.held_judge.HeldJudge"]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    wait_until(lambda: count_calls(run).get("judge_rejected") or process.poll() is not None)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    begun = count_calls(run)
    assert begun["judge_rejected"] and "preferences" not in json.loads((run / "report.json").read_text())
    assert make(run) == expected and read_pairs(run) == read_pairs(whole)
    assert count_calls(run) == count_calls(whole)


@pytest.mark.slow
def test_the_pipeline_a_user_would_write_runs(finished, tmp_path):
    (tmp_path / "out").symlink_to(finished)
    process = subprocess.run(
        [sys.executable, ROOT / "pipelines" / "preferences.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )
    assert process.returncode == 0, process.stderr
    assert "pairs: DatasetDict" in process.stdout and "'chosen'" in process.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("nowhere",), 4, "no run"),
        (("run", "--kind", "odd"), 2, "--kind odd"),
        (("run", "--max-length-ratio", "0.5"), 2, "max-length-ratio"),
        (("run", "--judge-base-url", "http://127.0.0.1:1/v1"), 2, "--judge-base-url is given, and no judge"),
        (("run", "--judge-llm-arg", "seed=1"), 2, "--judge-model or --judge-llm"),
    ],
)
def test_mistakes_are_one_clear_message(arguments, code, text, run):
    process = sysgen("preferences", *arguments, cwd=run.parent)
    assert process.returncode == code and text in process.stderr and "Traceback" not in process.stderr


def test_a_secret_that_was_hidden_has_to_be_given_again(run):
    config = (run / "config.yaml").read_text()
    (run / "config.yaml").write_text(config.replace("llm_args: {}", "llm_args: {api_key: (hidden)}"))
    process = sysgen("preferences", run)
    assert process.returncode == 2 and "api_key" in process.stderr and "--llm-arg api_key=" in process.stderr


def test_an_unfinished_run_makes_no_pairs(run):
    (run / "report.json").unlink()
    process = sysgen("preferences", run)
    assert process.returncode == 4 and "no finished run" in process.stderr
