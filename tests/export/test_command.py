"""`sysgen export` and the Step `ExportForTraining`, as users call them."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from distilabel.steps import LoadDataFromDicts

from sysgen_distilabel.export.export_for_training import ExportForTraining
from sysgen_distilabel.host.pipeline import SysGenPipeline
from tests.changed_runs import note_files
from tests.chat_tokenizers import save_tokenizer
from tests.commands import EXAMPLES, read_dataset, sysgen
from tests.export.rows import make_pair, make_row

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    directory = tmp_path_factory.mktemp("runs") / "out"
    process = sysgen(
        "run", EXAMPLES / "messages.jsonl", "--output", directory, "--llm", "simulated", "--limit", 8
    )
    assert process.returncode == 0, process.stderr
    return directory


@pytest.fixture(scope="module")
def gemma(tmp_path_factory):
    return save_tokenizer("gemma-2", tmp_path_factory.mktemp("gemma-2"))


def test_reasoning_that_the_run_has_not_kept_is_not_exported(run):
    process = sysgen("export", run, "--reasoning")
    assert process.returncode == 4 and "keep_reasoning: true" in process.stderr
    assert "kept no reasoning" in " ".join(process.stderr.split())


def test_an_export_goes_into_the_run_directory_and_says_what_it_did(run, gemma):
    process = sysgen("export", run, "--tokenizer", gemma, "--format", "messages")
    assert process.returncode == 0, process.stderr
    accepted = read_dataset(run)["accepted"]
    place = run / "export" / "messages"
    assert f"{len(accepted)} of {len(accepted)} rows exported as messages" in process.stdout
    assert "its chat template was repaired" in process.stdout
    assert "Simulated." in process.stdout and process.stdout.rstrip().endswith(str(place))
    assert "Simulated." in (place / "README.md").read_text()
    lines = [json.loads(line) for line in (place / "train.jsonl").read_text().splitlines()]
    assert [line["messages"] for line in lines] == [row["aligned_messages"] for row in accepted]
    assert yaml.safe_load((place / "sft.yaml").read_text())["assistant_only_loss"] is True


def test_a_row_over_the_limit_fails_with_a_code_of_its_own(run, gemma):
    process = sysgen("export", run, "--tokenizer", gemma, "--max-length", 100)
    assert process.returncode == 6
    assert "would not be trained on as they are" in process.stderr and "--too-long drop" in process.stderr
    assert "Traceback" not in process.stderr and not (run / "export" / "trl-prompt-completion").exists()


def test_all_arms_at_once(run):
    process = sysgen("export", run, "--ablation", "all", "--format", "sharegpt")
    assert process.returncode == 0, process.stderr
    arms = sorted(path.name for path in (run / "export" / "sharegpt-ablation").iterdir())
    assert arms == ["default", "no-aligned", "none", "sysgen"]
    assert "not checked against a chat template" in process.stdout


def test_preference_pairs_are_read_from_their_subset(run, tmp_path):
    process = sysgen("export", run, "--format", "preferences")
    assert process.returncode == 4 and "no preference pairs" in process.stderr
    folder = run / "dataset" / "preferences"
    folder.mkdir()
    pq.write_table(pa.Table.from_pylist([make_pair(n) for n in range(3)]), folder / "0.parquet")
    note_files(run)
    process = sysgen("export", run, "--format", "preferences", "--output", tmp_path / "pairs")
    assert process.returncode == 0, process.stderr
    assert len((tmp_path / "pairs" / "train.jsonl").read_text().splitlines()) == 3
    assert "beta" in yaml.safe_load((tmp_path / "pairs" / "dpo.yaml").read_text())


def test_what_is_no_run_is_one_message(tmp_path):
    process = sysgen("export", tmp_path)
    assert process.returncode == 4 and "no finished run" in process.stderr


def test_the_step_writes_accepted_rows_and_passes_all_on(tmp_path, gemma):
    rejected = make_row(9) | {"outcome": "no_reply", "aligned_messages": []}
    rows = [make_row(n) | {"model_name": "simulated"} for n in range(4)]
    with SysGenPipeline(name="export") as pipeline:
        load = LoadDataFromDicts(data=[*rows, rejected])
        load >> ExportForTraining(output=str(tmp_path / "out"), tokenizer=str(gemma), system_role="fold")
    distiset = pipeline.run(use_cache=False)
    assert distiset["default"]["train"].num_rows == 5
    assert len((tmp_path / "out" / "train.jsonl").read_text().splitlines()) == 4
    assert json.loads((tmp_path / "out" / "export.json").read_text())["simulated"] is True


def test_the_step_honours_what_became_of_the_turns(tmp_path):
    rows = [make_row(n, turns=2) | {"model_name": "simulated"} for n in range(2)]
    lines = {}
    for turns in ("last", "regenerate"):
        step = ExportForTraining(output=str(tmp_path / turns), format="llamafactory", turns=turns)
        step.load()
        assert next(step.process(rows)) == rows
        lines[turns] = (tmp_path / turns / "train.jsonl").read_text().splitlines()
    assert len(lines["last"]) == 4 and len(lines["regenerate"]) == 2


def test_workers_write_the_same(run, gemma, tmp_path):
    written = []
    for workers in (1, 2):
        output = tmp_path / str(workers)
        process = sysgen("export", run, "--tokenizer", gemma, "--workers", workers, "--output", output)
        assert process.returncode == 0, process.stderr
        written.append({path.name: path.read_bytes() for path in output.iterdir() if path.is_file()})
    assert written[0] == written[1] and "tokens.jsonl" in written[0]
