"""What the kill sweep talks to, and how it looks at what is there: a local Hub, and the real Argilla."""

import io
import json
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pyarrow.parquet as pq

ROOT = Path(__file__).parent.parent
ARGILLA = ROOT / ".venv-argilla"
REVIEWER = "first"


@contextmanager
def local_hub(folder):
    """A Hub without any repository; yields the environment of those who use it."""
    from tests.services.hub.server import LocalHub

    with LocalHub() as hub:
        _HUBS.append(hub)
        yield {
            "HF_ENDPOINT": hub.url, "HF_TOKEN": "hf_ownertoken", "HF_HOME": str(folder / "hf-home"),
            "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
        }  # fmt: skip


_HUBS = []


def count_published(name):
    """The rows of a dataset on the Hub; not to be had where one is there twice, or committed twice."""
    repository = _HUBS[-1].repositories.get(("dataset", f"acme/{name}"))
    if repository is None:
        return 0
    files = repository.head("main").files
    ids = [
        row
        for path, blob in files.items()
        if path.endswith(".parquet") and ("accepted" in path or "rejected" in path)
        for row in pq.read_table(io.BytesIO(blob.data)).column("source_id").to_pylist()
    ]
    return len(ids) if len(set(ids)) == len(ids) else -len(ids)


def count_commits(name):
    """How many commits have brought files."""
    repository = _HUBS[-1].repositories.get(("dataset", f"acme/{name}"))
    return sum(bool(commit.files) for commit in repository.commits.values()) if repository else 0


@contextmanager
def local_argilla(folder):
    """The real server with one reviewer; its accounts are in `argilla` in the folder."""
    from sysgen_distilabel.review.serve_argilla import local_argilla as serve

    with serve(folder / "argilla", port=None, reviewers=(REVIEWER,), environment=ARGILLA) as server:
        _ARGILLAS.append(server)
        yield {"ARGILLA_API_URL": server.url, "ARGILLA_API_KEY": server.accounts.owner.api_key}


_ARGILLAS = []


def _ask(path, key, body=None):
    server = _ARGILLAS[-1]
    request = urllib.request.Request(
        f"{server.url}/api/v1/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"X-Argilla-Api-Key": key, "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())


def _records(name):
    """The records of a dataset with what is suggested, by the names of the questions."""
    key = _ARGILLAS[-1].accounts.owner.api_key
    datasets = _ask("me/datasets", key)["items"]
    dataset = next((one for one in datasets if one["name"] == name), None)
    if dataset is None:
        return []
    questions = {one["id"]: one["name"] for one in _ask(f"datasets/{dataset['id']}/questions", key)["items"]}
    records = _ask(f"datasets/{dataset['id']}/records?limit=1000&include=suggestions", key)["items"]
    for record in records:
        record["suggested"] = {questions[one["question_id"]]: one["value"] for one in record["suggestions"]}
    return records


def count_records(name):
    """The rows in a dataset of Argilla; a negative number if one is there twice."""
    rows = [record["metadata"]["source_id"] for record in _records(name)]
    return len(rows) if len(set(rows)) == len(rows) else -len(rows)


def answer_some(name, number=4):
    """Have the reviewer submit what is suggested, with a comment, for the first records."""
    user = next(user for user in _ARGILLAS[-1].accounts.users if user.username == REVIEWER)
    for record in _records(name)[:number]:
        given = {"preferred_response": "aligned", "comment": "Too long.", **record["suggested"]}
        given["phrases"] = given["phrases"][:1]  # a correction: the others are no phrases
        values = {question: {"value": value} for question, value in given.items() if question != "verdicts"}
        _ask(f"records/{record['id']}/responses", user.api_key, {"status": "submitted", "values": values})
