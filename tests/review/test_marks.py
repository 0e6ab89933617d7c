"""Phrases laid out as text with marks, and read back from marks."""

from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality, Verdict
from sysgen_distilabel.review.marks import (
    PLACEHOLDER,
    Mark,
    lay_out,
    mask,
    nearest,
    to_phrases,
    with_verdicts,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)
phrases = st.lists(
    st.fixed_dictionaries(
        {
            "functionality": st.sampled_from([f.value for f in FUNCTIONALITIES]),
            "text": texts,
            "verdict": st.sampled_from(["", *(v.value for v in Verdict)]),
        }
    ).map(dict),
    max_size=6,
).map(lambda found: sorted(found, key=lambda phrase: Functionality(phrase["functionality"]).rank))


@given(phrases)
def test_what_is_laid_out_is_read_back(given_phrases):
    text, marks = lay_out(given_phrases)
    assert to_phrases(text, marks) == given_phrases
    assert to_phrases(text, reversed(marks)) == given_phrases, "the order of marks is of no account"


@given(phrases)
def test_places_hold_in_code_points_and_in_utf16_units(given_phrases):
    text, marks = lay_out(given_phrases)
    masked = mask(text)
    assert len(masked) == len(text) == len(masked.encode("utf-16-le")) // 2
    assert mask(masked) == masked
    for mark in marks:  # what a browser would cut out is what the phrase covers
        units = masked.encode("utf-16-le")[2 * mark.start : 2 * mark.end].decode("utf-16-le")
        assert units == mask(text[mark.start : mark.end])


def test_what_browsers_lose_is_masked():
    assert mask("a\r\n\U0001f600b\x00\tc") == f"a{PLACEHOLDER}\n{PLACEHOLDER}b{PLACEHOLDER}\tc"
    assert mask("<img onerror='x'> &amp;") == "\u2039img onerror='x'> \uff06amp;"


def test_a_verdict_belongs_to_the_phrase_it_covers_most_of():
    verdicts = [Mark(0, 10, "", "Bad"), Mark(10, 30, "", "Good")]
    phrase = Mark(8, 28, "Task")
    assert nearest(phrase, verdicts) == verdicts[1]
    assert nearest(Mark(0, 10, "Role"), [Mark(0, 40, "", "None"), verdicts[0]]) == verdicts[0], (
        "the same place"
    )
    assert nearest(Mark(40, 50, "Role"), verdicts) is None
    assert nearest(Mark(9, 12, "Role"), verdicts[:1]) is None, "less than half of it"
    assert [mark.verdict for mark in with_verdicts([phrase, Mark(50, 60, "Tool")], verdicts)] == ["Good", ""]
