"""A judge's score, which its scale is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.replies.scores import read_score


@pytest.mark.parametrize(
    "reply",
    [
        "Score: 4",
        "Score: **4**",
        "[RESULT] 4",
        "[RESULT] 4/5",
        "[RESULT] (1-5) 4",
        "Score: 4/5",
        "Score: 4 out of 5",
        "Score (1-5): 4",
        "Score (1 to 5 points): 4",
        "Score [1\u20135]: **4**",
        "Score\uff081\uff5e5\uff09\uff1a4",
        "Score (on a scale of 1 to 5): 4",
        "On a scale of 1 to 5, the score is 4.",
        "Score (out of 5): 4",
        "Score (1 = poor, 5 = excellent): 4",
        "Score (1, 2, 3, 4, or 5): 4",
        "Score: 1-5: 4",
        "Score from 1 to 5: 4",
        "Final Score (1..5) - 4",
        "Score (max. 5): 4",
        "Rating: 4",
        "score = 4",
        "Score: (4)",
        "Score: 4.0",
        "The score is 3 at first sight. [RESULT] 4",
        '{"score": 4}',
        '{"Score": "4/5"}',
        '{"result": {"score": 4}}',
        '{"scale": "1-5", "score": "4"}',
        "Scale: 1-5\nScore: 4",
        "Score: 1 (poor) to 5 (excellent): 4",
        "The score, from 1 (lowest) to 5 (highest), is 4.",
        "Score: 5-point scale: 4",
        "Rating, 1 to 5, 5 being best: 4",
        "Score (1\u20135, where 5 is best): 4",
        "Score (higher is better, 1-5): 4",
        "Score 1|2|3|4|5: 4",
        "Score \u2208 [1, 5]: 4",
        "Score between 1 and 5: 4",
        "Score on a 1-5 scale: 4",
        "Score (de 1 \u00e0 5) : 4",
        "Score (von 1 bis 5): 4",
        "Score: \\boxed{4}",
    ],
)
def test_the_score_is_read(reply):
    assert read_score(reply)[0] == 4


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "Score: four",
        "Score: 7",
        "Score: 4.5",
        "Score: 8/10",
        "Score (1-10): 4",
        "Score: 4-5",
        "Score: 3 or 4",
        "Score 1: bad\nScore 5: good",
        "Score (1-5):",
        "Score: 4\nScore: 2",
        '{"score": "1-5"}',
        '{"score": true}',
        '{"score": 4}{"score": 5}',
        '{"score": 4.5}',
        "It has 4 parts.",
    ],
)
def test_what_is_no_single_score_is_none(reply):
    assert read_score(reply)[0] is None


@given(st.text(alphabet="score RESULT[]()0123456789.-/:\n", max_size=120))
def test_any_reply_has_a_score_of_the_scale_or_none(reply):
    assert read_score(reply)[0] in (None, 1, 2, 3, 4, 5)
