"""Phrases put together read like text in every layout, and can be found in it again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.replies.composition import compose, find_phrases

LIST = "Use these parts:\n- Summary\n- Cause"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["A.", "D."], "A. D."),
        (["You are a tutor", "Be brief"], "You are a tutor. Be brief."),
        (["你是老师", "请简短回答。", "举一个例子"], "你是老师。请简短回答。举一个例子。"),
        (["आप शिक्षक हैं", "छोटा लिखें।"], "आप शिक्षक हैं। छोटा लिखें।"),
        (["당신은 교사입니다.", "짧게 쓰세요"], "당신은 교사입니다. 짧게 쓰세요."),
        (["Be brief", LIST, "Be kind"], f"Be brief.\n{LIST}\nBe kind."),
        (['Say "yes."', "Is it so?", "Return JSON:"], 'Say "yes." Is it so? Return JSON:'),
        ([], ""),
    ],
)
def test_a_paragraph_has_the_ends_and_blanks_of_its_script(texts, message):
    assert compose([("Role", text) for text in texts], "paragraph") == message


def test_the_other_layouts():
    phrases = [("Role", "You are a tutor"), ("Format", LIST), ("Format", "No tables.")]
    assert compose(phrases, "lines") == f"You are a tutor.\n{LIST}\nNo tables."
    indented = LIST.replace("\n", "\n  ")
    assert compose(phrases, "bullets") == f"- You are a tutor.\n- {indented}\n- No tables."
    headed = f"## Role\nYou are a tutor.\n\n## Format\n{LIST}\nNo tables."
    assert compose(phrases, "headings") == headed


def test_mixed_draws_each_layout_and_always_the_same_for_a_row():
    phrases = [("Role", "You are a tutor."), ("Style", "Be brief.")]
    drawn = [compose(phrases, "mixed", f"row-{n}") for n in range(60)]
    assert drawn == [compose(phrases, "mixed", f"row-{n}") for n in range(60)]
    assert set(drawn) == {compose(phrases, kind) for kind in ("paragraph", "lines", "headings", "bullets")}


texts = st.text(alphabet="ab .\n-1你", min_size=1, max_size=12).map(str.strip).filter(bool)
layouts = st.sampled_from(["paragraph", "lines", "headings", "bullets", "mixed"])


@given(st.lists(st.tuples(st.sampled_from([str(f) for f in FUNCTIONALITIES]), texts), max_size=6), layouts)
def test_every_phrase_can_be_found_again(phrases, layout):
    message = compose(phrases, layout, "row")
    places = find_phrases(message, [text for _, text in phrases])
    assert len(places) == len(phrases) and places == sorted(places)
    for (start, end), (_, text) in zip(places, phrases, strict=True):
        assert [line.strip() for line in message[start:end].split("\n")] == [
            s.strip() for s in text.split("\n")
        ]


def test_a_phrase_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="Be kind"):
        find_phrases("You are a tutor.", ["Be kind."])
