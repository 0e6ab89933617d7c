"""A run that measures lift with the server that has answered, and the margin of its pairs."""

from __future__ import annotations

import json

import pytest

from sysgen_distilabel.chat_templates import render_template
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.steps import LoadPairs, SelectPreferencePairs
from sysgen_distilabel.workflows.run import run
from tests.commands import read_dataset, simulated_answer, write_rows
from tests.endpoint_server import NATIVE, EndpointServer, told


def behave(messages, count):
    """Letters are tokens; a system message makes those of new answers a nat likelier, of others half."""

    def act(exchange):
        if "prompt_logprobs" not in exchange.request_body:
            told(simulated_answer(messages))(exchange)
            return
        gain = 0.5 if "original" in messages[-1]["content"] else 1.0
        value = -2.0 + gain * (messages[0]["role"] == "system")
        text = render_template(NATIVE, messages)
        completion = exchange.completion("x")
        entries = [{str(ord(letter)): {"logprob": value}} for letter in text]
        exchange.send_json({**completion, "prompt_logprobs": [None, *entries[1:]]})

    return act


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    place = tmp_path_factory.mktemp("lift")
    lines = [
        {
            "messages": [
                {"role": "user", "content": f"Say {n}."},
                {"role": "assistant", "content": f"original {n}"},
            ]
        }
        for n in range(6)
    ]
    (place / "rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    with EndpointServer(behave) as server:
        config = RunConfig(
            input=str(place / "rows.jsonl"), model="m", base_url=server.base_url, measure_lift=1.0
        )
        run(config, place / "out")
    return place / "out"


@pytest.mark.slow  # a run through all phases
def test_rows_report_and_card_have_the_lift(finished):
    rows = read_dataset(finished)["accepted"]
    whole = [entry for row in rows for entry in row["lift"] if not entry["phrase"]]
    assert len(whole) == len(rows) > 0
    assert {(round(entry["aligned"], 6), round(entry["original"], 6)) for entry in whole} == {(1.0, 0.5)}
    assert {round(row["margin"], 6) for row in rows} == {0.5}
    figures = json.loads((finished / "report.json").read_text())["lift"]
    assert (figures["aligned"]["mean"], figures["aligned"]["number"]) == (1.0, len(rows))
    assert figures["margin"]["mean"] == 0.5
    said = f"1.000 nats per token in the mean of {len(rows)} accepted rows"
    assert said in (finished / "report.html").read_text()
    assert said in (finished / "dataset" / "README.md").read_text()


@pytest.mark.slow
def test_pairs_have_the_margin_of_their_row(finished):
    load = LoadPairs(dataset=str(finished / "dataset"))
    load.load()
    pairs = [row for rows, _ in load.process() for row in rows]
    margins = {(row["pair_kind"], row["margin"] and round(row["margin"], 6)) for row in pairs}
    assert margins == {("original", 0.5), ("contrastive", None)}


USER = {"role": "user", "content": "What is a hash table?"}
PAIR = {
    "aligned_messages": [
        {"role": "system", "content": "Be brief."},
        USER,
        {"role": "assistant", "content": "B."},
    ],
    "rejected_messages": [USER, {"role": "assistant", "content": "Well."}],
    "pair_judgements": [{"question": "system_message", "verdict": "aligned"}],
    "alignment_judgements": [{"response": "aligned", "functionality": "Overall", "verdict": "aligned"}],
    "outcome": "accepted",
}


@pytest.mark.parametrize(
    ("margin", "outcome"),
    [
        ({"margin": 0.1}, "low_lift"),
        ({"margin": 0.3}, "accepted"),
        ({"margin": None}, "accepted"),
        ({}, "accepted"),
    ],
)
def test_a_pair_below_the_margin_asked_for_is_left_out(margin, outcome):
    step = SelectPreferencePairs(min_margin=0.2)
    step.load()
    (done,) = next(step.process([{**PAIR, **margin}]))
    assert done["outcome"] == outcome
    assert ("margin 0.100" in done["outcome_detail"]) == (outcome == "low_lift")


def test_a_server_that_tells_no_likelihoods_is_named_before_the_first_row(tmp_path):
    write_rows(tmp_path / "rows.jsonl", 2)
    with EndpointServer(lambda messages, count: told(simulated_answer(messages))) as server:
        config = RunConfig(
            input=str(tmp_path / "rows.jsonl"), model="m", base_url=server.base_url, measure_lift=0.5
        )
        with pytest.raises(ConfigError, match="does not say how likely a prompt is"):
            run(config, tmp_path / "out")
