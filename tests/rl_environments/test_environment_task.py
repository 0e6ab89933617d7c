"""A task: the prompt, proven constraints, a question per other phrase, what the user asks against it."""

import asyncio

import pytest

from sysgen_distilabel.constraints.proof import NoProof
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.llms import SimulatedLLM
from sysgen_distilabel.rl_environments.difficulty import Difficulty, describe_rewards
from sysgen_distilabel.rl_environments.engine import CheckEngine
from sysgen_distilabel.rl_environments.environment_task import NoTask, Unfit, make_task
from sysgen_distilabel.rl_environments.prove import Prover
from tests.doubles import ScriptedLLM
from tests.rl_environments.rows import row_of


class Front(ScriptedLLM):
    """Proposes and judges what it is told to."""

    judges: str = '{"verdicts": {"same": "yes"}}'
    proposes: str = ""

    def _output(self, text):
        reply = self.judges if text.endswith("## [Same Meaning]") else self.proposes
        return super()._output("") | {"generations": [reply]}


def task_of(row):
    return make_task(row, asyncio.run(Prover().prove(row["phrases"])))


def test_every_phrase_has_one_check():
    task = task_of(row_of(1, "Use no commas.", "Be vivid.", "Answer in French."))
    assert [(entry["phrase"], entry["source"]) for entry in task.constraints] == [
        ("Use no commas.", "system"), ("Answer in French.", "system"),
    ]  # fmt: skip
    assert [entry["phrase"] for entry in task.questions] == ["You are a guide to the hills.", "Be vivid."]
    assert task.prompt[-1]["role"] == "user" and task.reference == "It is green."
    assert task.kinds == ["language:response_language", "punctuation:no_comma", "question"]


def test_what_is_said_twice_is_checked_once():
    task = task_of(row_of(1, "Use no commas.", "Be vivid.", "Use no commas.", "Be vivid", "Avoid commas."))
    assert [entry["verifier"] for entry in task.constraints] == ["punctuation:no_comma"]
    assert [entry["phrase"] for entry in task.questions] == ["You are a guide to the hills.", "Be vivid."]


def test_a_phrase_without_a_word_gives_no_question():
    task = task_of(row_of(1, ">", "<>\n<>", "42.", "Be vivid."))
    assert [entry["phrase"] for entry in task.questions] == ["You are a guide to the hills.", "Be vivid."]


def test_what_the_user_asks_against_the_message_is_a_check_of_its_own():
    task = task_of(row_of(1, "Use no commas.", conflicting="Please use many commas."))
    (against,) = [entry for entry in task.questions if entry["is_misalignment_check"]]
    assert against["source"] == "user" and "Please use many commas." in against["question"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"phrases": []}, NoTask.NO_CHECK),
        ({"aligned_messages": []}, NoTask.NO_LAST_TURN),
        ({"aligned_messages": [{"role": "user", "content": "x"}]}, NoTask.NO_LAST_TURN),
        (
            {"aligned_messages": [{"role": role, "content": "x"} for role in ("user", "tool", "assistant")]},
            NoTask.TOOLS,
        ),
    ],
)
def test_a_row_that_is_no_task_says_why(change, reason):
    with pytest.raises(Unfit) as unfit:
        task_of({**row_of(1), **change})
    assert unfit.value.reason is reason and reason.explanation


def test_the_judge_of_meaning_is_part_of_the_proof():
    row = row_of(1, "Use no commas.", "Write fewer than 1 words.")
    with CheckEngine.around(SimulatedLLM()) as judge:
        prover = Prover(judge)
        entries = judge.run(prover.prove(row["phrases"]))
    assert [entry["verifier"] for entry in entries] == ["punctuation:no_comma"] and prover.proofs.judged
    assert prover.proofs.failed == {NoProof.NOTHING_FOLLOWS: 1}
    for reply, reason in (
        ('{"verdicts": {"same": "no"}}', NoProof.OTHER_MEANING),
        ("Hm.", NoProof.NOT_JUDGED),
    ):
        with CheckEngine.around(Front(judges=reply)) as judge:
            prover = Prover(judge)
            assert judge.run(prover.prove(row["phrases"])) == []
        assert prover.proofs.failed[reason] == 1


PROPOSED = '{"constraints": [{"verifier": "%s", "arguments": %s}]}'


@pytest.mark.parametrize(
    ("verifier", "arguments", "proven"),
    [
        ("sysgen:number_lines", '{"relation": "equal to", "num_lines": 3}', 1),
        ("sysgen:haiku", "{}", 0),
        ("sysgen:number_lines", '{"relation": "about", "num_lines": 3}', 0),
    ],
)
def test_an_engine_proposes_and_the_proof_decides(verifier, arguments, proven):
    row = row_of(1, "Write a haiku of exactly three lines.")
    with CheckEngine.around(Front(proposes=PROPOSED % (verifier, arguments))) as engine:
        prover = Prover(engine, engine)
        entries = engine.run(prover.prove(row["phrases"]))
    assert len(entries) == proven and prover.proofs.proposed == 1
    assert prover.proofs.failed == ({} if proven else {NoProof.CANNOT_BE_CHECKED: 1})


def test_pass_rates_are_shares_of_answers_that_pass_everything():
    assert describe_rewards([1.0, 0.5, 0.0, 1.0]) == {
        "pass_rate": 0.5, "pass_rate_total": 4, "pass_rate_passed": 2, "mean_reward": 0.625,
    }  # fmt: skip
    assert describe_rewards([]) == {}
    rule = Difficulty.parse("0.1:0.9")
    assert rule.keeps([1.0, 0.0]) and not rule.keeps([1.0]) and not rule.keeps([0.5])
    for text in ("0.9:0.1", "0.1", "a:b", "0:2"):
        with pytest.raises(ConfigError, match="range of pass rates"):
            Difficulty.parse(text)
