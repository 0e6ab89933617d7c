"""Later turns follow: answers that break a constraint are asked for again, or end the conversation."""

import pytest

from sysgen_distilabel.tasks import ExtendConversation
from tests.doubles import ScriptedLLM

NO_COMMA = {"verifier": "punctuation:no_comma", "arguments": "{}", "phrase": "Use no commas."}
TURNS = [("system", "Use no commas."), ("user", "What is a sundial?"), ("assistant", "A clock.")]
MESSAGES = [{"role": role, "content": content} for role, content in TURNS]
ROW = {
    "source_id": "a",
    "system_message": "Use no commas.",
    "aligned_messages": MESSAGES,
    "constraints": [NO_COMMA],
    "outcome": "accepted",
}


class InTurn(ScriptedLLM):
    """Gives its replies one after the other."""

    def _output(self, text):
        replies = self.replies["all"]
        return super()._output("") | {"generations": [replies[min(len(self.seen), len(replies)) - 1]]}


@pytest.mark.parametrize(
    ("replies", "attempts", "answers"),
    [
        (["one", "two", "three"], 1, ["one", "two", "three"]),
        (["one", "t, wo", "two", "three"], 2, ["one", "two", "three"]),
        (["one", "t, wo", "t, wo"], 2, ["one"]),
        (["o, ne"], 1, []),
    ],
)
def test_what_is_added_follows_to_the_last_turn(replies, attempts, answers):
    task = ExtendConversation(llm=InTurn(replies={"all": replies}), turns=3, max_attempts=attempts)
    task.load()
    row = next(task.process([dict(ROW)]))[0]
    task.unload()
    added = row["aligned_messages"][3:]
    assert [turn["content"] for turn in added if turn["role"] == "assistant"] == answers
    assert [turn["role"] for turn in added] == ["user", "assistant"] * len(answers)
    assert row["outcome"] == "accepted" and row["aligned_messages"][:3] == MESSAGES


def test_rows_without_a_constraint_or_rejected_ones_cost_no_call():
    llm = InTurn(replies={"all": ["one"]})
    task = ExtendConversation(llm=llm, turns=3)
    task.load()
    rows = next(task.process([{**ROW, "constraints": []}, {**ROW, "outcome": "no_reply"}]))
    task.unload()
    assert llm.seen == [] and [row["aligned_messages"] for row in rows] == [MESSAGES, MESSAGES]


def test_added_answers_are_noted_where_answers_are():
    notes = [{"turn": 1, "answer": "kept", "refers_back": 0, "rewritten_from": ""}]
    task = ExtendConversation(llm=InTurn(replies={"all": ["one", "two"]}), turns=2)
    task.load()
    row = next(task.process([{**ROW, "answer_turns": notes}]))[0]
    task.unload()
    assert [(note["turn"], note["answer"]) for note in row["answer_turns"]] == [
        (1, "kept"),
        (2, "added"),
        (3, "added"),
    ]
