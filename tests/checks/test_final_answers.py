# ruff: noqa: RUF001 (signs of other scripts are meant)
"""The final answer is what a text marks as such, or ends with; options, dates and formulas are read."""

import re

import pytest

from sysgen_distilabel.checks.choices import find_choice, find_options
from sysgen_distilabel.checks.dates import find_dates, find_times, find_weekdays, same_date
from sysgen_distilabel.checks.expressions import find_expression, same_expression
from sysgen_distilabel.checks.final_answers import find_final
from sysgen_distilabel.checks.yes_or_no import find_yes_or_no, is_closed

DIGIT = re.compile(r"\d")


@pytest.mark.parametrize(
    ("text", "answer", "marked"),
    [
        ("2 + 2 = 4\n#### 4", "4", True),
        ("So \\boxed{\\frac{1}{2}}.", "\\frac{1}{2}", True),
        ("The final answer is: **4**.", "4**.", True),
        ("La respuesta es 4.", "4.", True),
        ("答案是4。", "4。", True),
        ("Answer: 4\n\nBecause 2 + 2 is 4.", "4", True),
        ("#### Step 1\nAdd 2.\n#### Step 2\nThat makes 4.", "That makes 4.", False),
        ("The answer is 5. Wait, it is 4.", "Wait, it is 4.", False),
        ("We add 2 to 2. That makes 4. Let me know if you need 3 more!", "That makes 4.", False),
        ("It is 4.\nCheck: 4 - 2 = 2.", "It is 4.", False),
        ("", "", False),
    ],
)
def test_where_the_answer_stands(text, answer, marked):
    final = find_final(text, DIGIT)
    assert (final.text, final.marked) == (answer, marked)


def test_options_are_lettered_or_numbered():
    assert find_options("Which? A) red B) blue or C) green?") == {"A": "red", "B": "blue", "C": "green"}
    assert find_options("Какой?\nА) да\nБ) нет") == {"A": "да", "B": "нет"}
    assert find_options("Which is it?\n1) red\n2) blue") == {"1": "red", "2": "blue"}
    assert find_options("Do this:\n1) paint\n2) dry") == {}
    assert find_options("A dog or B cat?") == {}


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("B", "B"),
        ("(b) blue", "B"),
        ("It is blue.", "B"),
        ("Option C.", "C"),
        ("A colour.", None),
        ("B or C", None),
    ],
)
def test_which_option_a_text_settles_on(text, letter):
    assert find_choice(text, find_options("Which? A) red B) blue C) green"), marked=False) == letter


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes, it is.", True),
        ("So no.", False),
        ("是的", True),
        ("いいえ、違います", False),
        ("नहीं।", False),
        ("Noon", None),
    ],
)
def test_yes_and_no(text, said):
    assert find_yes_or_no(text) is said


def test_a_closed_question_has_no_question_word_and_is_no_request():
    assert is_closed("Is 7 prime?")
    assert is_closed("7是质数吗？")
    assert not is_closed("What is 7?")
    assert not is_closed("Can you add 7?")


@pytest.mark.parametrize(
    "text", ["March 4, 2020", "4 de marzo de 2020", "2020-03-04", "4.3.2020", "2020年3月4日", "4 марта 2020"]
)
def test_dates(text):
    (date,) = find_dates(text)
    assert same_date(date, frozenset([(2020, 3, 4)]))
    assert not same_date(date, frozenset([(2020, 3, 5)]))


def test_times_and_weekdays():
    assert find_times("at 3:30 PM") == find_times("um 15:30 Uhr") == [frozenset([15 * 60 + 30])]
    assert find_times("at 3:30")[0] == {3 * 60 + 30, 15 * 60 + 30}
    assert find_weekdays("from Monday to viernes") == [0, 4]
    assert find_weekdays("Sali came on SUNDAY") == [6]  # no Turkish Tuesday


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2√3", "\\sqrt{12}", True),
        ("(x+1)^2", "x^2 + 2x + 1", True),
        ("[1, 2)", "1 ≤ x < 2", True),
        ("[1, 2)", "(1, 2]", False),
        ("3x", "4x", False),
        ("y = 2x + 1", "2x+1", True),
        ("3π", "9.42", True),
        ("3π", "πr = 9.42", True),
        ("3π", "2r = 9.42 + 1", False),
        ("9^9^9^9", "3", None),
        ("(10^{99})!", "3", None),
        ("\\begin{", "x", None),
        ("\\begin{pmatrix} 1 \\\\ x + 1 \\end{pmatrix}", "\\begin{bmatrix} 1\\\\1+x\\end{bmatrix}", True),
        ("\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "\\begin{pmatrix} 2 \\\\ 1 \\end{pmatrix}", False),
        ("\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "\\begin{pmatrix} 1 & 2 \\end{pmatrix}", False),
        ("x" * 300, "y", None),
    ],
)
def test_formulas(one, other, same):
    assert same_expression(one, other) is same


def test_a_formula_is_found_in_a_sentence():
    assert find_expression("The derivative of sin(x) is cos(x).") == "cos(x)"
    assert find_expression("A = πr^2 = 9π") == "9π"
    assert find_expression("It is 9π (about 28.3) square metres.") == "9π"
    assert find_expression("So it is x + 5, where x \\neq 1.") == "x + 5"
    assert find_expression("It is about πr² ≈ 28.3 m².") == "28.3"
    assert find_expression("The slope is 2(x + 1).") == "2(x + 1)"
    matrix = "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}"
    assert find_expression(f"The product is {matrix}.") == matrix
