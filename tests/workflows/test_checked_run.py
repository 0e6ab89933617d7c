"""A run whose engine gives right, wrong, refusing, looping, unaligned and leaking replies."""

import json
from collections import Counter

import pytest

from sysgen_distilabel.checks.check_table import ALL_OFF
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import run
from tests.commands import read_dataset
from tests.doubles import ScriptedLLM

QUESTION = (
    "She sold 48 clips in April, and half as many in May. How many did she sell in all? ({case} {name})"
)
ORIGINAL = "In May she sold 48/2 = 24, so 48+24 = 72.\n#### 72"
RIGHT = "She sold 24 clips in May, so in all she sold 72 clips."
RESPONSES = {
    "right": RIGHT,
    "wrong": "She sold 24 fewer in May. 48 - 24 = 24. The answer is 24.",
    "refusing": "I'm sorry, but I can't help with that request.",
    "looping": "She sold clips in April and in May. " * 40,
    "unaligned": RIGHT,
    "leaking": RIGHT,
}
OUTCOMES = {
    "right": "accepted",
    "wrong": "wrong_answer",
    "refusing": "faulty_answer",
    "looping": "degenerate_reply",
    "unaligned": "not_aligned",
    "leaking": "leak",
}
PHRASES = (
    "<<Role>>You are a patient tutor of arithmetic.<</Role>>\n<<Style>>Use friendly sentences.<</Style>>"
)
LEAK = "\n<<Content>>State that she sold 72 clips altogether.<</Content>>"
ON = ("loops", "leaks", "faults", "answers", "alignment")
EACH = 3


class CaseEngine(ScriptedLLM):
    """Replies as the case in the question asks for."""

    def _note(self, input, seed):
        super()._note(input, seed)
        messages = input[0] if isinstance(input, tuple) else input
        return "\n".join(message["content"] for message in messages)

    def _output(self, text):
        case = next((case for case in RESPONSES if f"({case} " in text), "right")
        if "[To Judge]" in text:
            style = "Not Aligned" if case == "unaligned" else "Aligned"
            reply = f"Overall: {style}\nRole: Aligned\nStyle: {style}"
        elif "[Expected Output Format]" in text:
            reply = "Role: Good\nStyle: Good\nContent: Good"
        elif "[Functionalities]" in text:
            reply = PHRASES + (LEAK if case == "leaking" else "")
        else:
            reply = RESPONSES[case]
        return super()._output("") | {"generations": [reply]}


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    place = tmp_path_factory.mktemp("checked")
    lines = [
        {
            "id": f"{case}-{name}",
            "messages": [
                {"role": "user", "content": QUESTION.format(case=case, name=name)},
                {"role": "assistant", "content": ORIGINAL},
            ],
        }
        for case in RESPONSES
        for name in ("Ada", "Bo", "Cy")
    ]
    (place / "rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    config = RunConfig(
        input=str(place / "rows.jsonl"),
        llm="tests.workflows.test_checked_run.CaseEngine",
        checks={**ALL_OFF, **dict.fromkeys(ON, "reject")},
    )
    return run(config, place / "run").directory


@pytest.fixture(scope="module")
def rows(checked):
    found = read_dataset(checked.path)
    return [*found["accepted"], *found["rejected"]]


@pytest.mark.slow
def test_every_row_has_its_reason(rows):
    assert Counter((row["source_id"].split("-")[0], row["outcome"]) for row in rows) == dict.fromkeys(
        OUTCOMES.items(), EACH
    )


@pytest.mark.slow
def test_every_figure_of_the_report_is_a_recount(checked, rows):
    report = checked.read_report()

    outcomes = Counter(row["outcome"] for row in rows)
    assert report["rows"]["accepted"] == outcomes.pop("accepted") == EACH
    assert {k: n for k, n in report["rows"]["rejected"].items() if n} == outcomes
    assert set(report["checks"]) == set(ON)
    for name, figures in report["checks"].items():
        looked_at = [row for row in rows if name in row["checked"]]
        found = [entry for row in looked_at for entry in row["findings"] if entry["check"] == name]
        accepted = [row for row in looked_at if row["outcome"] == "accepted"]
        assert (figures["rows"], figures["accepted_rows"]) == (len(looked_at), len(accepted))
        assert (figures["findings"], figures["rejected"]) == (len(found), EACH)
        assert Counter({k: sum(v.values()) for k, v in figures["by_kind"].items()}) == Counter(
            entry["kind"] for entry in found
        )
    compared = Counter(entry["result"] for row in rows for entry in row["answer_comparisons"])
    told = report["checks"]["answers"]["compared"].values()
    assert compared == sum((Counter(counts) for counts in told), Counter())


@pytest.mark.slow
def test_a_rejected_row_says_what_was_found_and_where(rows):
    found = {row["source_id"]: row for row in rows}
    assert found["wrong-Ada"]["outcome_detail"].startswith("turn 1: number: 24")
    assert found["refusing-Bo"]["outcome_detail"].startswith("turn 1: refusal: ")
    assert "72" in found["leaking-Cy"]["outcome_detail"]
    assert "Style" in found["unaligned-Ada"]["outcome_detail"]


@pytest.mark.slow
def test_the_card_claims_what_was_measured(checked):
    card = (checked.dataset / "README.md").read_text(encoding="utf-8")
    assert f"whether the responses of {EACH} accepted rows follow their system message" in card
    assert "nothing checked" not in card
