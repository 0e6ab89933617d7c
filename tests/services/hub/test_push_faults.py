"""Faults of the Hub and of the way to it: tried again, gone on with, and never half a dataset."""

import json
import signal
import threading

import pyarrow.parquet as pq
import pytest

from sysgen_distilabel.runs.dataset_files import describe_files
from tests.patience import PATIENCE, wait_until
from tests.services.hub.conftest import explain
from tests.services.hub.server import Fault
from tests.services.hub.state import Blob

pytestmark = pytest.mark.slow

MIT = ("--license", "mit")


def commit_of_somebody_else(name):
    """What a colleague does meanwhile: he writes a note on the card."""

    def commit(server):
        repository = server.dataset(name)
        files = dict(repository.head().files)
        card = files["README.md"].data if "README.md" in files else b""
        files["README.md"] = Blob(card + b"\nA note from a colleague.\n")
        repository.commit("refs/heads/main", files, "a note", "colleague", parent=repository.head().oid)

    return commit


def split_into_shards(run_directory, number):
    """Spread the accepted rows over files, as a run with more of them would."""
    folder = run_directory / "dataset" / "accepted"
    (file,) = folder.glob("*.parquet")
    table = pq.read_table(file)
    file.unlink()
    for shard in range(number):
        rows = range(shard, table.num_rows, number)
        pq.write_table(table.take(list(rows)), folder / f"{shard:05d}-of-{number:05d}.parquet")
    report = json.loads((run_directory / "report.json").read_text())
    report["files"] = describe_files(run_directory / "dataset", {"review"})
    (run_directory / "report.json").write_text(json.dumps(report))


def test_a_commit_in_between_is_kept(hub, run_directory, name):
    assert hub.push(run_directory, name, *MIT, "--subset", "accepted").returncode == 0
    hub.server.faults = [Fault("take_commit", 200, then=commit_of_somebody_else(name))]
    done = hub.push(run_directory, name)
    assert done.returncode == 0, done.stderr
    assert "The Hub answered 412; trying again in 1 s." in done.stderr
    assert "A note from a colleague." in hub.file(name, "README.md").decode()
    assert [c.title for c in hub.server.dataset(name).history()][:2] == [
        "Publish the dataset with sysgen-distilabel", "a note",
    ]  # fmt: skip
    assert "rejected/train-00000-of-00001.parquet" in hub.server.dataset(name).head().files


def test_faults_that_pass_are_tried_again(hub, run_directory, name):
    hub.server.faults = [
        Fault("whoami", 503),
        Fault("describe", 429),
        Fault("create_repository", 500),
        Fault("choose_upload_modes", 502),
        Fault("take_large_file", 503),
        Fault("take_commit", 504, times=2),
        Fault("take_commit", 409),
    ]
    done = hub.push(run_directory, name, *MIT)
    assert done.returncode == 0, done.stderr
    assert not hub.server.faults
    assert len(hub.server.dataset(name).history()) == 2
    assert "trying again in 0 s." in done.stderr


@pytest.mark.parametrize("status", [504, None])
def test_a_commit_whose_answer_is_lost_is_not_made_twice(hub, run_directory, name, status):
    hub.server.faults = [Fault("take_commit", status, does_it=True)]
    done = hub.push(run_directory, name, *MIT)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{hub.server.url}/datasets/{name}\n"
    assert len(hub.server.dataset(name).history()) == 2


def test_a_pull_request_whose_answer_is_lost_is_not_opened_twice(hub, run_directory, name):
    hub.server.add_repository(name, {})
    hub.server.faults = [Fault("take_commit", None, does_it=True)]
    done = hub.push(run_directory, name, *MIT, "--create-pr")
    assert done.stdout.endswith(f"/datasets/{name}/discussions/1\n"), done.stderr
    assert list(hub.server.dataset(name).pull_requests) == [1]


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (429, "The Hub lets no more requests through for now."),
        (500, "The Hub has a fault of its own (status 500)."),
        (409, "Others keep committing to {name}."),
    ],
)
def test_a_fault_that_does_not_pass_ends_it_with_what_is_there(hub, run_directory, name, status, message):
    hub.server.faults = [Fault("take_commit", status, times=100)]
    said = explain(hub.push(run_directory, name, *MIT))
    assert said.startswith(
        f"Error: {message.format(name=name)} The dataset {name} was created and is empty. Nothing of it shows"
        " on the Hub yet; push again to go on where this stopped.\n"
    )
    assert set(hub.server.dataset(name).head().files) == {".gitattributes"}
    assert hub.server.faults[0].times == 94
    hub.server.faults.clear()
    assert hub.push(run_directory, name, *MIT).returncode == 0


@pytest.mark.parametrize(("way", "status"), [(signal.SIGKILL, None), (signal.SIGINT, 200)])
def test_an_interrupted_push_goes_on_where_it_stopped(hub, run_directory, name, way, status):
    """What is on its way at a kill does not arrive; after Ctrl-C it does."""
    split_into_shards(run_directory, 6)
    is_stopped = threading.Event()
    held_up = {"after": 4, "times": 100, "then": lambda _: is_stopped.wait(PATIENCE)}
    hub.server.faults = [Fault("take_large_file", status, **held_up)]
    push = hub.start_push(run_directory, name, *MIT)
    wait_until(lambda: len(hub.server.requests("PUT")) >= 4 or push.poll() is not None)
    push.send_signal(way)
    is_stopped.set()
    _, said = push.communicate(timeout=PATIENCE)
    wait_until(lambda: not hub.server.in_flight)
    uploaded = hub.server.requests("PUT")
    assert len(uploaded) >= 4, said  # Ctrl-C waits for those in flight
    if way == signal.SIGINT:
        assert push.returncode == 130
        assert f"Error: Stopped. The dataset {name} was created and is empty. Nothing of it shows" in said
    assert set(hub.server.dataset(name).head().files) == {".gitattributes"}

    hub.server.faults.clear()
    hub.server.log.clear()
    done = hub.push(run_directory, name, *MIT)
    assert done.returncode == 0, done.stderr
    again = hub.server.requests("PUT")
    assert again
    assert not set(again) & set(uploaded)
    count = (
        f"from datasets import load_dataset\nprint(len(load_dataset({name!r}, 'accepted', split='train')))"
    )
    assert hub.python(count) == "22\n"
