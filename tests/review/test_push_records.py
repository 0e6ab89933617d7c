"""A push against a server in memory: what becomes of earlier versions of rows while people work."""

import pytest

from sysgen_distilabel.review.argilla_records import make_record, record_id
from sysgen_distilabel.review.push_records import Pusher
from sysgen_distilabel.review.queue_order import Risk
from tests.argilla_double import ArgillaDouble


def row(source_id, text):
    return {
        "source_id": source_id,
        "messages": [{"role": "user", "content": "One?"}, {"role": "assistant", "content": "Yes."}],
        "phrases": [{"functionality": "Role", "text": text, "verdict": "Good"}],
        "system_message": text,
        "outcome": "accepted",
        "model_name": "org/writer",
    }


def records(*rows):
    return [make_record(row, Risk(0.5, ()), 0.5) for row in rows]


@pytest.fixture
def argilla():
    return ArgillaDouble()


def states(argilla, source_id):
    return {one["external_id"]: one["metadata"]["state"] for one in argilla.by_row(source_id)}


def test_an_answer_given_during_the_push_is_kept(argilla):
    before = [row(name, "You teach.") for name in ("a", "b", "c")]
    after = [row(name, "You advise.") for name in ("a", "b", "c")]
    Pusher(argilla.dataset).push(records(*before))
    pusher = Pusher(argilla.dataset)
    pusher.push(records(*after))
    (answered,) = [one for one in argilla.by_row("a") if one["external_id"] == record_id(before[0])]
    argilla.answer(answered)
    del argilla.records[f"server-{record_id(before[2])}"]  # by somebody on the page
    pushed = pusher.retire({one["source_id"]: {record_id(one)} for one in after})
    assert pushed.superseded == 1
    assert states(argilla, "a") == {record_id(before[0]): "superseded", record_id(after[0]): "changed"}
    assert answered["responses"]
    for old, new in zip(before[1:], after[1:], strict=True):
        assert states(argilla, old["source_id"]) == {record_id(new): "changed"}
