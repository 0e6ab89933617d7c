"""What goes into the GPU script, and the table of what comes out of it."""

import json

import pytest

from sysgen_distilabel.constraints.verifiers import Constraint
from tests.benchmarks.gpu import sources
from tests.benchmarks.gpu.table import describe
from tests.commands import EXAMPLES


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        command = ["sources", str(EXAMPLES / "mixed.jsonl"), "--output", str(folder)]
        patch.setattr("sys.argv", [*command, "--per-question", "3", "--held-out", "15"])
        sources.main()
    read = [(folder / f"{name}.jsonl").read_text().splitlines() for name in ("sources", "heldout")]
    return [[json.loads(line) for line in lines] for lines in read]


def kinds(rows):
    return {entry["verifier"] for row in rows for entry in row["constraints"]}


def test_held_out_rows_share_neither_question_nor_message_with_the_others(made):
    trained, held_out = made
    assert trained and len(held_out) == 15
    for column in ("system_message", "source_id"):
        assert not {row[column] for row in trained} & {row[column] for row in held_out}
    assert not {row["messages"][0]["content"] for row in trained} & {
        row["messages"][0]["content"] for row in held_out
    }


def test_the_new_kinds_of_rules_are_trained_nowhere(made):
    trained, held_out = made
    new = [row for row in held_out if row["group"] == "new"]
    known = [row for row in held_out if row["group"] == "trained"]
    assert kinds(new) and not kinds(new) & kinds(trained)
    assert kinds(known) <= kinds(trained)


def test_every_rule_can_be_checked_and_stands_in_its_message(made):
    for row in [*made[0], *made[1]]:
        [entry] = row["constraints"]
        arguments = Constraint.from_row(entry).arguments
        words = [str(value) for value in arguments.values() if isinstance(value, int)]
        assert all(word in row["system_message"] for word in words)


def response(arm, prompt, seed, followed, group="new"):
    return {
        "arm": arm, "seed": seed, "system_role": "native", "source_id": prompt, "group": group,
        "followed": followed,
    }  # fmt: skip


def test_the_table_compares_the_same_prompts_and_says_what_is_missing():
    responses = [
        response("none", "a", 0, False),
        response("none", "b", 0, True),
        *(response("sysgen", prompt, seed, True) for prompt in "ab" for seed in (0, 1)),
        response("sysgen", "c", 0, False, group="trained"),
        response("none", "c", 0, False, group="trained"),
    ]
    results = {"environment": "cpu", "seconds": 1.0, "stopped_before": "none, seed 1"}
    text = "\n".join(describe(results, responses))
    assert "The time was over before none, seed 1." in text
    assert "| native | new | none | 1 | 50.0 (9.5 to 90.5) |  |" in text
    assert "| native | new | sysgen | 2 | 100.0 (34.2 to 100.0) | +50.0 (+0.0 to +100.0) |" in text
    assert "| native | trained | sysgen | 1 | 0.0 (0.0 to 79.3) | +0.0 (+0.0 to +0.0) |" in text
