from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.replies.reasoning import find_reasoning_end, strip_reasoning

ANSWER = "The answer is 4."


@pytest.mark.parametrize(
    "reply",
    [
        ANSWER,
        f"<think>Two and two.</think>{ANSWER}",
        f"  \n<think>\nTwo and two.\n</think>\n\n{ANSWER}",
        f"<think></think>\n\n{ANSWER}",
        f"<thinking>Two\n\nand two.</thinking> {ANSWER}",
        f"<reasoning>Two and two.</reasoning>{ANSWER}",
        f"<Think>Two and two.</THINK>{ANSWER}",
        f"<think>a</think>\n<think>b</think>\n{ANSWER}",
        f"<think>In <thinking> I write </thinking> too.</think>{ANSWER}",
        f"Okay, two and two.\n</think>\n\n{ANSWER}",
        f"Okay, two and two.</think>\n{ANSWER}",
        f"Okay, I shall end with </think> soon.\n</think>{ANSWER}",
        f"</think>{ANSWER}",
    ],
)
def test_reasoning_at_the_start_goes(reply):
    assert strip_reasoning(reply) == ANSWER


@pytest.mark.parametrize(
    "reply", ["<think>Two and", "<think>", " <thinking>a</think> b", "Okay.\n</think>\n"]
)
def test_reasoning_without_a_reply_leaves_nothing(reply):
    assert strip_reasoning(reply) == ""


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "  kept as it is \n",
        "Put your reasoning between <think> and </think>.",
        "Write `<think>` first.\nThen write\n</think>\nand answer.",
        "Close with </think> before the answer.",
        "<thinker>no</thinker> <thinks>",
        "<<Format>>Reason first, then write\n</think>\nand answer.<</Format>>",
    ],
)
def test_other_text_stays(reply):
    assert strip_reasoning(reply) == reply


@given(st.lists(st.sampled_from(["<think>", "</think>", "</thinking>", "<reasoning>", "\n", " ", "x", "<<"])))
def test_end_lies_within_the_text(parts):
    text = "".join(parts)
    assert 0 <= find_reasoning_end(text) <= len(text)
    assert text.endswith(strip_reasoning(text))
