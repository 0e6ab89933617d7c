"""Lift by hand, and messages without one of their phrases."""

import pytest

from sysgen_distilabel.measures.lift import Likelihood, leave_out, lift_per_token, with_answer
from sysgen_distilabel.replies.composition import compose

PHRASES = [("Role", "You teach"), ("Style", "Be brief."), ("Format", "Write:\n- one\n- two")]
TEXTS = [text for _, text in PHRASES]


def test_lift_is_the_gain_per_token():
    assert lift_per_token(Likelihood(-4.0, 4), Likelihood(-10.0, 4)) == 1.5
    assert lift_per_token(Likelihood(0.0, 0), Likelihood(0.0, 0)) == 0


@pytest.mark.parametrize("layout", ["paragraph", "lines"])
def test_what_is_left_out_is_one_phrase_and_what_ends_it(layout):
    left = leave_out(compose(PHRASES, layout), TEXTS)

    expected = [compose([*PHRASES[:at], *PHRASES[at + 1 :]], layout) for at in range(3)]
    assert [text.split() for text in left] == [text.split() for text in expected]


def test_a_message_of_other_phrases_is_told():
    with pytest.raises(ValueError, match="does not stand"):
        leave_out("Sing.", TEXTS)


def test_without_a_message_there_is_no_system_turn():
    user = {"role": "user", "content": "Hello"}
    assert [turn["role"] for turn in with_answer([user], "Hi")] == ["user", "assistant"]
    assert with_answer([user], "Hi", "Be brief.")[0] == {"role": "system", "content": "Be brief."}
