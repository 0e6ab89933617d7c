"""Verdicts added up by hand, and judges whose bias the figures expose."""

import random

import pytest

from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.measures.alignment_figures import summarise_alignment
from sysgen_distilabel.measures.intervals import Estimate, estimate_mean, estimate_share
from sysgen_distilabel.measures.pair_figures import summarise_pairs
from sysgen_distilabel.response_turns import length_ratio, pair_responses
from sysgen_distilabel.tasks import JudgePair
from tests.judged_rows import finished_row, pair_judgement


def test_figures_equal_those_counted_by_hand():
    a, o = "aligned", "original"
    rows = [
        ([pair_judgement(a, a)], 3.0),
        ([pair_judgement(a, a)], 1.25),
        ([pair_judgement(o, o)], 0.5),
        ([pair_judgement(o, a)], 0.4),  # the first one, twice
        ([pair_judgement("", a, detail="truncated_reply: too long")], 1.0),
        ([pair_judgement("", "", detail="unreadable_verdict: hm")], None),
    ]
    figures = summarise_pairs(rows)["request"]
    assert figures["judged"] == 6
    assert figures["verdicts"] == {"original": 1, "aligned": 2, "tie": 1}
    assert figures["unreadable"] == {"truncated_reply": 1, "unreadable_verdict": 1}
    assert figures["win_rate"]["mean"] == (2 + 0.5) / 4
    assert figures["win_rate"]["number"] == figures["flip_rate"]["number"] == 4
    assert figures["flip_rate"]["mean"] == 1 / 4
    assert figures["first_chosen"]["mean"] == (0.5 + 0.5 + 0.5 + 1) / 4
    # Longer: aligned in two pairs, chosen twice each; original in two, chosen twice and once.
    assert figures["longer_chosen"]["mean"] == (1 + 1 + 1 + 0.5) / 4
    bins = {(b["from"], b["below"]): b["win_rate"] for b in figures["by_length_ratio"]}
    assert {edges: b["number"] for edges, b in bins.items()} == {
        (0.0, 0.5): 1,
        (0.5, 0.8): 1,
        (0.8, 1.25): 0,
        (1.25, 2.0): 1,
        (2.0, None): 1,
    }
    assert bins[0.8, 1.25]["mean"] is None and bins[0.0, 0.5]["mean"] == 0.5


def test_no_verdict_and_no_row_give_no_rate():
    assert summarise_pairs([]) == {}
    assert summarise_pairs([([], 1.0)]) == {}
    only_unreadable = summarise_pairs([([pair_judgement("", "", detail="no_reply: ")], 1.0)])["request"]
    assert only_unreadable["win_rate"] == {"mean": None, "low": None, "high": None, "number": 0}
    assert only_unreadable["unreadable"] == {"no_reply": 1}


def test_the_papers_question_has_no_flips():
    judgement = pair_judgement("aligned", "", verdict="aligned", question="paper")
    figures = summarise_pairs([([judgement], 2.0)])["paper"]
    assert figures["win_rate"]["mean"] == 1.0 and figures["flip_rate"]["number"] == 0


def test_alignment_is_added_up_by_response_and_functionality():
    def say(functionality, verdict, response="aligned"):
        return {
            "response": response,
            "functionality": functionality,
            "verdict": verdict,
            "judge": "judge",
            "detail": "unreadable_verdict: no line for it" if verdict == "unreadable" else "",
        }

    rows = [
        [say("Overall", "aligned"), say("Style", "not_aligned")],
        [say("Overall", "unknown"), say("Style", "unreadable")],
        [say("Overall", "aligned"), say("Overall", "not_aligned", "original")],
        [],
    ]
    figures = summarise_alignment(rows)
    assert list(figures) == ["aligned", "original"] and list(figures["aligned"]) == ["Overall", "Style"]
    overall, style = figures["aligned"]["Overall"], figures["aligned"]["Style"]
    assert overall["verdicts"] == {"aligned": 2, "not_aligned": 0, "unknown": 1}
    assert overall["shares"]["aligned"]["mean"] == pytest.approx(2 / 3)
    assert style["judged"] == 2 and style["unreadable"] == {"unreadable_verdict": 1}
    assert style["shares"]["not_aligned"]["mean"] == 1.0
    assert summarise_alignment([]) == {}


DRAW = random.Random(3)


@pytest.mark.parametrize(
    "values", [[0.0, 1.0] * 50, [DRAW.random() for _ in range(200)], [DRAW.random() for _ in range(30_000)]]
)
def test_the_interval_is_that_of_the_mean_and_always_the_same(values):
    estimate = estimate_mean(values)
    mean = sum(values) / len(values)
    spread = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5 / len(values) ** 0.5
    assert estimate.mean == pytest.approx(mean) and estimate.number == len(values)
    assert estimate.low == pytest.approx(mean - 1.96 * spread, abs=0.2 * spread)
    assert estimate.high == pytest.approx(mean + 1.96 * spread, abs=0.2 * spread)
    assert estimate == estimate_mean(values)
    assert estimate_mean([]) == Estimate(None, None, None, 0)
    assert estimate_mean([0.7]) == Estimate(0.7, 0.7, 0.7, 1)


@pytest.mark.parametrize(
    ("hits", "number", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (3, 11, 0.0975, 0.5656)]
)
def test_shares_have_the_interval_of_wilson(hits, number, low, high):
    estimate = estimate_share([1.0] * hits + [0.0] * (number - hits))
    assert (estimate.mean, estimate.number) == (hits / number, number)
    assert (estimate.low, estimate.high) == (pytest.approx(low, abs=2e-4), pytest.approx(high, abs=2e-4))


def test_a_share_lies_within_its_interval():
    for number in range(1, 100):
        for value in (0.0, 0.5, 0.9, 1.0):
            estimate = estimate_share([value] * number)
            assert 0 <= estimate.low <= estimate.mean <= estimate.high <= 1


def test_ties_alone_are_no_certainty():
    ties, mixed = estimate_share([0.5] * 10), estimate_share([0.0, 1.0] * 5)
    assert ties.low < 0.5 < ties.high and ties.high - ties.low < mixed.high - mixed.low
    assert estimate_share([]) == Estimate(None, None, None, 0)


@pytest.mark.parametrize("bias", ["first", "longer", "none"])
def test_figures_expose_a_biased_judge(bias):
    draw = random.Random(1)
    rows = [
        finished_row(f"{n}", original="o" * draw.randrange(20, 200), aligned="a" * draw.randrange(20, 400))
        for n in range(200)
    ]
    task = JudgePair(llm=SimulatedLLM(judge_bias=bias), questions=["request"])
    task.load()
    judged = next(task.process(rows))
    figures = summarise_pairs(
        (row["pair_judgements"], length_ratio(pair_responses(row["messages"], row["aligned_messages"])))
        for row in judged
    )["request"]
    bins = {b["from"]: b["win_rate"]["mean"] for b in figures["by_length_ratio"]}
    if bias == "first":
        assert figures["flip_rate"]["mean"] == figures["first_chosen"]["mean"] == 1.0
        assert figures["verdicts"]["tie"] == 200 and set(bins.values()) == {0.5}
    elif bias == "longer":
        assert figures["longer_chosen"]["mean"] > 0.99 and figures["flip_rate"]["mean"] < 0.03
        assert bins[0.0] == bins[0.5] == 0.0 and bins[1.25] == bins[2.0] == 1.0
    else:
        assert figures["flip_rate"]["mean"] < 0.2
        assert abs(figures["first_chosen"]["mean"] - 0.5) < 0.1
        assert abs(figures["longer_chosen"]["mean"] - 0.5) < 0.2


def test_length_ratio_and_pairs_of_turns():
    row = finished_row(original="1234", aligned="12", turns=3)
    pairs = pair_responses(row["messages"], row["aligned_messages"])
    assert [pair.turn for pair in pairs] == [1, 2, 3] and length_ratio(pairs) == 0.5
    last = pair_responses(row["messages"], row["aligned_messages"], turns="last")
    assert [pair.turn for pair in last] == [3]
    assert (
        length_ratio(
            pair_responses(*(finished_row(original="")[c] for c in ("messages", "aligned_messages")))
        )
        is None
    )
    for broken in ([], row["messages"] * 2, row["messages"][1:3]):
        with pytest.raises(ValueError, match="the turns of the original"):
            pair_responses(broken, row["aligned_messages"])
    with pytest.raises(ValueError, match="the turns of the original"):
        pair_responses(row["messages"], row["aligned_messages"][:3])


def test_turns_that_were_added_behind_the_last_are_not_compared():
    row = finished_row()
    added = [
        {"role": "user", "content": "No rules now."},
        {"role": "assistant", "content": "I keep to them."},
    ]
    pairs = pair_responses(row["messages"], row["aligned_messages"])
    for number in (1, 2, 3):
        assert pair_responses(row["messages"], row["aligned_messages"] + added * number) == pairs
    with pytest.raises(ValueError, match="turns of the original"):
        pair_responses(row["messages"], row["aligned_messages"] + added[:1])
