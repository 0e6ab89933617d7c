"""Unseen tasks: which are meant, which metric counts, and what the table says of them."""

import pytest

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.workflows.prove.comparison import UNSEEN_ROLE, Graded, compare_arms
from sysgen_distilabel.workflows.prove.unseen_table import (
    average,
    conclude_unseen,
    describe_unseen,
    tabulate_unseen,
)
from sysgen_distilabel.workflows.prove.unseen_tasks import (
    UnseenTask,
    _read_scores,
    expand_names,
    read_unseen,
)
from tests import benchmark_data


def sample(question, filter_="none", **scores):
    return {"doc_id": question, "filter": filter_, "metrics": list(scores), **scores}


def graded(arm, task, scores):
    return [Graded(arm, 0, task, UNSEEN_ROLE, f"q{n}", score) for n, score in enumerate(scores)]


def test_the_paper_stands_for_its_eight_tasks_and_files_are_whole_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = expand_names(["paper", "mmlu", "own.yaml"])
    assert len(names) == 9 and names[0] == "mmlu" and names[-1] == str(tmp_path / "own.yaml")
    assert UnseenTask("arc_challenge", 1).title == "ARC-c" and UnseenTask(names[-1], 1).title == "own"


def test_questions_are_counted_and_cut(tmp_path):
    file = str(benchmark_data.lm_eval_task(tmp_path))
    assert read_unseen([file], None) == [UnseenTask(file, 3)]
    assert read_unseen([file], 2) == [UnseenTask(file, 2)]
    assert read_unseen([], None) == []


def test_a_task_whose_data_cannot_be_had_is_named(tmp_path):
    file = benchmark_data.lm_eval_task(tmp_path)
    (tmp_path / "sums.jsonl").unlink()
    with pytest.raises(ConfigError, match=r"sums\.yaml cannot be loaded"):
        read_unseen([str(file)], None)


def test_one_metric_counts_that_of_the_leaderboards_if_there_is_one():
    both = [sample(0, acc=1.0, acc_norm=0.0), sample(1, acc=1.0, acc_norm=1.0)]
    assert [one["score"] for one in _read_scores("arc_challenge", "arc_challenge", both)] == [0.0, 1.0]
    assert [one["score"] for one in _read_scores("mine", "mine", both)] == [1.0, 1.0]
    filters = [sample(0, "strict", exact_match=0.0), sample(0, "custom-extract", exact_match=1.0)]
    assert list(_read_scores("mmlu_pro", "mmlu_pro_law", filters)) == [
        {"question": "mmlu_pro_law/0", "score": 1.0}
    ]
    with pytest.raises(ConfigError, match="no metric that is a share"):
        list(_read_scores("wikitext", "wikitext", [sample(0, word_perplexity=9.0)]))


def test_the_table_has_the_mean_of_the_tasks_and_says_what_is_noise():
    lines = compare_arms(
        [
            *graded("none", "MMLU", [1.0] * 40),
            *graded("sysgen", "MMLU", [0.0] * 40),
            *graded("none", "BBH", [1.0, 0.0]),
            *graded("sysgen", "BBH", [1.0, 1.0]),
        ],
        "none",
    )
    assert average(lines) == {"none": 0.75, "sysgen": 0.5}
    assert describe_unseen(lines)["change"] == {"none": {"sysgen": -0.25}}
    table = tabulate_unseen(lines)
    assert table[-1][:3] == ["all tasks", "sysgen", "50.0"] and table[-1][4] == "-25.0"
    [said] = conclude_unseen(lines)
    assert "-25.0 points on average; MMLU worse; the others within noise." in said
    assert list(conclude_unseen(lines[:1])) == []
