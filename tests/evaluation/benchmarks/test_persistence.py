"""Persistence: ten turns from every row, and a survival curve that never rises."""

import json

import pytest

from sysgen_distilabel.evaluation.benchmarks.items import Item
from sysgen_distilabel.evaluation.benchmarks.persistence import (
    TURNS,
    extend,
    read_persistence,
    score_persistence,
    tabulate_persistence,
)
from tests.commands import ROOT

NO_COMMA = {"verifier": "punctuation:no_comma", "arguments": "{}"}


def answered(name, broken_at, adversarial=()):
    details = {"constraints": [NO_COMMA], "adversarial": [turn in adversarial for turn in range(TURNS)]}
    responses = ["a, b" if turn in broken_at else "a b" for turn in range(TURNS)]
    return {"source_id": f"{name}#1", "responses": responses, "benchmark_item": json.dumps(details)}


def test_the_curve_counts_conversations_that_have_kept_to_it_so_far():
    rows = [answered("a", {2, 5}, {2}), answered("b", {4}, {3}), answered("c", ()), answered("d", {0})]
    figures = score_persistence(rows)
    curve = [figures["rounds"][f"R{turn}"]["mean"] for turn in range(1, TURNS + 1)]
    assert curve == [0.75, 0.75, 0.5, 0.5, *[0.25] * 6]
    assert figures["turns"]["turn 6"]["mean"] == 0.75 and figures["adversarial"]["mean"] == 0.5
    assert figures["length"]["mean"] == pytest.approx((2 + 4 + 10 + 0) / 4)
    table = tabulate_persistence(figures)[0]
    assert [figure.name for figure in table.figures] == [f"R{turn}" for turn in range(1, 11)]
    assert table.figures[0].low <= 75 <= table.figures[0].high


def test_a_constraint_that_cannot_be_checked_costs_the_row_alone():
    broken = answered("x", ())
    broken["benchmark_item"] = broken["benchmark_item"].replace("no_comma", "no_such")
    assert score_persistence([broken, answered("a", ())])["rows_not_checked"] == 1


def test_rows_are_extended_to_ten_turns_that_are_the_same_for_every_model():
    found = read_persistence(str(ROOT / "examples/evaluation/heldout.jsonl"), 3)
    for item in found.items:
        roles = [turn["role"] for turn in item.messages]
        assert roles == ["system", "user", *["assistant", "user"] * (TURNS - 1)]
        assert len(item.details["adversarial"]) == TURNS and not item.details["adversarial"][0]
    assert found.items == read_persistence(str(ROOT / "examples/evaluation/heldout.jsonl"), 3).items


def test_an_item_without_a_system_message_is_extended_too():
    item = extend(Item("a", [{"role": "user", "content": "Why?"}], {"constraints": []}), 3)
    assert len(item.messages) == 5
