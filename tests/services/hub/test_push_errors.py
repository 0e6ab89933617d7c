"""Whatever is wrong is one clear message, and nothing is half-published."""

import json
import re
import shutil
import socket

import pytest

from tests.commands import write_rows
from tests.services.hub.card_rules import find_errors
from tests.services.hub.conftest import READER, STRANGER, explain
from tests.services.hub.server import Fault
from tests.services.hub.state import Blob

pytestmark = pytest.mark.slow

MIT = ("--license", "mit")


@pytest.fixture(scope="module")
def run_directory(finished_run, tmp_path_factory):
    """A copy of the run; pushes that fail leave it as it is."""
    return shutil.copytree(finished_run, tmp_path_factory.mktemp("errors") / "run")


def test_tokens_and_rights(hub, run_directory, name):
    cases = {
        "hf_wrong": "Error: The Hub does not accept the token. Nothing was published.\nLog in with `hf auth",
        "": "Error: There is no token for the Hub. Nothing was published.\nLog in with `hf auth login`",
        STRANGER: f"Error: This token has no right to write to {name}. Nothing was published.\nUse a token",
        READER: f"Error: This token has no right to write to {name}. Nothing was published.\nUse a token",
    }
    for token, message in cases.items():
        assert explain(hub.push(run_directory, name, *MIT, token=token)).startswith(message)
    assert ("dataset", name) not in hub.server.repositories


@pytest.mark.parametrize("repo_id", ["name", "a/b/c", "acme/a..b", "acme/-a", "acme/" + "a" * 100, "acme/ü"])
def test_a_bad_repo_id(hub, run_directory, repo_id):
    message = explain(hub.push(run_directory, repo_id, *MIT))
    assert message.startswith(f"Error: '{repo_id}' is no repo id.\nWrite ORG/NAME")
    assert not hub.server.log


def test_a_name_that_is_taken(hub, run_directory, name):
    repository = hub.server.add_repository(name, {"README.md": b"# Another\n", "data.csv": b"a\n1\n"})
    message = explain(hub.push(run_directory, name, *MIT))
    assert message.startswith(f"Error: {name} is taken: it holds a dataset that `sysgen push` did not write.")
    assert len(repository.commits) == 1


def test_an_empty_dataset_with_a_card_is_not_taken(hub, run_directory, name):
    hub.server.add_repository(name, {"README.md": b"---\nlicense: mit\nviewer: false\n---\n# My title\n"})
    done = hub.push(run_directory, name)
    assert done.returncode == 0, done.stderr
    card = hub.file(name, "README.md").decode()
    assert card.startswith("---\nlicense: mit\nviewer: false\n")
    assert card.index("# My title") < card.index("<!-- sysgen:begin")
    assert find_errors(card) == []


def test_private_cannot_hold_for_a_public_dataset(hub, run_directory, name):
    hub.server.add_repository(name, {})
    message = explain(hub.push(run_directory, name, *MIT, "--private"))
    assert message.startswith(f"Error: {name} exists and is public, so --private cannot hold.")


def test_the_licence_has_to_be_named(hub, run_directory, name):
    message = explain(hub.push(run_directory, name))
    assert message == (
        "Error: The licence of the source data is not known.\n"
        "Name the licence with --license, such as --license cc-by-4.0.\n"
    )


def test_metadata_that_the_hub_refuses(hub, run_directory, name):
    message = explain(hub.push(run_directory, name, "--license", "my-own"))
    assert message.startswith('Error: The Hub refuses the card: "license" must be one of [apache-2.0, mit,')
    assert "Nothing was published." in message
    message = explain(hub.push(run_directory, name, *MIT, "--language", "English"))
    assert 'Error: The Hub refuses the card: "language[0]" must only contain lowercase' in message
    assert ("dataset", name) not in hub.server.repositories


def test_a_card_whose_marks_are_broken(hub, run_directory, name):
    assert hub.push(run_directory, name, *MIT).returncode == 0
    repository = hub.server.dataset(name)
    card = hub.file(name, "README.md").replace(b"<!-- sysgen:end -->", b"")
    files = {**repository.head().files, "README.md": Blob(card)}
    head = repository.commit("refs/heads/main", files, "by hand", "tester", parent=repository.head().oid)
    message = explain(hub.push(run_directory, name))
    assert message.startswith("Error: The card on the Hub has lost a mark of the section")
    assert repository.head() is head


def test_no_network_and_a_hub_that_is_switched_off(hub, run_directory, name):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    message = explain(hub.push_with(run_directory, name, *MIT, HF_ENDPOINT=address))
    assert message.startswith(
        f"Error: {address} cannot be reached. Nothing was published.\nCheck the network"
    )
    message = explain(hub.push_with(run_directory, name, *MIT, HF_HUB_OFFLINE="1"))
    assert message == "Error: The Hub is switched off. Nothing was published.\nUnset HF_HUB_OFFLINE.\n"


def test_what_is_no_finished_run_or_has_nothing_to_publish(hub, run_directory, tmp_path, name):
    message = explain(hub.push(tmp_path / "nothing", name, *MIT), code=4)
    assert message.startswith(f"Error: There is no finished run in {tmp_path}/nothing.")
    message = explain(hub.push(run_directory, name, *MIT, "--subset", "reviewed"))
    assert message.startswith("Error: There is no subset 'reviewed'.\nSubsets are accepted, rejected, review")
    message = explain(hub.push(run_directory, name, *MIT, "--subset", "review"))
    assert message.startswith(f"Error: The run in {run_directory} has no subset 'review'.\nIt has accepted")
    message = explain(hub.push(run_directory, name, *MIT, "--subset", "rejected"))
    assert message.startswith(f"Error: The run in {run_directory} has no accepted row to publish.")


def test_the_scan_reports_before_anything_is_uploaded(hub, run_directory, name):
    done = hub.push(run_directory, name, *MIT, "--scan")
    said = (
        r"Error: 1 of 23 rows scanned may have something personal or secret in a system message or a"
        r" comment: e-mail address 1\.\n"
        r"Look at those rows; push without --scan to publish them as they are\.\n"
    )
    assert re.fullmatch(said, explain(done))
    assert "accepted row-00003: e-mail address ann…" in done.stderr
    assert ("dataset", name) not in hub.server.repositories


def test_the_licence_of_the_source_is_taken_or_contradicted(hub, tmp_path, name):
    rows = write_rows(tmp_path / "rows.jsonl", 3).read_bytes()
    hub.server.add_repository(
        f"{name}-a", {"rows.jsonl": rows, "README.md": b"---\nlicense: cc-by-nc-4.0\n---\n"}
    )
    hub.server.add_repository(f"{name}-b", {"rows.jsonl": rows})
    for letter in "ab":
        made = hub.sysgen(
            "run", f"hf://datasets/{name}-{letter}", "--output", tmp_path / letter,
            "--llm", "tests.services.hub.writer.WriterLLM",
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
    message = explain(hub.push(tmp_path / "a", name, *MIT))
    assert message == (
        f"Error: The licence mit contradicts that of the source {name}-a: cc-by-nc-4.0.\n"
        "If you may publish under another one, say so with --source-license cc-by-nc-4.0.\n"
    )
    message = explain(hub.push(tmp_path / "b", name))
    assert message.startswith(
        f"Error: The source {name}-b names no licence.\nName the licence with --license"
    )
    assert hub.push(tmp_path / "a", name).returncode == 0
    card = hub.file(name, "README.md").decode()
    assert f"source_datasets:\n- {name}-a\n" in card
    assert f"[{name}-a](https://huggingface.co/datasets/{name}-a) at revision" in card
    assert "whose licence is `cc-by-nc-4.0`" in card
    assert hub.push(tmp_path / "a", name, *MIT, "--source-license", "cc-by-nc-4.0").returncode == 0
    assert "published under `mit`" in hub.file(name, "README.md").decode()


def test_a_fault_does_not_pass_for_a_source_without_a_licence(hub, finished_run, tmp_path, name):
    run = shutil.copytree(finished_run, tmp_path / "run")
    provenance = json.loads((run / "provenance.json").read_text())
    provenance["input"]["location"] = f"hf://datasets/{name}-source"
    (run / "provenance.json").write_text(json.dumps(provenance))
    hub.server.add_repository(f"{name}-source", {"README.md": b"---\nlicense: cc-by-nc-4.0\n---\n"})
    hub.server.faults = [Fault("describe", 503, times=2, part="-source")]
    done = hub.push(run, name, *MIT)
    assert explain(done).startswith(f"Error: The licence mit contradicts that of the source {name}-source")
    assert "The Hub answered 503; trying again in 0 s." in done.stderr
    hub.server.faults = [Fault("describe", 429, times=100, part="-source")]
    assert explain(hub.push(run, name, *MIT)).startswith(
        f"Error: The Hub lets no more requests through for now. The licence of the source {name}-source could"
        " not be read. Nothing was published.\n"
    )
    hub.server.faults.clear()
    del hub.server.repositories["dataset", f"{name}-source"]
    message = explain(hub.push(run, name))
    assert message.startswith(f"Error: The licence of the source {name}-source is not known")
    assert hub.push(run, name, *MIT).returncode == 0
    card = hub.file(name, "README.md").decode()
    assert "whose licence is not known, as the Hub does not show it any more." in card
    assert "names no licence" not in card
