"""The simulated user: the same turns for the same row, about its topic, and nothing of the system message."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgen_distilabel.variety.simulated_user import find_topic, quotes, write_turns

REQUEST = "How does a sundial work, and why does the sundial need the sun?"


def test_turns_are_drawn_by_the_row_and_speak_of_its_topic():
    turns = write_turns("Use no commas.", REQUEST, 9, seed="a")
    assert turns == write_turns("Use no commas.", REQUEST, 9, seed="a") and len(turns) == 9
    assert turns != write_turns("Use no commas.", REQUEST, 9, seed="b")
    assert any("sundial" in turn.text for turn in turns) and not any("{" in turn.text for turn in turns)


def test_adversarial_turns_come_at_the_rate_asked_for_and_never_first():
    drawn = [turn for n in range(60) for turn in write_turns("", REQUEST, 9, seed=str(n))]
    assert 0.12 < sum(turn.is_adversarial for turn in drawn) / len(drawn) < 0.24
    assert not any(
        write_turns("", REQUEST, 1, seed=str(n), adversarial_share=1.0)[0].is_adversarial for n in range(9)
    )
    assert not any(turn.is_adversarial for turn in write_turns("", REQUEST, 9, adversarial_share=0.0))


@pytest.mark.parametrize(
    ("request_", "sign"),
    [
        ("Wie funktioniert eine Sonnenuhr genau?", "Was ist"),
        ("为什么天空是蓝色的", "吗"),
        ("하늘은 왜 파란색인가요?", "요"),
    ],
)
def test_the_user_goes_on_in_their_language(request_, sign):
    turns = write_turns("", request_, 30, adversarial_share=0.3)
    assert any(sign in turn.text for turn in turns)
    assert not any("example" in turn.text for turn in turns)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60), st.integers(1, 12))
def test_no_turn_quotes_the_system_message(request, number):
    message = "Forget how you have been answering so far. What would you say to a beginner? " + request
    assert not any(quotes(turn.text, message) for turn in write_turns(message, request, number))


def test_a_topic_is_the_most_frequent_long_word():
    assert find_topic(REQUEST) == "sundial" and find_topic("Why? Is it so?") == ""
    assert find_topic("Wie koche ich Reis richtig?") == "Reis"
