"""Answers come back: corrected rows, figures as worked out by hand, and a dataset made anew with them."""

import json

import pytest
from datasets import load_dataset

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.replies.composition import compose_phrases
from sysgen_distilabel.review.argilla_client import open_dataset
from sysgen_distilabel.review.pull_answers import pull_review, read_review
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import run
from tests.commands import read_dataset, sysgen
from tests.services.argilla.conftest import LLM, make_run, records_of, suggested_spans
from tests.services.argilla.test_push import push

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("argilla")]

ROWS = 20


@pytest.fixture
def finished(tmp_path):
    return make_run(tmp_path, ROWS)


def with_verdict(record, place, verdict):
    spans = suggested_spans(record, "verdicts")
    return [{**span, "label": verdict} if n == place else span for n, span in enumerate(spans)]


def pull(run_, target):
    return pull_review(open_dataset(target, create=False), run_)


def config(run_):
    return RunConfig(input=str(run_.path.parent / "rows.jsonl"), llm=LLM)


def count_calls(run_):
    return len(list(Store.open_read(run_.calls).records()))


def test_three_people_disagree_as_told(finished, target, team, tmp_path):
    push(finished, target)
    assert pull(finished, target).figures["answers"] == 0
    records = records_of(target)
    verdicts = {"first": "Good", "second": "Good", "third": "Bad"}
    names = ("row-000", "row-001")
    for source_id in names:
        record = records[source_id]
        for name, verdict in verdicts.items():
            judged = [{**span, "label": "None"} for span in suggested_spans(record, "verdicts")]
            judged[0]["label"] = verdict  # all phrases are None to everybody, but for the first
            team[name].answer(
                record,
                phrases=suggested_spans(record),
                verdicts=judged,
                preferred_response="original" if name == "third" else "aligned",
                comment="no" if name == "third" else "",
            )
    team["first"].answer(records["row-002"], status="draft", phrases=[])
    figures = pull(finished, target).figures
    assert (figures["records"], figures["answers"], figures["annotators"]) == (2, 6, 3)
    assert figures["preferred_response"] == {"aligned": 4, "original": 2} and figures["comments"] == 2

    phrases = sum(records[name]["metadata"]["n_phrases"] for name in names)
    n = 3 * phrases  # pairs that differ: of each first phrase G-B, B-G twice, so 4 ordered pairs of 1/2
    observed = 2 * 4 * 0.5 / n
    counts = {"Good": 4, "Bad": 2, "None": n - 6}
    expected = (n * n - sum(count * count for count in counts.values())) / (n * (n - 1))
    assert figures["agreement"]["verdicts"] == {
        "units": phrases,
        "alpha": pytest.approx(1 - observed / expected),
    }
    assert figures["agreement"]["functionalities"]["alpha"] == 1.0
    # Twice {aligned, aligned, original}: observed 2*2/6, expected 2*4*2/(6*5).
    assert figures["agreement"]["preferred_response"]["alpha"] == pytest.approx(1 - (4 / 6) / (16 / 30))
    for functionality, judged in figures["verifier"]["functionalities"].items():
        equal = sum(
            {"None": "None", 0: verdict}[0 if place == 0 else "None"] == span["label"]
            for name in names
            for place, span in enumerate(suggested_spans(records[name], "verdicts"))
            for verdict in verdicts.values()
            if suggested_spans(records[name])[place]["label"] == functionality
        )
        assert judged["equal"] == equal

    rows = read_review(finished)
    people = {name for row in rows for name in row["annotators"]}
    assert len(people) == 3 and all(name.startswith("annotator-") for name in people)
    assert not {user.username for user in (one.user for one in team.values())} & people
    assert all(row["is_current"] and row["is_corrected"] for row in rows)
    assert rows[0]["system_message"] == compose_phrases(rows[0]["phrases"][:1], "paragraph")
    assert "\U0001f600" in rows[0]["system_message"]

    page = (finished.path / "report.html").read_text(encoding="utf-8")
    assert finished.read_report()["review"] == figures
    reloaded = load_dataset(str(finished.dataset), "review", split="train", cache_dir=tmp_path / "cache")
    assert reloaded["source_id"][:] == list(names) and "annotators" in reloaded.column_names
    assert "3 people have answered 2 records" in page and "Krippendorff" in page


def test_corrections_are_applied_and_only_their_answers_asked_anew(finished, target, team):
    with pytest.raises(RunError, match="no review"):
        run(config(finished), finished.path, apply_review=True)
    before = {row["source_id"]: row for row in read_dataset(finished.path)["accepted"]}
    push(finished, target)
    records = records_of(target)
    first, answered = team["first"], sorted(records)[:5]
    kept, dropped, retagged, shortened, emptied = (records[name] for name in answered)
    first.answer(kept, phrases=suggested_spans(kept), verdicts=suggested_spans(kept, "verdicts"))
    first_good = next(n for n, s in enumerate(suggested_spans(dropped, "verdicts")) if s["label"] == "Good")
    first.answer(dropped, phrases=suggested_spans(dropped), verdicts=with_verdict(dropped, first_good, "Bad"))
    last = [*suggested_spans(retagged)[:-1], {**suggested_spans(retagged)[-1], "label": "Role"}]
    first.answer(retagged, phrases=last)
    cut = [{**suggested_spans(shortened)[0], "start": 2}, *suggested_spans(shortened)[1:]]
    first.answer(shortened, phrases=cut)
    judged = [{**span, "label": "None"} for span in suggested_spans(emptied, "verdicts")]
    first.answer(emptied, phrases=suggested_spans(emptied), verdicts=judged)
    pulled = pull(finished, target)
    assert {row["source_id"]: row["is_corrected"] for row in pulled.rows} == dict(
        zip(answered, (False, True, True, True, True), strict=True)
    )

    calls = count_calls(finished)
    result = run(config(finished), finished.path, apply_review=True)
    assert not result.was_finished and result.accounts.rows == ROWS
    after = {row["source_id"]: row for row in read_dataset(finished.path)["accepted"]}
    assert set(before) - set(after) == {answered[4]}
    (rejected,) = [row for row in read_dataset(finished.path)["rejected"] if row["source_id"] == answered[4]]
    assert rejected["outcome"] == "every_phrase_rejected"
    changed = {name for name in after if after[name]["system_message"] != before[name]["system_message"]}
    # Another tag leaves the text of a row with two phrases as it is.
    assert changed == {answered[1], answered[3]}
    assert count_calls(finished) - calls == len(changed), "one answer for each changed system message"
    for name in changed:
        assert after[name]["aligned_messages"][0]["content"] == after[name]["system_message"]
    assert after[answered[3]]["system_message"] == before[answered[3]]["system_message"][2:]
    assert [p["functionality"] for p in after[answered[2]]["phrases"]].count("Role") == 2
    corrected = set(answered[1:])
    assert {name: row for name, row in after.items() if name not in corrected} == {
        name: row for name, row in before.items() if name not in corrected
    }

    assert len(read_review(finished)) == 5, "the subset stays"
    assert finished.read_report()["review"]["records"] == 5
    again = run(config(finished), finished.path, apply_review=True)
    assert again.was_finished and count_calls(finished) - calls == len(changed)

    pushed = push(finished, target)  # the team sees what became of it
    assert (pushed.added, pushed.superseded, pushed.removed) == (4, 4, 0)
    states = [record["metadata"]["state"] for record in records_of(target).values()]
    assert states.count("changed") == 4
    assert pull(finished, target).figures["superseded"] == 4
    assert run(config(finished), finished.path, apply_review=True).was_finished
    resumed = run(config(finished), finished.path)
    assert resumed.was_finished and len(read_dataset(finished.path)["accepted"]) == ROWS - 1


def test_the_commands(finished, target, team, tmp_path):
    keys = {"ARGILLA_API_URL": target.api_url, "ARGILLA_API_KEY": target.api_key}
    nowhere = sysgen("review", "pull", finished.path, **keys)
    assert nowhere.returncode == 2 and "No dataset is given." in nowhere.stderr
    names = ("--dataset", target.dataset, "--workspace", target.workspace)
    assert sysgen("review", "push", finished.path, *names, **keys).returncode == 0
    record = records_of(target)["row-000"]
    team["second"].answer(record, phrases=suggested_spans(record), verdicts=with_verdict(record, 0, "None"))
    process = sysgen("review", "pull", finished.path, **keys)
    assert process.returncode == 0, process.stderr
    assert "1 person has answered 1 record" in process.stdout and "as the verifier" in process.stdout
    assert "with --apply-review" in process.stdout
    assert json.loads(finished.report_file.read_text())["review"]["corrected"] == 1
    again = ("run", tmp_path / "rows.jsonl", "-o", finished.path, "--llm", LLM, "--apply-review", "-q")
    process = sysgen(*again)
    assert process.returncode == 0, process.stderr
    assert "Corrected by people: 1 row." in process.stderr
    process = sysgen(*again)
    assert process.returncode == 0 and "finished already" in process.stderr
