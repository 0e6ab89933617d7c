"""Pushing to a real server: nothing twice, no answer touched, what is old is gone, errors are one line."""

import contextlib
import dataclasses

import httpx
import pytest
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts

from sysgen_distilabel.errors import ReviewError
from sysgen_distilabel.review.argilla_client import explained, open_dataset
from sysgen_distilabel.review.argilla_records import Suggestion, make_record
from sysgen_distilabel.review.push_records import Pusher
from sysgen_distilabel.review.queue_order import Risk
from sysgen_distilabel.review.selection import make_records, select_rows
from sysgen_distilabel.review.sysgen_to_argilla import SysGenToArgilla
from tests.commands import read_dataset, sysgen
from tests.services.argilla.conftest import every_record, make_run, records_of, suggested_spans
from tests.services.argilla.doubles import SMILE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("argilla")]

ROWS = 40


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("first"), ROWS)


def push(run, target, order="risk", sample=None, **settings):
    """Push as the command does."""
    dataset = open_dataset(target, **settings)
    selection = select_rows(run, order, sample)
    with explained(target):
        pusher = Pusher(dataset)
        pusher.push(make_records(run, selection))
        return pusher.retire(selection.current)


def test_pushing_again_and_after_a_rerun(finished, target, team, tmp_path):
    pushed = push(finished, target)
    assert (pushed.added, pushed.refused) == (ROWS, {})
    records = records_of(target)
    for n in range(5):
        record = records[f"row-{n:03d}"]
        team["first"].answer(record, phrases=suggested_spans(record), preferred_response="aligned")
    again = push(finished, target)
    assert (again.added, again.updated, again.unchanged) == (0, 0, ROWS)
    assert sum(len(record["responses"]) for record in every_record(target)) == 5

    changed = range(15)  # five of them are answered
    rerun = make_run(tmp_path / "rerun", ROWS, changed)
    result = push(rerun, target)
    assert (result.added, result.unchanged, result.removed, result.superseded) == (15, 25, 10, 5)
    everything, newest = every_record(target), records_of(target)
    assert len(newest) == ROWS and len(everything) == ROWS + 5
    for n in range(ROWS):
        record = newest[f"row-{n:03d}"]
        assert record["metadata"]["state"] == ("changed" if n in changed else "new")
        text = record["fields"]["system_message"]
        assert all(span["end"] <= len(text) for span in suggested_spans(record))
    for record in everything:
        if record["metadata"]["state"] == "superseded":
            assert [answer["values"]["preferred_response"]["value"] for answer in record["responses"]] == [
                "aligned"
            ]
    assert push(rerun, target).unchanged == ROWS


def test_a_record_says_all_there_is_to_judge(finished, target):
    push(finished, target, sample=10)
    records = records_of(target)
    assert len(records) == 10
    rows = {row["source_id"]: row for row in read_dataset(finished.path)["accepted"]}
    for source_id, record in records.items():
        row, text = rows[source_id], record["fields"]["system_message"]
        phrases = [phrase["text"] for phrase in row["phrases"]]
        original = record["fields"]["system_message_unmasked"]
        assert original == " ".join(phrases) and SMILE in original
        assert len(text) == len(original) and max(text) < "\U00010000"
        marked = [original[span["start"] : span["end"]] for span in suggested_spans(record)]
        assert marked == phrases
        assert [span["label"] for span in suggested_spans(record, "verdicts")] == [
            phrase["verdict"] for phrase in row["phrases"]
        ]
        assert record["suggested"]["phrases"]["agent"] == row["model_name"]
        assert record["suggested"]["phrases"]["score"] == [1.0] * len(phrases)
        assert record["fields"]["response_aligned"] == row["aligned_messages"][-1]["content"]
        assert record["fields"]["conversation"] == [dict(row["messages"][0])]
        assert record["metadata"]["n_phrases"] == len(phrases)


def test_stale_suggestions_go_when_texts_stay(finished, target):
    row = read_dataset(finished.path)["accepted"][0]
    for_judging = make_record(row, Risk(0.5, ()), 0.5)
    unverified = dataclasses.replace(for_judging, suggestions=for_judging.suggestions[:1])
    assert Pusher(open_dataset(target)).push([for_judging]).added == 1
    assert Pusher(open_dataset(target)).push([unverified]).updated == 1
    (record,) = records_of(target).values()
    assert set(record["suggested"]) == {"phrases"} and record["metadata"]["state"] == "changed"


def test_an_interrupted_push_goes_on(finished, target):
    selection = select_rows(finished, "risk", 6)

    def broken_off():
        for number, record in enumerate(make_records(finished, selection)):
            if number == 4:
                raise KeyboardInterrupt
            yield record

    dataset = open_dataset(target)
    pusher = Pusher(dataset, records_per_batch=2)
    with pytest.raises(KeyboardInterrupt):
        pusher.push(broken_off())
    rest = Pusher(dataset).push(make_records(finished, selection))
    assert (rest.added, rest.unchanged) == (2, 4)


def test_a_refused_record_is_named_and_the_others_go_in(finished, target):
    rows = read_dataset(finished.path)["accepted"][:6]
    records = [make_record(row, Risk(0.5, ()), 0.5) for row in rows]
    beyond = Suggestion("phrases", [{"start": 0, "end": 10_000, "label": "Role"}], "model", [1.0])
    records[3] = dataclasses.replace(records[3], suggestions=(beyond,))
    pushed = Pusher(open_dataset(target)).push(records)
    assert pushed.added == 5 and list(pushed.refused) == [rows[3]["source_id"]]
    assert "`end` must have a value lower" in pushed.refused[rows[3]["source_id"]]


def test_the_queue_begins_with_the_greatest_risk(finished, target, team):
    push(finished, target)
    dataset = open_dataset(target, create=False)
    pages = team["first"].queue(dataset.id)
    priorities = [round(record["metadata"]["priority"], 1) for record in pages]
    assert len(priorities) == ROWS and priorities == sorted(priorities, reverse=True)
    assert len(set(priorities)) > 1
    assert [record["id"] for record in pages] != [record["id"] for record in team["second"].queue(dataset.id)]


def test_searching_and_filtering(finished, target, team):
    import argilla as rg

    push(finished, target)
    dataset, records = open_dataset(target, create=False), records_of(target)
    team["first"].answer(records["row-000"], phrases=[], preferred_response="tie")

    def count(query=None, *conditions):
        return len(list(dataset.records(rg.Query(query=query, filter=list(conditions) or None))))

    bad = sum("Bad" in record["metadata"]["verdict_kinds"] for record in records.values())
    assert 0 < bad < ROWS and count(None, ("metadata.verdict_kinds", "==", "Bad")) == bad
    assert (
        count(None, ("metadata.verdict_kinds", "in", ["Good", "Bad"]), ("metadata.n_phrases", "<=", 100))
        == ROWS
    )
    assert count(None, ("metadata.n_phrases", "<=", 0)) == 0
    assert count('"number 7"') == 1 and count("number 7 -explain") == 0 and count("numb* | zebra") == ROWS
    assert count("zebra") == 0
    assert count(None, ("phrases.agent", "==", "simulated")) == ROWS
    assert (
        count(None, ("response.status", "==", "submitted"))
        == 1
        == count(None, ("preferred_response.response", "==", "tie"))
    )
    assert count(None, ("status", "==", "completed")) == 1
    assert dataset.progress()["completed"] == 1


@pytest.mark.usefixtures("stock_distilabel")
def test_the_step_pushes_from_a_pipeline_and_again(finished, target, argilla):
    rows = read_dataset(finished.path)["accepted"][:7]
    for _ in range(2):
        with Pipeline(name="to-argilla") as pipeline:
            load = LoadDataFromDicts(data=rows, batch_size=3)
            review = SysGenToArgilla(
                dataset_name=target.dataset,
                dataset_workspace=target.workspace,
                api_url=target.api_url,
                api_key=target.api_key,
                input_batch_size=3,
            )
            load >> review
        distiset = pipeline.run(use_cache=False)
    assert len(distiset["default"]["train"]) == 7
    assert sorted(records_of(target)) == sorted(row["source_id"] for row in rows)
    guidelines = open_dataset(target, create=False).guidelines
    assert guidelines.startswith("> **Simulated.**") and guidelines.count("**Simulated.**") == 1


def test_a_dataset_that_is_there_gets_the_notice(target):
    written = open_dataset(target).guidelines
    open_dataset(target, notice="A toy wrote this.")
    assert open_dataset(target).guidelines == f"> **Simulated.** A toy wrote this.\n\n{written}"


def test_every_trouble_is_one_line(finished, target, argilla):
    def line(**settings):
        with pytest.raises(ReviewError) as caught:
            open_dataset(dataclasses.replace(target, **settings))
        assert target.api_key not in str(caught.value)
        return caught.value.message

    assert line(api_url="http://127.0.0.1:9") == "Nothing answers at http://127.0.0.1:9."
    assert line(api_key="wrong") == f"The Argilla at {target.api_url} does not know the API key."
    assert line(workspace="nowhere") == f"There is no workspace 'nowhere' in the Argilla at {target.api_url}."
    annotator = argilla.accounts.users[1].api_key
    assert "does not let the owner of this key do that" in line(api_key=annotator)
    with pytest.raises(ReviewError, match=r"There is no dataset 'test_every_trouble_is_one_line'"):
        open_dataset(target, create=False)


def test_a_dataset_with_other_settings_is_left_alone(target):
    import argilla as rg

    client = rg.Argilla(api_url=target.api_url, api_key=target.api_key)
    settings = rg.Settings(
        fields=[rg.TextField(name="system_message"), rg.TextField(name="extra")],
        questions=[rg.LabelQuestion(name="phrases", labels=["a", "b"])],
    )
    rg.Dataset(target.dataset, target.workspace, settings, client).create()
    with pytest.raises(ReviewError) as caught:
        open_dataset(target)
    assert caught.value.message.startswith(f"The dataset '{target.dataset}' is there with other settings: ")
    assert "no field 'system_message_verify'" in caught.value.message
    mine = dataclasses.replace(target, dataset=f"{target.dataset}-2")
    open_dataset(mine, min_submitted=2)
    with pytest.raises(ReviewError, match=r"--min-submitted 2 instead of 3"):
        open_dataset(mine, min_submitted=3)
    open_dataset(mine)


def test_the_command(finished, target, argilla):
    keys = {"ARGILLA_API_URL": target.api_url, "ARGILLA_API_KEY": target.api_key}
    arguments = ("--dataset", target.dataset, "--workspace", target.workspace, "--sample", 3)
    process = sysgen("review", "push", finished.path, *arguments, **keys)
    assert process.returncode == 0 and process.stdout.startswith("3 added, 0 updated, 0 unchanged"), (
        process.stderr
    )
    assert f"{target.api_url}/dataset/" in process.stdout
    process = sysgen("review", "push", finished.path, "--sample", 4, **keys)  # it knows where to
    assert process.stdout.startswith("1 added, 0 updated, 3 unchanged"), process.stderr
    failed = sysgen("review", "push", finished.path, **{**keys, "ARGILLA_API_KEY": "wrong"})
    assert failed.returncode == 8 and "does not know the API key" in failed.stderr
    assert "Traceback" not in failed.stderr and target.api_key not in failed.stderr + failed.stdout


class Killed(BaseException):
    """Ends a push as a kill does: nothing is put in order."""


@pytest.mark.parametrize("kill_at", range(1, 12))
def test_a_push_that_was_killed_while_it_made_the_dataset_is_repeated(target, monkeypatch, kill_at):
    mine = dataclasses.replace(target, dataset=f"{target.dataset}-{kill_at}")
    send, sent = httpx.Client.send, []

    def kill(client, request, **options):
        response = send(client, request, **options)
        if request.method != "GET":
            sent.append(request)
            if len(sent) == kill_at:
                raise Killed
        return response

    with monkeypatch.context() as patched, contextlib.suppress(Killed):
        patched.setattr(httpx.Client, "send", kill)
        open_dataset(mine)
    dataset = open_dataset(mine)
    assert dataset._model.status == "ready" and {
        question.name for question in dataset.settings.questions
    } >= {"phrases"}
