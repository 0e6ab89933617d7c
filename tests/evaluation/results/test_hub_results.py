"""The results for a model's page: what the Hub's own reader finds in the file, and when there is none."""

import json

import pytest
import yaml
from huggingface_hub import parse_eval_result_entries

from sysgen_distilabel.evaluation.results.hub_results import write_hub_results
from tests.evaluation.results.test_results_page import NONE, ifeval
from tests.evaluation.results.test_results_page import report as write_report

SHA = "0123456789abcdef0123456789abcdef01234567"
ON_THE_HUB = {"location": f"hf://datasets/acme/heldout@{SHA}?split=test", "revision": SHA}


def make_report(folder, figures=None, data=ON_THE_HUB, simulated=False):
    write_report(folder, "heldout", figures or ifeval(), judge="acme/judge", limit=9)
    content = json.loads((folder / "evaluation.json").read_text())
    return {**content, "data": data, "simulated": simulated}


def test_the_hubs_reader_finds_the_headline_the_dataset_and_how_it_was_measured(tmp_path):
    file = write_hub_results(make_report(tmp_path), tmp_path)
    assert file == tmp_path / ".eval_results" / "heldout.yaml"
    [entry] = parse_eval_result_entries(yaml.safe_load(file.read_text()))
    assert (entry.dataset_id, entry.task_id, entry.dataset_revision) == ("acme/heldout", "heldout", SHA)
    assert entry.value == 50
    assert entry.notes == "prompts, strict (%); judge acme/judge, first 9 rows; Mind the gap."


@pytest.mark.parametrize(
    "changes",
    [
        {"simulated": True},
        {"data": {"location": "/data/rows.jsonl"}},
        {"data": {"location": "https://raw.githubusercontent.com/acme/bench/1"}},
        {"figures": ifeval(prompt_strict=NONE)},
    ],
    ids=["simulated", "file", "elsewhere", "no figure"],
)
def test_there_is_no_file_where_the_hub_could_show_nothing_and_an_earlier_one_goes(tmp_path, changes):
    earlier = write_hub_results(make_report(tmp_path), tmp_path)
    assert write_hub_results(make_report(tmp_path, **changes), tmp_path) is None
    assert not earlier.exists()


def test_a_local_file_is_never_taken_for_a_dataset_of_the_same_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "heldout").write_text("")
    assert write_hub_results(make_report(tmp_path, data={"location": "acme/heldout"}), tmp_path) is None
