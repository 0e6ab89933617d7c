"""Lines for VerifIF: ids it knows and no others, its arguments, unique uids, a question for what it lacks."""

import asyncio
import json

import pytest

from sysgen_distilabel.rl_environments.environment_task import make_task
from sysgen_distilabel.rl_environments.nemo_gym import KNOWN, write_row
from sysgen_distilabel.rl_environments.prove import Prover
from tests.rl_environments.rows import row_of

MARKS = {"source": "system", "is_misalignment_check": False}


def line_of(*phrases, **changes):
    row = row_of(1, *phrases, **changes)
    task = make_task(row, asyncio.run(Prover().prove(row["phrases"])))
    return write_row(task, {"pass_rate": 0.5})


@pytest.mark.parametrize(
    ("phrase", "instruction"),
    [
        ("Use no commas.", {"instruction_id": "punctuation:no_comma"}),
        ("Respond in all capital letters.", {"instruction_id": "change_case:all_caps"}),
        (
            "Give exactly three bullet points.",
            {
                "instruction_id": "detectable_format:number_bullet_lists",
                "relation": "equal to",
                "num_bullets": 3,
            },
        ),
        (
            "Include at least two placeholders in square brackets.",
            {
                "instruction_id": "detectable_content:number_placeholders",
                "relation": "at least",
                "num_placeholders": 2,
            },
        ),
    ],
)
def test_what_verifif_checks_has_its_id_and_arguments(phrase, instruction):
    line = line_of(phrase)
    assert line["instructions"] == [{**instruction, **MARKS, "uid": 1}]
    assert [item["content"] for item in line["llm_judge"] if "guide" in item["content"]]
    assert line["language"] == "en" and line["pass_rate"] == 0.5
    json.dumps(line)


@pytest.mark.parametrize(
    ("phrase", "asked"),
    [
        ("Answer in French.", "The response is written in French. Is that so?"),
        ("Do not use emojis.", "The response has no emojis. Is that so?"),
        ("Respond only in valid JSON.", "The response is valid JSON and nothing else. Is that so?"),
    ],
)
def test_what_it_lacks_or_checks_loosely_is_a_question(phrase, asked):
    line = line_of(phrase)
    assert asked in [item["content"] for item in line["llm_judge"]]
    assert {item["instruction_id"] for item in line["instructions"]} <= set(KNOWN)


def test_an_id_that_is_understood_otherwise_in_a_language_is_a_question():
    line = line_of("필ず", "「しかし」という言葉を使わないでください。", role="あなたは丘の案内人です。")
    assert line["language"] == "ja" and line["instructions"] == []
    assert any("しかし" in item["content"] for item in line["llm_judge"])


def test_every_item_has_what_the_endpoint_asks_for():
    line = line_of("Use no commas.", "Be vivid.", "Answer in French.", conflicting="Use commas, please.")
    items = line["instructions"] + line["llm_judge"]
    assert sorted(item["uid"] for item in items) == list(range(1, len(items) + 1))
    assert all(item["source"] in ("user", "system") for item in items)
    assert [item["is_misalignment_check"] for item in items].count(True) == 1
    assert type(line["id"]) is int and line["responses_create_params"]["input"][0]["role"] == "system"
