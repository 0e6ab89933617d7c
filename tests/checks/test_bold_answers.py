# ruff: noqa: RUF001 (signs of other scripts are meant)
"""A value that a text sets in bold is its answer, whatever else it tells behind it."""

import pytest

from sysgen_distilabel.checks.bold_answers import find_bold_answer
from sysgen_distilabel.checks.compare_answers import compare_answers
from sysgen_distilabel.checks.final_answers import split_sentences


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("She has **35** left, and 7 are gone.", "**35** left"),
        ("It costs **$35**. With the other trip it would be 70.", "**$35**"),
        ("It is -**35** °C.", "-**35**"),
        ("**Total = 35 m**\n\nThat is 5 × 7 = 35. With 3 more it would be 38.", "**Total = 35 m**"),
        ("**Rent:** **$90**\nThe rest is **$35**.", "**$35**"),
        ("5 rows: **50** seats\n7 rows: **70** seats\nTogether 70 of them.", "**70** seats"),
        ("**5** and **7** are prime, 9 is not.", "**5** and **7** are prime, 9 is not."),
        ("Each box holds **12**. Five hold 12 × 5 = 60.", ""),
        ("Five boxes hold **60**, as 5 × 12 = 60.", "**60**"),
        ("Each box holds **12**. Five hold 5 × 10 = 50.", ""),
        ("Each box holds **12**, a crate **50**. 3 crates hold 150.", ""),
        ("It is **12**. Wait, I forgot one: 13.", ""),
        ("**Step 1: the 7 rows**\nThere are 35.", ""),
        ("**2. The 7 rows**\nThere are 35.", ""),
        ("**In 7 rows:** 35 seats", ""),
        ("There are 35.", ""),
    ],
)
def test_what_stands_in_bold(text, answer):
    assert find_bold_answer(split_sentences(text)) == answer


@pytest.mark.parametrize(
    ("aligned", "result"),
    [
        ("He sold **35 tickets**, while 14 were left.", "same"),
        ("He sold **14 tickets**, while 35 were left.", "different"),
        ("**Step 1:** 5 × 7 = 35 tickets\n\nSo he sold 35, which leaves 14 for the others.", "unknown"),
        ("**First day:** **20**\n\n**Both days:** 20 + 15 = **35**\n\nHe sold 35, 5 fewer than 40.", "same"),
        ("Ann sold **14** tickets.\nHe sold **21** more.\n\nThat makes 14 + 21 = 35 tickets.", "same"),
        ("The answer is 36. At first it was **35**.", "different"),
    ],
)
def test_a_number_in_bold_counts(aligned, result):
    assert compare_answers("How many tickets did he sell?", "#### 35", aligned).result == result
