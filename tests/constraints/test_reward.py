"""The reward: shares, weights, all and any, what the user asks against the message, a judge in batches."""

import asyncio
import json
import subprocess
import sys

import pytest

from sysgen_distilabel import ConstraintReward, constraint_reward
from tests.patience import PATIENCE

NO_COMMA = {"verifier": "punctuation:no_comma", "arguments": "{}", "phrase": "Use no commas."}
FEW = {
    "verifier": "length_constraints:number_words",
    "arguments": json.dumps({"num_words": 3, "relation": "less than"}),
    "phrase": "Use at most two words.",
}
KIND = {"question": "Is it kind?", "phrase": "Be kind."}


class Counting:
    """A judge that says yes to what has "kind" in it, and nothing of what has "?"."""

    def __init__(self):
        self.calls = []

    async def __call__(self, asked):
        self.calls.append(list(asked))
        await asyncio.sleep(0)
        return [None if "?" in one.response else "kind" in one.response for one in asked]


@pytest.mark.parametrize(
    ("combine", "rewards"), [("mean", [1.0, 0.5, 0.0]), ("all", [1.0, 0.0, 0.0]), ("any", [1.0, 1.0, 0.0])]
)
def test_checks_are_combined(combine, rewards):
    reward = ConstraintReward(combine=combine)
    assert reward(["a b", "a b c", "a, b c"], constraints=[[NO_COMMA, FEW]] * 3, prompts=["x"] * 3) == rewards
    assert reward([""], constraints=[[NO_COMMA]]) == [0.0] and reward(["a"], constraints=[[]]) == [None]


def test_the_mean_is_the_function_that_trl_has_always_taken():
    completions, constraints = ["a b", "a, b c", "a b c", ""], [[NO_COMMA, FEW]] * 3 + [[FEW]]
    assert ConstraintReward()(completions, constraints) == constraint_reward(completions, constraints)
    assert ConstraintReward().__name__ == constraint_reward.__name__


def test_weights_are_those_of_the_entry_or_of_the_verifier():
    reward = ConstraintReward(weights={FEW["verifier"]: 3.0})
    assert reward(["a b c"], [[NO_COMMA, FEW]]) == [0.25]
    assert reward(["a b c"], [[{**NO_COMMA, "weight": 3.0}, {**FEW, "weight": 0}]]) == [1.0]
    assert reward(["a b c"], [[{**FEW, "weight": 0}]]) == [None]


def test_following_the_user_against_the_message_is_the_failure():
    against = {**NO_COMMA, "source": "user", "is_misalignment_check": True}
    assert constraint_reward(["one two", "one, two", " "], [[against]] * 3) == [0.0, 1.0, 0.0]


def test_the_judge_is_asked_once_for_all_and_what_it_cannot_say_does_not_count():
    judge = Counting()
    reward = ConstraintReward(judge=judge)
    rewards = reward(["a kind", "unkind?", "no"], [[FEW]] * 3, questions=[[KIND], [KIND], [KIND, KIND]])
    assert rewards == [1.0, 1.0, pytest.approx(1 / 3)] and [len(call) for call in judge.calls] == [4]
    scored = asyncio.run(reward.score("so kind", [NO_COMMA], [KIND]))
    assert [(part.name, part.phrase, part.passed) for part in scored.components] == [
        ("punctuation:no_comma", "Use no commas.", True),
        ("Is it kind?", "Be kind.", True),
    ]
    assert ConstraintReward()(["a"], [[FEW]], questions=[[KIND]]) == [1.0] and len(judge.calls) == 2


def test_it_is_called_where_a_loop_runs_already():
    async def inside():
        return ConstraintReward(judge=Counting())(["kind"], [[]], questions=[[KIND]])

    assert asyncio.run(inside()) == [1.0]


@pytest.mark.slow
def test_importing_it_opens_no_connection():
    code = (
        "import socket\n"
        "def refuse(*a, **k): raise SystemExit('a connection')\n"
        "socket.socket.connect = refuse\nsocket.getaddrinfo = refuse\n"
        "from sysgen_distilabel import constraint_reward\n"
        "check = {'verifier': 'punctuation:no_comma', 'arguments': '{}'}\n"
        "print(constraint_reward(['a, b', 'a'], [[check]] * 2))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE)
    assert done.stdout == "[0.0, 1.0]\n", done.stderr
