# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Which user turns speak of an earlier answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.checks.turn_references import find_referring, is_in_the_air, refers_back

ANSWER = "Day one: the old lighthouse and the harbour. Day two: a walk through the vineyards."
ASKED = "Plan two days in Porto Verde."


@pytest.mark.parametrize(
    "request_",
    [
        "Drop the lighthouse, I am afraid of heights.",
        "Shorten it, please.",
        "What did you mean by \"a walk through the vineyards\"?",
        "Why is that better?",
        "How long does it take?",
        "Is it safe for children?",
        "Could you do them in the evening?",
        "Can you turn your list into a table?",
        "Explain the second point.",
        "Continue",
        "¿Por qué mencionaste los viñedos?",
        "Hazlo más corto.",
        "Kannst du das, was du erwähnt hast, begründen?",
        "Übersetze es ins Englische.",
        "Pourquoi as-tu choisi cela ? Tu as dit deux jours.",
        "Raccourcis-le.",
        "你刚才提到的第二天太累了。",
        "继续",
        "先ほどの案をもっと短くしてください。",
        "방금 말한 두 번째 날을 자세히 알려줘.",
        "Ты упомянул виноградники, зачем?",
    ],
)  # fmt: skip
def test_a_turn_that_speaks_of_the_answer(request_):
    assert refers_back(request_, [ANSWER], [ASKED])
    assert not refers_back(request_, [], [ASKED]), "there is nothing to refer to"


@pytest.mark.parametrize(
    "request_",
    [
        "And 3 + 3?",
        "What time is it?",
        "Is it raining in Lima today?",
        "How long does it take to boil an egg?",
        "My dog is sick. How do I help it?",
        "How do I boil an egg?",
        "What is the capital of Peru?",
        "Plan two days in the mountains of Porto Verde.",
        "¿Cuál es la capital de Perú?",
        "Wie koche ich ein Ei?",
        "Comment cuire un œuf ?",
        "秘鲁的首都是哪里？",
        "ペルーの首都はどこですか。",
        "페루의 수도는 어디야?",
        "Write a haiku about rain.",
    ],
)
def test_a_turn_that_stands_alone(request_):
    assert not refers_back(request_, [ANSWER], [ASKED])


def test_words_that_the_user_brought_up_are_no_sign():
    assert not refers_back("Where is the lighthouse?", [ANSWER], [f"{ASKED} With the lighthouse!"])


def test_the_places_of_a_conversation():
    messages = [
        {"role": "user", "content": "Continue"},
        {"role": "assistant", "content": ANSWER},
        {"role": "user", "content": "How do I boil an egg?"},
        {"role": "assistant", "content": "Eight minutes."},
        {"role": "user", "content": "Drop the lighthouse."},
        {"role": "assistant", "content": "Done."},
    ]
    assert find_referring(messages) == [4]


@given(st.text(), st.lists(st.text(), max_size=3), st.lists(st.text(), max_size=3))
def test_any_text_has_an_answer(request_, answers, requests):
    assert refers_back(request_, answers, requests) in (True, False)
    assert not refers_back(request_, [], requests)


@pytest.mark.parametrize(
    ("request_", "in_the_air"),
    [
        ("Drop the lighthouse, I am afraid of heights.", True),
        ("Is the harbour far away?", False),
        ("Shorten it, please.", False),
        ("Are the days too long?", False),
    ],
)
def test_what_a_turn_names_is_still_there_or_not(request_, in_the_air):
    aligned = "Day one: the harbour. Day two: a museum."
    assert is_in_the_air(request_, [ANSWER], [aligned], [ASKED]) == in_the_air
