"""Figures of three annotators who disagree in known ways, against figures worked out by hand."""

import pytest

from sysgen_distilabel.review.agreement import compare_with_verifier, measure_agreement
from sysgen_distilabel.review.answers import Answer, AnsweredRecord
from sysgen_distilabel.review.consensus import agree_on_phrases, agree_on_preference
from sysgen_distilabel.review.marks import Mark

TEXT = "You teach. Be kind."
ROLE, STYLE = Mark(0, 10, "Role", "Good"), Mark(11, 19, "Style", "Bad")


def answer(annotator, verdicts, preferred="", marks=(ROLE, STYLE)):
    judged = tuple(Mark(m.start, m.end, "", v) for m, v in zip((ROLE, STYLE), verdicts, strict=True) if v)
    unverified = tuple(Mark(m.start, m.end, m.functionality) for m in marks)
    return Answer(annotator, unverified, judged, preferred, "")


def record(*answers, name="r"):
    return AnsweredRecord(name, name, TEXT, (ROLE, STYLE), answers, is_superseded=False)


RELABELLED = (Mark(0, 10, "Task"), STYLE)
RECORDS = [
    record(
        answer("a", ("Good", "Bad"), "aligned"),
        answer("b", ("Good", "Good"), "aligned"),
        answer("c", ("Good", "Bad"), "original", RELABELLED),
    ),
    record(
        answer("a", ("Bad", "Good"), "tie"),
        answer("b", ("Good", ""), "tie"),
        answer("c", ("Bad", "Good"), "tie"),
    ),
]


def test_alpha_of_verdicts_equals_the_hand_computation():
    # Units (values): {G,G,G}, {B,G,B}, {B,G,B}, {G,G}. Within a unit of m values each ordered pair counts
    # 1/(m-1): unit 1 gives GG 3; units 2 and 3 give BB 1 and BG+GB 2 each; unit 4 gives GG 2.
    # n = 11, n(G) = 7, n(B) = 4. Observed disagreement 4/11. Expected 2*7*4/(11*10) = 56/110.
    figures = measure_agreement(RECORDS)["verdicts"]
    assert figures["units"] == 4
    assert figures["alpha"] == pytest.approx(1 - (4 / 11) / (56 / 110))


def test_alpha_of_functionalities_is_over_words():
    # Four words in each of two records, three people. "You" and "teach." of the first record are
    # Role, Role, Task; all else is unanimous: Role twice, Style four times.
    # n = 24, Role 2*2 + 6 = 10, Task 2, Style 12; disagreeing pairs: 2 units with 4 ordered pairs of 1/2.
    observed = 2 * 4 * 0.5 / 24
    expected = (2 * 10 * 2 + 2 * 10 * 12 + 2 * 2 * 12) / (24 * 23)
    figures = measure_agreement(RECORDS)["functionalities"]
    assert figures["units"] == 8
    assert figures["alpha"] == pytest.approx(1 - observed / expected)


def test_alpha_of_preferences():
    # {aligned, aligned, original}, {tie, tie, tie}: n = 6; disagreeing pairs 4 * 1/2 = 2.
    expected = (2 * 2 * 1 + 2 * 2 * 3 + 2 * 1 * 3) / (6 * 5)
    figures = measure_agreement(RECORDS)["preferred_response"]
    assert figures == {"units": 2, "alpha": pytest.approx(1 - (2 / 6) / expected)}


def test_alpha_is_undefined_where_nothing_varies():
    same = [record(answer("a", ("Good", "Good")), answer("b", ("Good", "Good")))]
    assert measure_agreement(same)["verdicts"] == {"units": 2, "alpha": None}
    alone = [record(answer("a", ("Good", "Bad")))]
    assert measure_agreement(alone)["verdicts"] == {"units": 0, "alpha": None}
    assert measure_agreement([])["preferred_response"] == {"units": 0, "alpha": None}


def test_people_and_the_verifier_per_functionality():
    # The verifier says Good of Role: people say Good 4 times of 6. It says Bad of Style: Bad 2 of 5.
    figures = compare_with_verifier(RECORDS)
    assert figures["functionalities"] == {
        "Role": {"verdicts": 6, "equal": 4},
        "Style": {"verdicts": 5, "equal": 2},
    }
    assert figures["average"] == pytest.approx((100 * 4 / 6 + 100 * 2 / 5) / 2)
    assert compare_with_verifier([]) == {"functionalities": {}, "average": None}


def test_one_row_is_made_of_several_answers():
    first, second = RECORDS
    assert agree_on_phrases(first) == [ROLE, STYLE], "two of three call it Role and Style Bad"
    assert agree_on_phrases(second) == [Mark(0, 10, "Role", "Bad"), Mark(11, 19, "Style", "Good")]
    one_each = record(answer("a", ("None", "Good")), answer("b", ("Bad", "Bad")))
    assert [mark.verdict for mark in agree_on_phrases(one_each)] == ["None", "Bad"]
    left_out = record(Answer("a", (ROLE, Mark(11, 19, "Task")), None, "", ""))
    assert agree_on_phrases(left_out) == [ROLE, Mark(11, 19, "Task", "Bad")], "the verifier's verdicts hold"
    newly_marked = record(Answer("a", (Mark(0, 3, "Tool"),), (), "", ""))
    assert agree_on_phrases(newly_marked) == [Mark(0, 3, "Tool")]


def test_the_preference_of_most():
    assert [agree_on_preference(one.answers) for one in RECORDS] == ["aligned", "tie"]
    split = record(answer("a", ("", ""), "aligned"), answer("b", ("", ""), "original"))
    assert agree_on_preference(split.answers) == "tie" and agree_on_preference([]) == ""
