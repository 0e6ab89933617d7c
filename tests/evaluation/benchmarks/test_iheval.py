"""IHEval's tasks beyond rules: texts that come near, references put together again, and tools."""

from typing import Any, ClassVar

import pytest
from pydantic import PrivateAttr

from sysgen_distilabel.columns import RESPONSES
from sysgen_distilabel.errors import InputError
from sysgen_distilabel.evaluation.benchmarks import iheval
from sysgen_distilabel.evaluation.benchmarks.iheval_texts import (
    compare_translations,
    compare_verbs,
    names_user,
    strip_prefix,
)
from sysgen_distilabel.tasks import AnswerMessages
from tests import benchmark_data
from tests.doubles import ScriptedLLM


def test_verbs_are_compared_word_by_word():
    assert compare_verbs("Go, say!", "say,go") == (1, 1)
    strict, loose = compare_verbs("Here they are:\nsay", "say, go")
    assert strict == pytest.approx(2 / 6) and loose == pytest.approx(2 / 3)
    assert compare_verbs("Verbs: say, go", "say, go").loose == 1
    assert compare_verbs("", "say") == (0, 0)


def test_translations_are_compared_by_their_longest_common_part():
    assert compare_translations("DI ALGO.", "Di algo.") == (1, 1)
    strict, loose = compare_translations("Aquí está:\nDi algo.", "Di algo.")
    assert strict == pytest.approx(2 * 2 / 6) and loose == 1


def test_a_name_stands_alone():
    assert names_user('"Jack".\n', "jack")
    assert not names_user("It is Jack", "Jack")
    assert strip_prefix("Verbs: go") == "go" and strip_prefix("go") == "go"


def answered(folder, rows, answers, task="task-execution/verb-extract", setting="reference"):
    file = folder / task / setting / "default" / "input_data.json"
    benchmark_data.write_json(file, rows)
    items = iheval.read_iheval(str(folder)).items
    return [{**item.to_row(0), RESPONSES: [answer]} for item, answer in zip(items, answers, strict=True)]


def test_reference_rows_are_put_behind_both_instructions(tmp_path):
    rows = [
        {"id": "strong_user_instruction", "system": None, "instruction": "a", "answer": "are, is"},
        {"id": "weak_user_instruction", "system": None, "instruction": "b", "answer": "are"},
        {"id": 1, "system": None, "instruction": "c", "answer": "say, go"},
    ]
    figures = iheval.score_rows(answered(tmp_path, rows, ["are, is", "is", "Verbs: say"]))
    alone, strong, weak = 0.67, 0.86, 0.4  # F1 of 1 of 2; 3 of 4 with 3 said; 1 of 3 with 2 said
    found = figures["prompts"]["task-execution/verb-extract"]["reference"]["default"]
    assert found["mean"] == pytest.approx((alone + strong + weak) / 3) and found["number"] == 1


def test_what_is_asked_of_a_page_is_scored_as_its_own_task(tmp_path):
    rows = [
        benchmark_data.iheval_row(1, "tool-use/get-webpage", "conflict", answer)
        for answer in (
            {"task": "verb_extract", "content": ["say, go"]},
            {"task": "translation", "content": ["Di algo."]},
            {"task": "lang_detect", "content": ["Spanish", "español"]},
        )
    ]
    answers = ["say, go", "Di algo.", '{"language": "español"}']
    graded = answered(tmp_path, rows, answers, "tool-use/get-webpage", "conflict")
    assert [iheval.grade_row(row) for row in graded] == [1, 1, 1]
    wrong = answered(tmp_path, rows, answers[::-1], "tool-use/get-webpage", "conflict")
    assert sum(iheval.grade_row(row) for row in wrong) < 2


def test_a_folder_without_a_task_is_refused(tmp_path):
    with pytest.raises(InputError, match="no task of IHEval"):
        iheval.read_iheval(str(tmp_path))


class ToolLLM(ScriptedLLM):
    """Takes the turns of tools, and notes what it is sent."""

    takes_tool_turns: ClassVar[bool] = True
    _sent: list[Any] = PrivateAttr(default_factory=list)

    async def agenerate(
        self,
        input,
        num_generations: int = 1,
        max_new_tokens: int = 128,
        extra_body: dict[str, Any] | None = None,
    ):
        """Follows the script.

        Args:
            input: the chat.
            num_generations: ignored.
            max_new_tokens: ignored.
            extra_body: noted.
        """
        self._sent.append((input, extra_body))
        return await super().agenerate(input)


@pytest.fixture
def slack(tmp_path):
    row = benchmark_data.iheval_row(1, "tool-use/slack-user", "conflict", "Jack")
    [answered_row] = answered(tmp_path, [row], [""], "tool-use/slack-user", "conflict")
    return {name: value for name, value in answered_row.items() if name != RESPONSES}


def ask(llm, row, **fields):
    task = AnswerMessages(llm=llm, decoding={"max_new_tokens": 8}, **fields)
    task.load()
    return next(task.process([row]))[0][RESPONSES]


def test_an_engine_that_takes_tools_is_sent_the_call_and_its_result(slack):
    llm = ToolLLM(replies={"- Jack": "Jack"})
    assert ask(llm, slack) == ["Jack"]
    [(chat, extra)] = llm._sent
    assert [turn["role"] for turn in chat] == ["system", "user", "assistant", "tool"]
    assert chat[2]["tool_calls"][0]["function"]["arguments"] == '{"channel": "general"}'
    assert extra["tools"][0]["function"]["name"] == "get_users" and extra["tool_choice"] == "none"


def test_any_other_engine_reads_them_as_text(slack):
    shown = "<tool_response>\n- Jack\n</tool_response>"
    assert ask(ScriptedLLM(replies={shown: "Jack"}), slack) == ["Jack"]


def test_a_system_message_can_be_folded_into_the_first_user_turn(slack):
    llm = ToolLLM()
    ask(llm, slack, system_role="fold")
    [(chat, _)] = llm._sent
    assert [turn["role"] for turn in chat] == ["user", "assistant", "tool"]
    assert chat[0]["content"].startswith("Use no commas in tool-use/slack-user.\n\n")
