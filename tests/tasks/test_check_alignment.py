"""Whether responses follow their message: programs first, one question about the rest, all rows counted."""

import pytest

from sysgen_distilabel.tasks import CheckAlignment
from tests.tasks.test_tasks import AnsweringLLM, run_task

NO_COMMA = {"functionality": "Style", "text": "Do not use commas.", "verdict": "Good"}
KIND = {"functionality": "Role", "text": "You are a kind tutor.", "verdict": "Good"}
SHORT = {"functionality": "Style", "text": "Be brief.", "verdict": "Good"}
CONSTRAINTS = [{"verifier": "punctuation:no_comma", "arguments": "{}", "phrase": NO_COMMA["text"]}]


def row(*answers, phrases=(NO_COMMA, KIND), outcome="accepted", **more):
    messages = [{"role": "system", "content": " ".join(phrase["text"] for phrase in phrases)}]
    for number, answer in enumerate(answers, start=1):
        messages += [
            {"role": "user", "content": f"Question {number}?"},
            {"role": "assistant", "content": answer},
        ]
    return {
        "aligned_messages": messages,
        "phrases": list(phrases),
        "constraints": CONSTRAINTS,
        "outcome": outcome,
        **more,
    }


def check(given, reply="Role: Aligned", **settings):
    llm = AnsweringLLM.of(reply)
    (done,) = run_task(CheckAlignment(name="check_alignment", llm=llm, **settings), given)
    return done, [asked[-1]["content"] for asked in llm._asked]


def verdicts(done):
    return {entry["functionality"]: entry["verdict"] for entry in done["alignment_judgements"]}


def test_a_phrase_with_a_program_is_not_asked_about():
    done, asked = check(row("Fine.", "Also fine."))
    assert len(asked) == 1 and asked[0].partition("## [To Judge]")[2].split() == [
        "-", "Role", "##", "[Alignment", "Verdicts]",
    ]  # fmt: skip
    assert verdicts(done) == {"Role": "aligned", "Style": "aligned"}
    assert {entry["functionality"]: entry["judge"] for entry in done["alignment_judgements"]} == {
        "Role": "double", "Style": "program",
    }  # fmt: skip
    assert (done["findings"], done["checked"], done["outcome"]) == ([], ["alignment"], "accepted")


def test_a_program_says_which_phrase_is_broken_in_which_turn():
    done, _ = check(row("Fine.", "Well, fine."))
    (found,) = done["findings"]
    assert (found["phrase"], found["functionality"], found["turn"]) == (NO_COMMA["text"], "Style", 2)
    assert (found["check"], found["kind"], found["action"]) == ("alignment", "broken_constraint", "marked")
    assert verdicts(done) == {"Role": "aligned", "Style": "not_aligned"} and done["outcome"] == "accepted"


def test_the_judge_says_which_functionality_is_broken():
    done, _ = check(row("Fine."), "Role: Not Aligned")
    (found,) = done["findings"]
    assert (found["phrase"], found["functionality"], found["kind"]) == (KIND["text"], "Role", "judged")
    assert verdicts(done)["Role"] == "not_aligned"


@pytest.mark.parametrize("reply", ["Role: Not Aligned", "Role: Aligned"])
def test_reject_names_what_is_broken(reply):
    done, _ = check(row("Well, fine."), reply, policy="reject")
    assert (done["outcome"], done["rejected_by"]) == ("not_aligned", "check_alignment")
    assert NO_COMMA["text"] in done["outcome_detail"]
    assert {found["action"] for found in done["findings"]} == {"rejected"}


@pytest.mark.parametrize(("reply", "verdict"), [("Role: Unknown", "unknown"), ("Who knows?", "unreadable")])
def test_what_is_not_known_is_held_against_nobody(reply, verdict):
    done, _ = check(row("Fine."), reply, policy="reject")
    assert verdicts(done)["Role"] == verdict and done["outcome"] == "accepted" and done["findings"] == []


def test_a_row_without_any_verdict_was_not_checked():
    done, _ = check(row("Fine.", phrases=(KIND,)), "Who knows?")
    assert done["checked"] == [] and done["alignment_judgements"][0]["detail"].startswith("unreadable")


def test_nothing_is_asked_where_programs_check_every_phrase():
    done, asked = check(row("Fine.", phrases=(NO_COMMA,)))
    assert asked == [] and verdicts(done) == {"Style": "aligned"} and done["checked"] == ["alignment"]


def test_a_functionality_with_both_is_broken_if_either_says_so():
    done, asked = check(row("Well, fine.", phrases=(NO_COMMA, SHORT)), "Style: Aligned")
    assert len(asked) == 1 and verdicts(done) == {"Style": "not_aligned"}


def test_the_last_answer_alone():
    done, asked = check(row("Well, fine.", "Fine."), turns="last")
    assert done["findings"] == [] and "Question 1?" not in asked[0] and "Question 2?" in asked[0]


def test_without_phrases_the_whole_is_judged():
    done, asked = check({"aligned_messages": row("Fine.")["aligned_messages"]}, "Overall: Not Aligned")
    assert "- Overall" in asked[0] and done["findings"][0]["functionality"] == ""


def test_a_rejected_row_costs_no_call():
    done, asked = check(row("Fine.", outcome="leak", outcome_detail="x", rejected_by="check_phrases"))
    assert asked == [] and done["outcome"] == "leak" and done["checked"] == []
