"""Numbers in words are read without knowing the language."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.checks.number_words import read_words, scale_of


def read(text):
    return [value for value, _, _ in read_words(re.findall(r"[^\W\d_]+|[-,]", text))]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("seventy-two", [72]),
        ("one hundred and twenty", [120]),
        ("three thousand five hundred", [3500]),
        ("two million", [2_000_000]),
        ("two dozen", [24]),
        ("three and four", [3, 4]),
        ("setenta y dos", [72]),
        ("veintitrés", [23]),
        ("quatre-vingt-dix-sept", [97]),
        ("soixante-douze", [72]),
        ("trois cent quatre-vingt-onze", [3, 91]),  # "cent" is English too
        ("zweiundsiebzig", [72]),
        ("dreihundertfünfundsechzig", [365]),
        ("tweeënzeventig", [72]),
        ("settantadue", [72]),
        ("ventotto", [28]),
        ("cinquenta e quatro", [54]),
        ("trzydzieści dwa", [32]),
        ("yüz kırk dört", [144]),  # noqa: RUF001
        ("twenty-one", [21]),
        ("one hundred and one", [101]),
        ("vingt et un", [21]),
        ("treinta y uno", [31]),
        ("cinquenta e uma", [51]),
        ("czterdzieści jeden", [41]),
        ("twenty, one of them red", [20]),
        ("five one by one", [5]),
        ("no number on this line", []),
    ],
)
def test_number_words_of_several_languages(text, values):
    assert read(text) == values


def test_words_that_multiply_digits():
    assert [scale_of(word) for word in ("million", "millionen", "万", "लाख", "apples")] == [
        10**6,
        10**6,
        10**4,
        10**5,
        1,
    ]


@given(
    st.lists(
        st.sampled_from(
            ["one", "two", "seventy", "hundred", "thousand", "million", "and", "zwei", "cento", "mille", "-"]
        )
    )
)
def test_any_row_of_words_gives_numbers_of_a_size_that_floats_hold(words):
    for value, first, last in read_words(words):
        assert 0 <= value <= 10**15
        assert 0 <= first <= last < len(words)
