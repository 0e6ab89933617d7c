# ruff: noqa: RUF001 (signs of other scripts are meant)
"""Numbers are read with their units, in any script and spelling, and compared as amounts."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.checks.numerals import to_digits
from sysgen_distilabel.checks.quantities import find_quantities, same_quantity
from sysgen_distilabel.checks.reading_language import reading_language
from sysgen_distilabel.checks.units import find_unit


def read(text, language="en"):
    return find_quantities(to_digits(text, language), language)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "seventy-two and 2½ and ５", [72, Fraction(5, 2), 5]),
        (
            "en",
            "1,234.50 and 1,00,000 and 12 500 and .5",
            [Fraction(2469, 2), 100_000, 12_500, Fraction(1, 2)],
        ),
        (
            "en",
            "3.2 × 10^5, 3/4, 1 1/2, -5, 2.5 million",
            [320_000, Fraction(3, 4), Fraction(3, 2), -5, 2_500_000],
        ),
        ("de", "1.234,50 und 1.234 und zweiundsiebzig", [Fraction(2469, 2), 1234, 72]),
        ("fr", "12 500,5 et quatre-vingt-dix", [Fraction(25_001, 2), 90]),
        ("zh", "一万二千元，七十二个，3万5千，三分之二", [12_000, 72, 35_000, Fraction(2, 3)]),
        ("zh", "每周三次，周三和星期五开门", [3]),
        ("ja", "二十五円と３個", [25, 3]),
        ("ko", "일흔두 개와 이십오 명", [72, 25]),
        ("ru", "две тысячи триста сорок пять", [2345]),
        ("ar", "٧٢٫٥ و ٣", [Fraction(145, 2), 3]),
        ("hi", "७२ और पाँच सौ", [72, 500]),
        ("tr", "iki bin üç yüz", [2300]),
        ("vi", "hai trăm ba mươi lăm, năm mươi và chín", [235, 50, 9]),
        ("vi", "ba nghìn trong hai năm", [3000, 2]),
    ],
)
def test_numbers_are_read(language, text, expected):
    assert [quantity.readings[0] for quantity in read(text, language)] == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2 hours", "120 minutes"),
        ("1.5 km", "1,500 m"),
        ("$4", "400 cents"),
        ("72", "72 apples"),
        ("50%", "0.5"),
        ("50 percent", "50"),
        ("10/3", "3.33"),
        ("60 mph", "60 miles per hour"),
        ("3 dozen", "36"),
        ("1 hour 30 minutes", "90 minutes"),
        ("5 dollars and 50 cents", "$5.50"),
    ],
)
def test_amounts_that_are_the_same(one, other):
    (first,), (second,) = read(one), read(other)
    assert same_quantity(first, second)
    assert same_quantity(second, first)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2 hours", "2 minutes"),
        ("$4", "€4"),
        ("3.33", "3.34"),
        ("3", "3.33"),
        ("5 kg", "5 km"),
        ("1/2", "1/3"),
    ],
)
def test_amounts_that_are_not(one, other):
    (first,), (second,) = read(one), read(other)
    assert not same_quantity(first, second)
    assert not same_quantity(second, first)


def test_a_whole_number_is_rounded_only_where_that_was_asked_for():
    (whole,), (exact,) = read("3"), read("3.33")
    assert same_quantity(whole, exact, rounded=True)


@given(st.integers(0, 10**12))
def test_separators_do_not_matter(number):
    for text in (f"{number}", f"{number:,}", f"{number:,}".replace(",", " ")):
        (quantity,) = read(text)
        assert quantity.readings[0] == number
    (quantity,) = read(f"{number:,}".replace(",", "."), "de")
    assert quantity.readings[0] == number


@given(st.text(max_size=80), st.sampled_from(["", "en", "de", "zh", "ko", "ru", "ar", "hi"]))
def test_any_text_can_be_read(text, language):
    for quantity in read(text, language):
        assert quantity.start < quantity.end
        assert quantity.readings


def test_the_language_of_numbers_is_told_by_script_or_frequent_words():
    assert reading_language("Wie viele Äpfel sind das?") == "de"
    assert reading_language("42", "¿Cuántos libros hay en la mesa?") == "es"
    assert reading_language("リンゴは3個です") == "ja"
    assert reading_language("42") == ""


def test_a_word_may_be_a_unit_in_more_than_one_way():
    assert set(find_unit("pound")) == {"gbp", "mass"}
    assert find_unit("apple") is None
