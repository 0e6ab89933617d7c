"""A real Argilla server for all tests of this folder, and a team that answers as people do."""

import json
from dataclasses import dataclass

import httpx
import pytest

from sysgen_distilabel.review.argilla_client import open_dataset
from sysgen_distilabel.review.review_target import Target
from sysgen_distilabel.review.serve_argilla import local_argilla
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import run
from tests.commands import ROOT
from tests.patience import PATIENCE

ENVIRONMENT = ROOT / ".venv-argilla"
TEAM = ("first", "second", "third")
LLM = "tests.services.argilla.doubles.AstralLLM"


@pytest.fixture(scope="session")
def argilla(tmp_path_factory):
    """The server with an owner and three annotators."""
    data = tmp_path_factory.mktemp("argilla")
    with local_argilla(data, port=None, reviewers=TEAM, environment=ENVIRONMENT) as server:
        yield server


@pytest.fixture
def target(argilla, request):
    """A dataset of the test's own."""
    name = request.node.name.partition("[")[0]
    return Target(argilla.url, "review", name, argilla.accounts.owner.api_key)


@pytest.fixture
def team(argilla):
    """The annotators by name."""
    return {user.username: Annotator(argilla.url, user) for user in argilla.accounts.users}


@dataclass
class Annotator:
    """Answers records over the server's API, as the page does."""

    url: str
    user: object

    def answer(self, record, status="submitted", **values):
        """Submit an answer to a record as `records_of` gives it."""
        response = httpx.post(
            f"{self.url}/api/v1/records/{record['id']}/responses",
            headers={"X-Argilla-Api-Key": self.user.api_key},
            timeout=PATIENCE,
            json={"status": status, "values": {name: {"value": value} for name, value in values.items()}},
        )
        assert response.status_code == 201, response.text

    def queue(self, dataset_id):
        """The records as the page brings them up."""
        response = httpx.post(
            f"{self.url}/api/v1/me/datasets/{dataset_id}/records/search",
            headers={"X-Argilla-Api-Key": self.user.api_key},
            timeout=PATIENCE,
            params={"limit": 1000},
            json={},
        )
        return [item["record"] for item in response.raise_for_status().json()["items"]]


def records_of(target):
    """The records of a dataset by the row they stand for, the newest version of each."""
    dataset = open_dataset(target, create=False)
    questions = {str(question.id): question.name for question in dataset.settings.questions}
    records = {}
    for record in every_record(target, dataset):
        record["suggested"] = {questions[one["question_id"]]: one for one in record["suggestions"]}
        if record["metadata"]["state"] != "superseded":
            records[record["metadata"]["source_id"]] = record
    return records


def every_record(target, dataset=None):
    """All records of a dataset as the server has them."""
    dataset = dataset or open_dataset(target, create=False)
    response = httpx.get(
        f"{target.api_url}/api/v1/datasets/{dataset.id}/records",
        headers={"X-Argilla-Api-Key": target.api_key},
        timeout=PATIENCE,
        params={"limit": 1000, "include": ["suggestions", "responses"]},
    )
    return response.raise_for_status().json()["items"]


def suggested_spans(record, question="phrases"):
    """The model's marks."""
    return [
        {key: span[key] for key in ("start", "end", "label")}
        for span in record["suggested"][question]["value"]
    ]


def write_rows(path, number, changed=()):
    """Rows with an astral character each; those of `changed` ask something else."""
    rows = [
        {
            "id": f"row-{n:03d}",
            "question": f"{'Compare' if n in changed else 'Explain'} the number {n} \U0001f600 to me.",
            "answer": f"{n} is the number after {n - 1}.",
        }
        for n in range(number)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def make_run(folder, number, changed=()):
    """A finished run of an engine that writes emoji."""
    folder.mkdir(exist_ok=True)
    source = write_rows(folder / "rows.jsonl", number, changed)
    return run(RunConfig(input=str(source), llm=LLM), folder / "run").directory
