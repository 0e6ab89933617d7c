"""The rules: right on the phrases of the benchmark, silent on what is hedged, conditional or of a part."""

import json
from pathlib import Path

import pytest

from sysgen_distilabel.constraints.check_responses import find_uncompiled
from sysgen_distilabel.constraints.compile import compile_constraints
from sysgen_distilabel.constraints.proof import find_flaw
from sysgen_distilabel.constraints.verifiers import follows

PHRASES = Path(__file__).parents[1] / "benchmarks"


def rows_of(name):
    return [json.loads(line) for line in (PHRASES / name).read_text(encoding="utf-8").splitlines()]


ROWS = rows_of("constraint_phrases.jsonl")
HELD_OUT = rows_of("constraint_phrases_held_out.jsonl")


def compiled(text):
    return [(constraint.verifier, dict(constraint.arguments)) for constraint in compile_constraints(text)]


@pytest.mark.parametrize("rows", [ROWS, HELD_OUT], ids=["phrases", "held_out"])
def test_what_is_compiled_is_right_and_proven_and_most_is_compiled(rows):
    checkable, right = 0, 0
    for row in rows:
        wanted = [(entry["verifier"], entry["arguments"]) for entry in row["constraints"]]
        found = compiled(row["phrase"])
        assert not found or sorted(found, key=str) == sorted(wanted, key=str), row["phrase"]
        assert all(find_flaw(constraint) is None for constraint in compile_constraints(row["phrase"]))
        checkable, right = checkable + bool(wanted), right + bool(found)
    assert right / checkable > 0.9


@pytest.mark.parametrize("rows", [ROWS, HELD_OUT], ids=["phrases", "held_out"])
def test_half_of_the_phrases_must_give_nothing(rows):
    nothing = [row for row in rows if not row["constraints"]]
    assert len(rows) > 280 and len(nothing) > len(rows) * 0.45
    assert {row["language"] for row in rows} == {"en", "de", "es", "zh", "ja", "ko"}


@pytest.mark.parametrize(
    "text",
    [
        "If the user is in a hurry, follow this rule. Use at most 20 words.",
        "Write a title first. Keep it under 10 words.",
        "Answer in Spanish and explain grammar in English.",
        "Do not respond in French.",
        'Close every reply with "Best, [Name]".',
        'Start with "Dear ...".',
        'Include the phrase "As of <date>".',
        "Include a table of contents.",
        "Answer in Spanish, then in English.",
        'End each paragraph with "and so on".',
        "No links to competitors.",
        "Antworte nicht auf Englisch.",
        "不能只用中文回答。",
        'Never begin with "Sure".',
        'Say "use no commas" to the user.',
        "请用英文或中文回答。",
        "한국어 또는 영어로 답변하세요.",
    ],
)
def test_what_hangs_on_something_else_gives_nothing(text):
    assert compiled(text) == []


def test_a_rule_that_holds_anyway_is_read_behind_a_condition():
    assert compiled("If the user is rude, stay calm. Always answer in Spanish.") == [
        ("language:response_language", {"language": "es"})
    ]


@pytest.mark.parametrize(
    ("text", "left"), [("Answer in French.", 0), ("Be polite and answer in French.", 1), ("Be polite.", 1)]
)
def test_a_phrase_that_says_more_than_its_constraints_is_left_to_the_judge(text, left):
    entries = [{**constraint.to_row(), "phrase": text} for constraint in compile_constraints(text)]
    assert len(find_uncompiled([{"text": text}], entries)) == left


def test_a_schema_is_read_from_the_phrase():
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    text = f"Respond with JSON that matches this schema: {json.dumps(schema)}"
    assert compiled(text) == [("sysgen:json_schema", {"schema": schema})]
    assert compiled("Respond with JSON that matches this schema: {a: integer}") == []


def test_a_very_long_sentence_costs_nothing_and_says_nothing():
    assert compiled("please always only " * 5000) == []


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Write everything in lowercase.", "confident"),
        ("Respond in small letters only.", "mystery, sci-fi, drama"),
        ("Answer in ALL CAPS.", "USE GIT SHOW REFS/HEAD/PUSH-NOTIFICATIONS"),
        ("Use only capital letters.", "NEIN, DANKE."),
    ],
)
def test_letter_case_asks_for_no_language(text, right):
    (constraint,) = compile_constraints(text)
    assert follows(right, constraint) and not follows("Mystery, Drama", constraint)
