"""Constraints: compiled only where a phrase leaves no doubt, checked, enforced, held out, rewarded."""

import errno
import json
import shutil

import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.constraints.compile import compile_constraints
from sysgen_distilabel.constraints.reward import constraint_reward
from sysgen_distilabel.constraints.verifiers import check_constraint, follows, is_available
from sysgen_distilabel.errors import RunError
from sysgen_distilabel.runs.hold_out import hold_out, is_held_out
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.steps import CheckConstraints, CompileConstraints
from sysgen_distilabel.tasks import GenerateAlignedResponse
from sysgen_distilabel.workflows.run import _plan_retries, run
from tests.commands import read_dataset, sysgen, write_rows
from tests.doubles import ScriptedLLM
from tests.judged_rows import finished_row

WORDS, LANGUAGE, BULLETS = (
    "length_constraints:number_words",
    "language:response_language",
    "detectable_format:number_bullet_lists",
)
COMPILED = {
    "Keep answers under 100 words.": [(WORDS, {"num_words": 100, "relation": "less than"})],
    "Answer in at most fifty words.": [(WORDS, {"num_words": 51, "relation": "less than"})],
    "Limit your response to 200 words.": [(WORDS, {"num_words": 201, "relation": "less than"})],
    "Your answers must be at least 80 words long.": [(WORDS, {"num_words": 80, "relation": "at least"})],
    "Write between 50 and 100 words.": [
        (WORDS, {"num_words": 50, "relation": "at least"}),
        (WORDS, {"num_words": 101, "relation": "less than"}),
    ],
    "Give the answer in exactly three bullet points.": [(BULLETS, {"num_bullets": 3})],
    "Reply with a single JSON object.": [("detectable_format:json_format", {})],
    "Respond only in valid JSON.": [("detectable_format:json_format", {})],
    "Write your entire response in all lowercase letters.": [("change_case:lowercase", {})],
    "Respond in all capital letters.": [("change_case:all_caps", {})],
    "Do not use any commas.": [("punctuation:no_comma", {})],
    "Always answer in Spanish.": [(LANGUAGE, {"language": "es"})],
    "All responses must be in Korean.": [(LANGUAGE, {"language": "ko"})],
    "Antworte immer auf Deutsch.": [(LANGUAGE, {"language": "de"})],
    "Responde siempre en español.": [(LANGUAGE, {"language": "es"})],
    "Répondez en français.": [(LANGUAGE, {"language": "fr"})],
    "항상 한국어로 답변하세요.": [(LANGUAGE, {"language": "ko"})],
    "日本語で回答してください。": [(LANGUAGE, {"language": "ja"})],
    'Never use the words "cheap" or "free".': [
        ("keywords:forbidden_words", {"forbidden_words": ["cheap", "free"]})
    ],
    'Include the keywords "safety" and "cost".': [("keywords:existence", {"keywords": ["safety", "cost"]})],
    'End your response with "Can I help you further?"': [
        ("startend:end_checker", {"end_phrase": "Can I help you further?"})
    ],
    "Wrap your entire response in double quotation marks.": [("startend:quotation", {})],
    "Answer in at least 50 words and at most 100 words.": [
        (WORDS, {"num_words": 50, "relation": "at least"}),
        (WORDS, {"num_words": 101, "relation": "less than"}),
    ],
    "Use no more than 2 sentences per paragraph.": [
        ("detectable_format:sentences_per_paragraph", {"relation": "less than", "num_sentences": 3}),
    ],
    "Be friendly. Do not use commas. Respond in English.": [
        ("punctuation:no_comma", {}),
        (LANGUAGE, {"language": "en"}),
    ],
}
IN_DOUBT = [
    "You are a Spanish teacher.",
    "Help users answer in Spanish.",
    "If the user writes in French, answer in French.",
    "Respond in English or Spanish.",
    "Write about 100 words.",
    "Try to keep it under 100 words.",
    "Each bullet should have at most 10 words.",
    "Use no more than 2 sentences per example.",
    "Give a title of at most ten words.",
    "Teach at most five words a day.",
    "Use at most five words of jargon.",
    "Introduce each point in at least 20 words.",
    "List the steps in 5 bullet points.",
    "Use bullet points where appropriate.",
    "Explain how to parse JSON.",
    "Return JSON with an explanation below it.",
    "Write variable names in lowercase.",
    "Write headings in capital letters.",
    "Give the list as comma-separated values.",
    "Include the word count.",
    'Include the words "yes" or "no".',
    'Mention the word "risk" if money is involved.',
    "Use double quotation marks for titles.",
    "",
]


@pytest.mark.parametrize("text", COMPILED)
def test_what_a_phrase_asks_for_is_compiled(text):
    found = compile_constraints(text)
    assert [(constraint.verifier, dict(constraint.arguments)) for constraint in found] == COMPILED[text]
    for constraint in found:
        check_constraint(constraint)


@pytest.mark.parametrize("text", IN_DOUBT)
def test_a_phrase_in_doubt_gives_nothing(text):
    assert compile_constraints(text) == []


FRAGMENTS = st.sampled_from(
    ["at most", "under", "words", "100", "twelve", '"a"', "Do not use", "commas", "JSON", "Respond in", "if",
     "French", ".", "\n", "exactly", "bullet points", "the words", "and", "between", "0", "99999", "*("]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=9).map(" ".join) | st.text(max_size=80))
def test_whatever_is_compiled_can_be_checked(text):
    for constraint in compile_constraints(text):
        if is_available(constraint):
            assert follows("", constraint) is False
            assert follows("Some response.", constraint) in (True, False)


@given(st.integers(1, 99999), st.integers(0, 120))
def test_limits_are_those_of_the_phrase(number, length):
    response = "word " * length
    (most,) = compile_constraints(f"Keep your answers to at most {number} words.")
    (below,) = compile_constraints(f"Write fewer than {number} words.")
    (least,) = compile_constraints(f"Write at least {number} words.")
    assert follows(response, most) == (0 < length <= number)
    assert follows(response, below) == (0 < length < number)
    assert follows(response, least) == (length >= number)


def step_over(step, *rows):
    step.load()
    return next(step.process(list(rows)))


def phrase(text, functionality="Style", verdict="Good"):
    return {"functionality": functionality, "text": text, "verdict": verdict}


NO_COMMA = {"verifier": "punctuation:no_comma", "arguments": "{}", "phrase": "Do not use commas."}


def test_only_phrases_in_the_message_that_speak_of_the_response_count():
    phrases = [
        phrase("Do not use commas."),
        phrase("Respond in French.", verdict="Bad"),
        phrase("Respond in German.", functionality="Background"),
        phrase("Be kind.", verdict=""),
    ]
    row = step_over(CompileConstraints(), {"phrases": phrases})[0]
    assert row["constraints"] == [NO_COMMA] and row["outcome"] == "pending"


def test_a_constraint_without_a_proof_is_left_out():
    row = step_over(CompileConstraints(), {"phrases": [phrase("Write fewer than 1 words. Use no commas.")]})[
        0
    ]
    assert len(compile_constraints("Write fewer than 1 words.")) == 1
    assert [entry["verifier"] for entry in row["constraints"]] == ["punctuation:no_comma"]


def test_broken_constraints_are_marked_by_turn_or_reject_the_row():
    broken = finished_row("a", aligned="One, two.", turns=2, constraints=[NO_COMMA])
    kept = finished_row("b", aligned="One.", constraints=[NO_COMMA])
    free = finished_row("c", aligned="One, two.", constraints=[])
    gone = finished_row("d", outcome="no_reply", constraints=[NO_COMMA])
    rows = step_over(CheckConstraints(), broken, kept, free, gone)
    assert [len(row["broken_constraints"]) for row in rows] == [2, 0, 0, 0]
    assert rows[0]["broken_constraints"][1] == {
        "turn": 2, "verifier": "punctuation:no_comma", "phrase": "Do not use commas.",
    }  # fmt: skip
    assert [row["outcome"] for row in rows] == ["accepted", "accepted", "accepted", "no_reply"]
    last = step_over(CheckConstraints(turns="last"), broken)[0]
    assert [entry["turn"] for entry in last["broken_constraints"]] == [2]
    rejected = step_over(CheckConstraints(reject=True, name="check_constraints"), broken, kept)
    assert [row["outcome"] for row in rejected] == ["broken_constraint", "accepted"]
    assert rejected[0]["outcome_detail"] == "turn 1: Do not use commas."
    assert rejected[0]["rejected_by"] == "check_constraints" and rejected[0]["broken_constraints"]


class Learner(ScriptedLLM):
    """Answers with each of its replies in turn."""

    def _output(self, text):
        reply = self.replies["all"][min(len(self.seen) - 1, len(self.replies["all"]) - 1)]
        return super()._output("") | {"generations": [reply]}


@pytest.mark.parametrize(
    ("replies", "attempts", "answer", "calls"),
    [
        (["a, b", "a b"], 3, "a b", 2),
        (["a, b", "c, d"], 2, "c, d", 2),
        (["a, b", None], 2, "a, b", 2),
        (["a b"], 3, "a b", 1),
        (["a, b"], 1, "a, b", 1),
    ],
)
def test_an_answer_that_breaks_a_constraint_is_asked_for_again(replies, attempts, answer, calls):
    llm = Learner(replies={"all": replies})
    task = GenerateAlignedResponse(llm=llm, max_attempts=attempts, check_constraints=True)
    task.load()
    messages = [{"role": "user", "content": "Go."}, {"role": "assistant", "content": "x"}]
    row = {"messages": messages, "system_message": "Do not use commas.", "constraints": [NO_COMMA]}
    result = next(task.process([row]))[0]
    task.unload()
    assert result["outcome"] == "accepted" and result["aligned_messages"][-1]["content"] == answer
    assert len(llm.seen) == calls


def test_rewards_are_shares_in_the_form_trl_wants():
    few = {"verifier": WORDS, "arguments": json.dumps({"num_words": 3, "relation": "less than"})}
    completions = ["one two", [{"role": "assistant", "content": "one, two, three"}], "one, two", "x", [], ""]
    constraints = [[NO_COMMA, few], [NO_COMMA, few], [NO_COMMA, few], [], [few], [few]]
    prompts = [[{"role": "user", "content": "Go."}]] * len(completions)
    rewards = constraint_reward(
        completions=completions, constraints=constraints, prompts=prompts, trainer_state=None
    )  # fmt: skip
    assert rewards == [1.0, 0.0, 0.5, None, 0.0, 0.0]


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_row_never_changes_sides(source_id, small, large):
    small, large = sorted((small, large))
    assert is_held_out(source_id, 1.0) and not is_held_out(source_id, 0.0)
    assert is_held_out(source_id, large) or not is_held_out(source_id, small)


def test_the_share_held_out_is_the_one_asked_for():
    assert sum(is_held_out(f"row-{n}", 0.1) for n in range(10_000)) == pytest.approx(1000, abs=100)


class Obedient(ScriptedLLM):
    """An engine for whole runs: writes a message with a constraint and breaks it for even numbers."""

    @property
    def model_name(self):
        return "obedient"

    def _output(self, text):
        if text.endswith("## [Annotated System Message]"):
            reply = "<<Role>>You are a tutor.<</Role>>\n<<Style>>Do not use commas.<</Style>>"
        elif text.endswith("## [Verdicts]"):
            reply = "Role: Good\nStyle: Good"
        else:
            number = int("".join(filter(str.isdigit, text)) or 0)
            reply = "First, second." if number % 2 == 0 else "First and second."
        return super()._output("") | {"generations": [reply]}


@pytest.fixture(scope="module")
def enforced(tmp_path_factory):
    place = tmp_path_factory.mktemp("enforced")
    config = RunConfig(
        input=str(write_rows(place / "rows.jsonl", 10)),
        llm="tests.constraints.test_constraints.Obedient",
        constraints="reject",
        measure_responses=True,
    )
    return run(config, place / "run").directory


@pytest.mark.slow
def test_a_run_rejects_what_breaks_a_constraint_and_accounts_for_it(enforced):
    rows = read_dataset(enforced.path)
    assert len(rows["accepted"]) == len(rows["rejected"]) == 5
    assert {row["outcome"] for row in rows["rejected"]} == {"broken_constraint"}
    assert rows["accepted"][0]["constraints"] == [NO_COMMA]
    report = enforced.read_report()
    assert report["attrition"][-1] == {
        "step": "check_constraints", "reached": "accepted", "rows_in": 10,
        "rejected": {"broken_constraint": 5}, "rows_out": 5,
    }  # fmt: skip
    assert report["responses"]["metrics"]["rougeL"]["number"] == 5


def test_asking_again_asks_for_the_response_alone(enforced, tmp_path):
    copy = RunDirectory(tmp_path / "run")
    shutil.copytree(enforced.path, copy.path)
    rounds = _plan_retries(copy, ["broken_constraint"])
    assert rounds is not None and list(rounds) == ["generate_aligned_response"]
    assert len(rounds["generate_aligned_response"]) == 5


@pytest.mark.slow
def test_held_out_rows_are_checkable_and_not_in_train(enforced, tmp_path):
    counts = hold_out(enforced.dataset, tmp_path / "split", 0.5)
    [task] = yaml.safe_load((tmp_path / "split" / "eval.yaml").read_text())["tasks"]
    assert (tmp_path / "split" / f"{task['split']}.parquet").exists() and task["id"] == "heldout"
    splits = {
        name: pq.read_table(tmp_path / "split" / f"{name}.parquet").to_pylist()
        for name in ("train", "heldout")
    }
    ids = {name: {row["source_id"] for row in rows} for name, rows in splits.items()}
    assert not ids["train"] & ids["heldout"] and sum(counts.values()) == 5
    assert len(ids["heldout"]) == counts["heldout"] and counts["neither"] == 0
    assert all(is_held_out(name, 0.5) for name in ids["heldout"])
    with pytest.raises(RunError, match="cannot be written"):
        hold_out(enforced.dataset, tmp_path / "split", 0.5)


def test_a_full_disk_is_one_message_and_the_retry_works(enforced, tmp_path, monkeypatch):
    target = tmp_path / "split"

    def fail(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    for broken in ("sysgen_distilabel.runs.hold_out._read_batches", "pathlib.Path.write_text"):
        with monkeypatch.context() as patch, pytest.raises(RunError, match="No space left on device"):
            patch.setattr(broken, fail)
            hold_out(enforced.dataset, target, 0.5)
        assert not list(tmp_path.iterdir())
    assert sum(hold_out(enforced.dataset, target, 0.5).values()) == 5
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.slow
def test_the_command_holds_out_what_an_evaluation_reads(enforced, tmp_path):
    done = sysgen("evaluate", "hold-out", enforced.path, "--output", tmp_path / "split", "--share", "1")
    assert done.returncode == 0 and done.stdout.startswith("0 rows to train on, 5 held out"), done.stderr
    from sysgen_distilabel.evaluation.benchmarks.s_ifeval import read_heldout

    found = read_heldout(str(tmp_path / "split" / "heldout.parquet"))
    assert len(found.items) == 5 and not found.malformed
    assert found.items[0].messages[0]["content"] == "You are a tutor. Do not use commas."


def test_regenerating_needs_a_second_attempt():
    with pytest.raises(ValueError, match="max_attempts"):
        RunConfig(input="x", llm="simulated", constraints="regenerate")
