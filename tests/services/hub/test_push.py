"""A run is published, loaded again, and published again without a change."""

import json
import re
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from tests.changed_runs import note_files
from tests.commands import read_dataset, sysgen, write_rows
from tests.services.hub.card_rules import find_errors, read_metadata
from tests.services.hub.conftest import SECRET, STRANGER, explain
from tests.services.hub.state import Blob

pytestmark = pytest.mark.slow

LOAD = """
import json
from datasets import load_dataset
def load(subset, **options):
    return list(load_dataset({name!r}, subset, split="train", **options))
"""


NAME = "acme/published"


@pytest.fixture(scope="module")
def published(clients, finished_run, tmp_path_factory):
    """The Hub with a dataset that no test changes."""
    run_directory = shutil.copytree(finished_run, tmp_path_factory.mktemp("published") / "run")
    done = clients.push(run_directory, NAME, "--license", "cc-by-4.0")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{clients.server.url}/datasets/{NAME}\n"
    return clients


@pytest.fixture
def mine(hub, run_directory, name):
    """The Hub with a dataset of the test's own."""
    assert hub.push(run_directory, name, "--license", "cc-by-4.0").returncode == 0
    return hub


def test_the_rows_come_back_as_they_were(published, run_directory):
    rows = read_dataset(run_directory)
    expected = json.loads(json.dumps(rows).replace("/home/alice/models/writer-7b", "writer-7b"))
    assert len(rows["accepted"]) == 22
    printed = published.python(
        LOAD.format(name=NAME)
        + 'print(json.dumps([load("accepted"), load("accepted", streaming=True), load("rejected")]))'
    )
    accepted, streamed, rejected = json.loads(printed)
    assert accepted == streamed == expected["accepted"]
    assert [row["source_id"] for row in rejected] == [row["source_id"] for row in expected["rejected"]]


def test_the_same_run_again_makes_no_commit(published, run_directory):
    again = published.push(run_directory, NAME)
    assert again.stdout == f"Nothing has changed: {published.server.url}/datasets/{NAME}\n"
    titles = [commit.title for commit in published.server.dataset(NAME).history()]
    assert titles == ["Publish the dataset with sysgen-distilabel", "initial commit"]


def test_everything_about_the_run_is_beside_the_data(published):
    files = published.server.dataset(NAME).head().files
    assert {path for path in files if not path.startswith("plots/")} == {
        ".gitattributes", "README.md", "accepted/train-00000-of-00001.parquet", "config.yaml",
        "pipeline.yaml", "provenance.json", "rejected/train-00000-of-00001.parquet", "report.html",
        "report.json",
    }  # fmt: skip
    card = files["README.md"].data.decode()
    assert find_errors(card) == []
    assert read_metadata(card)["license"] == "cc-by-4.0"
    pictures = re.findall(r"\]\((plots/[^)]+)\)", card)
    assert len(pictures) >= 5
    assert all(files[picture].data.startswith(b"\x89PNG") for picture in pictures)


def test_the_pipeline_can_be_loaded_from_the_hub(published):
    code = (
        "from distilabel.pipeline import Pipeline\nfrom huggingface_hub import hf_hub_download\n"
        f"path = hf_hub_download({NAME!r}, 'pipeline.yaml', repo_type='dataset')\n"
        "print(len(Pipeline.from_yaml(path).dag))"
    )
    assert published.python(code).endswith("10\n")


def test_nothing_of_this_machine_is_published(published, run_directory):
    for path, blob in published.server.dataset(NAME).head().files.items():
        text = blob.data.decode("utf-8", "ignore")
        if path.endswith(".parquet"):
            text = json.dumps(pq.read_table(pa.BufferReader(blob.data)).to_pylist())
        for local in (SECRET, "hf_ownertoken", "alice", "10.0.0.5", "private-folder", str(run_directory)):
            assert local not in text, f"{local} is in {path}"
    assert json.loads(published.file(NAME, "provenance.json"))["input"]["location"] == "rows.jsonl"
    settings = yaml.safe_load(published.file(NAME, "config.yaml"))
    assert settings["llm_args"] == {"contact": "Write to ann.smith@mail.test.", "service_token": "(hidden)"}


def test_what_people_write_on_the_card_stays(mine, run_directory, name):
    repository = mine.server.dataset(name)
    card = mine.file(name, "README.md").decode()
    edited = card.replace("tags:\n", "pretty_name: Ours\ntags:\n- handmade\n")
    edited = edited.replace("<!-- sysgen:begin", "# A note of ours\n\n<!-- sysgen:begin") + "\nOne below.\n"
    changed_inside = edited.replace("## Limits and biases", "## Changed inside")
    files = {**repository.head().files, "README.md": Blob(changed_inside.encode())}
    repository.commit("refs/heads/main", files, "by hand", "tester", parent=repository.head().oid)
    done = mine.push(run_directory, name)
    assert done.returncode == 0, done.stderr
    assert mine.file(name, "README.md").decode() == edited
    assert mine.push(run_directory, name).stdout.startswith("Nothing has changed")


def test_fewer_subsets_leave_no_stale_files(mine, run_directory, name):
    assert b"prompts.db" in mine.file(name, "report.html")  # the detail of a rejected row
    assert "deleting 1" in mine.push(run_directory, name, "--subset", "accepted").stderr
    files = mine.server.dataset(name).head().files
    assert not [path for path in files if path.startswith("rejected/")]
    configs = read_metadata(files["README.md"].data.decode())["configs"]
    assert [config["config_name"] for config in configs] == ["accepted"]
    assert b"prompts.db" not in files["report.html"].data


def add_preferences(run_directory):
    """Give the run a pair."""
    folder = run_directory / "dataset" / "preferences"
    folder.mkdir()
    pairs = pa.table({"first": ["a"], "second": ["b"]})
    pq.write_table(pairs, folder / "00000-of-00001.parquet")
    note_files(run_directory)
    return pairs


def test_rows_of_a_subset_that_is_not_wanted_are_not_on_the_page(hub, run_directory, name):
    add_preferences(run_directory)
    accepted = read_dataset(run_directory)["accepted"]
    own = ("--license", "mit", "--subset", "preferences")
    assert hub.push(run_directory, name, *own).returncode == 0
    page = hub.file(name, "report.html").decode()
    assert "row-0" not in page
    assert not [row for row in accepted if row["messages"][0]["content"] in page]
    assert "No row is shown here" in page
    assert hub.push(run_directory, name, *own, "--subset", "accepted").returncode == 0
    page = hub.file(name, "report.html").decode()
    assert [row for row in accepted if row["messages"][0]["content"] in page] == accepted


def test_other_subsets_go_along(hub, run_directory, name):
    pairs = add_preferences(run_directory)
    report = json.loads((run_directory / "report.json").read_text())
    simulated = report | {"preferences": {"judge_notice": "A toy."}}
    (run_directory / "report.json").write_text(json.dumps(simulated))
    message = explain(hub.push(run_directory, name, "--license", "mit"))
    assert message.startswith("Error: Preference pairs that a simulated judge chose are not published.")
    (run_directory / "report.json").write_text(json.dumps(report))
    assert hub.push(run_directory, name, "--license", "mit").returncode == 0
    loaded = hub.python(LOAD.format(name=name) + 'print(json.dumps(load("preferences")))')
    assert json.loads(loaded) == pairs.to_pylist()
    card = hub.file(name, "README.md").decode()
    assert "carried over from the input (only in `preferences`)" in card
    assert find_errors(card) == []


def test_a_private_dataset_and_a_branch(hub, run_directory, name):
    done = hub.push(run_directory, name, "--license", "mit", "--private", "--revision", "draft")
    assert done.returncode == 0, done.stderr
    repository = hub.server.dataset(name)
    assert repository.private
    assert set(repository.head("main").files) == {".gitattributes"}
    assert 'revision="draft"' in hub.file(name, "README.md", "draft").decode()
    again = hub.push(run_directory, name, "--private", "--revision", "draft")
    assert again.stdout.startswith("Nothing has changed")


def test_a_pull_request_of_a_stranger_is_opened_once(published, run_directory):
    propose = (run_directory, NAME, "--license", "mit", "--create-pr")
    main = published.server.dataset(NAME).head().oid
    page = f"{published.server.url}/datasets/{NAME}/discussions/1"
    for printed in (f"{page}\n", f"Nothing has changed: {page}\n"):
        done = published.push(*propose, token=STRANGER)
        assert done.stdout == printed, done.stderr
    repository = published.server.dataset(NAME)
    assert repository.head().oid == main
    assert list(repository.pull_requests) == [1]
    assert read_metadata(published.file(NAME, "README.md", "refs/pr/1").decode())["license"] == "mit"


def test_a_dry_run_changes_nothing_on_the_hub(hub, run_directory, name):
    done = hub.push(run_directory, name, "--license", "mit", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "(would be created)" in done.stdout
    assert re.search(r"^ +add  accepted/train-00000-of-00001\.parquet  [\d.]+ kB$", done.stdout, re.MULTILINE)
    assert ("dataset", name) not in hub.server.repositories
    assert (run_directory / "hub" / "README.md").exists()


@pytest.mark.parametrize(
    "settings", [{"HF_ENDPOINT": "http://127.0.0.1:9"}, {"HF_HUB_OFFLINE": "1"}], ids=str
)
def test_a_dry_run_shows_the_card_without_a_network(hub, run_directory, name, settings):
    done = hub.push_with(run_directory, name, "--license", "mit", "--dry-run", **settings)
    assert done.returncode == 0, done.stderr
    card = (run_directory / "hub" / "README.md").read_text()
    assert done.stdout.startswith(card) and "license: mit" in card
    assert "the Hub was not reached: shown as for a new dataset" in done.stdout
    refused = hub.push_with(run_directory, name, "--license", "mit", **settings)
    assert refused.returncode == 7, "a push itself needs the Hub"


def test_simulated_data_is_refused_whatever_the_report_says(hub, tmp_path, name):
    rows = write_rows(tmp_path / "rows.jsonl", 2)
    assert sysgen("run", rows, "--output", tmp_path / "run", "--llm", "simulated").returncode == 0
    refused = "Error: Simulated data is not published. A simulated engine wrote every text here"
    assert explain(hub.push(tmp_path / "run", name, "--license", "mit")).startswith(refused)
    shown = hub.push_with(tmp_path / "run", name, "--license", "mit", "--dry-run", HF_HUB_OFFLINE="1")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith((tmp_path / "run" / "hub" / "README.md").read_text())
    last = shown.stdout.splitlines()[-1]
    assert last.startswith("The push itself would be refused. Simulated data is not published.")
    for file in (tmp_path / "run" / "report.json", tmp_path / "run" / "config.yaml"):
        text = re.sub(r'"simulation_notice": ".*"', '"simulation_notice": ""', file.read_text())
        file.write_text(text.replace("llm: simulated", "llm: other.LLM"))
    assert explain(hub.push(tmp_path / "run", name, "--license", "mit")).startswith(refused)
    assert ("dataset", name) not in hub.server.repositories
