"""Other notations of tags and Markdown around them: repaired when asked for, and never taken in silence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.functionalities import FUNCTIONALITIES
from sysgen_distilabel.replies.annotation import parse_annotated, render_annotated
from sysgen_distilabel.replies.notations import to_our_notation

TAGS = {
    "full-width": ("\uff1c\uff1cRole\uff1e\uff1e", "\uff1c\uff1c/Role\uff1e\uff1e"),
    "full-width, single": ("\uff1cRole\uff1e", "\uff1c/Role\uff1e"),
    "HTML": ("&lt;&lt;Role&gt;&gt;", "&lt;&lt;/Role&gt;&gt;"),
    "HTML twice": ("&amp;lt;&amp;lt;Role&amp;gt;&amp;gt;", "&amp;lt;&amp;lt;/Role&amp;gt;&amp;gt;"),
    "JSON": (r"\u003c\u003cRole\u003e\u003e", r"\u003c\u003c/Role\u003e\u003e"),
    "Markdown escapes": (r"\<\<Role\>\>", r"\<\</Role\>\>"),
    "square": ("[[Role]]", "[[/Role]]"),
    "square, single": ("[Role]", "[/Role]"),
    "curly": ("{{Role}}", "{{/Role}}"),
    "Chinese brackets": ("\u3010Role\u3011", "\u3010/Role\u3011"),
    "Chinese titles": ("\u300aRole\u300b", "\u300a/Role\u300b"),
    "double guillemets": ("««Role»»", "««/Role»»"),
    "colon": ("<<Role:>>", "<</Role:>>"),
    "words for the end": ("<<Role>>", "<<End Role>>"),
    "Chinese": ("<<角色>>", "<</角色>>"),
    "Korean": ("<<역할>>", "<</역할>>"),
    "German": ("<<Rolle>>", "<</Rolle>>"),
    "Russian": ("<<Роль>>", "<</Роль>>"),
    "Chinese in Chinese brackets": ("\u3010角色\u3011", "\u3010/角色\u3011"),
    "Chinese, single": ("<角色>", "</角色>"),
    "numbers of HTML": ("&#60;&#60;Role&#62;&#62;", "&#x3C;&#x3c;/Role&#x3e;&#62;"),
    "of an address": ("%3C%3CRole%3E%3E", "%3C%3C/Role%3E%3E"),
    "bars": ("<|Role|>", "<|/Role|>"),
    "round": ("((Role))", "((/Role))"),
    "triple": ("<<<Role>>>", "<<</Role>>>"),
    "much less than": ("\u226aRole\u226b", "\u226a/Role\u226b"),
    "backslash": ("<<Role>>", "<<\\Role>>"),
    "end without a name": ("<<Role>>", "<</>>"),
    "the word end": ("<<Role>>", "<<end>>"),
    "full-width letters": (
        "\uff1c\uff1c\uff32\uff4f\uff4c\uff45\uff1e\uff1e",
        "\uff1c\uff1c\uff0f\uff32\uff4f\uff4c\uff45\uff1e\uff1e",
    ),
    "bold inside": ("<<**Role**>>", "<</**Role**>>"),
    "numbered": ("<<1. Role>>", "<</1. Role>>"),
    "the word tag": ("<<Role tag>>", "<</Role tag>>"),
    "Arabic": ("<<الدور>>", "<</الدور>>"),
    "Hindi": ("<<भूमिका>>", "<</भूमिका>>"),
    "Vietnamese": ("<<Vai trò>>", "<</Vai trò>>"),
    "HTML bold": ("<b><<Role>></b> ", " <b><</Role>></b>"),
    "highlighted": ("==<<Role>>== ", " ==<</Role>>=="),
    "mathematics": ("$<<Role>>$ ", " $<</Role>>$"),
    "escaped bold": ("\\*\\*<<Role>>\\*\\* ", " \\*\\*<</Role>>\\*\\*"),
    "bold with a colon": ("**<<Role>>:** ", " **<</Role>>**"),
    "bold around the phrase": ("**<<Role>>", "**<</Role>>"),
    "a table": ("| <<Role>> | ", " | <</Role>> |"),
    "a quote": ("> <<Role>>\n> ", "\n> <</Role>>"),
    "closed headings": ("## <<Role>> ##\n", "\n## <</Role>> ##"),
    "bold": ("**<<Role>>** ", " **<</Role>>**"),
    "bold, tight": ("**<<Role>>**", "**<</Role>>**"),
    "code": ("`<<Role>>`", "`<</Role>>`"),
    "underlined": ("__<<Role>>__ ", " __<</Role>>__"),
    "headings": ("### <<Role>>\n", "\n### <</Role>>"),
}


@pytest.mark.parametrize("name", TAGS)
def test_with_repair_the_phrase_is_recovered_and_noted(name):
    opening, end = TAGS[name]
    text = f"{opening}You are a tutor.{end}\n<<Style>>Be *very* brief.<</Style>>"
    annotation = parse_annotated(text, repair=True)
    assert [phrase.text for phrase in annotation.phrases] == ["You are a tutor.", "Be *very* brief."]
    assert any(defect.repaired for defect in annotation.defects)


@pytest.mark.parametrize("name", TAGS)
def test_without_repair_no_mark_gets_into_a_phrase(name):
    opening, end = TAGS[name]
    phrases = parse_annotated(f"{opening}You are a tutor.{end}").phrases
    assert [phrase.text for phrase in phrases] in ([], ["You are a tutor."])


@pytest.mark.parametrize(
    "words",
    [
        "**Be brief.**",
        "Use **bold** and **more**",
        "* one\n* two",
        "# A title",
        "> a quote",
        "x >",
        "x\n>",
        "** x **",
        ":x",
        "`code` and `code`",
        "You cite [Role] and [1].",
        "Write {{name}}.",
        "C# is fine, and F#",
        "&lt;b&gt; is bold",
        "End with a \\",
        "<b>Be</b> brief; say <u>no</u>",
        "$x$ and $y$",
        "| a | b |",
        "Use & and;",
        "Write \uff1c\uff1cStyle\uff1e\uff1e as it is",
    ],
)
@pytest.mark.parametrize("repair", [False, True])
def test_marks_inside_a_phrase_stay(words, repair):
    annotation = parse_annotated(f"<<Style>>{words}<</Style>>", repair)
    assert [phrase.text for phrase in annotation.phrases] == [words]
    assert not annotation.defects


def test_a_bracket_without_its_end_is_text():
    text = "See [Role] in the manual, and {{Task}}."
    assert to_our_notation(text) == (text, frozenset())


@given(st.lists(st.sampled_from([*(part for tags in TAGS.values() for part in tags), "a ", "\n"])))
def test_places_are_those_of_tags_and_all_is_repaired_once(parts):
    text, places = to_our_notation("".join(parts))
    tags = tuple(f"<<{end}{name}>>" for name in FUNCTIONALITIES for end in ("", "/"))
    assert all(text.startswith(tags, place) for place in places)
    phrases = parse_annotated("".join(parts), repair=True).phrases
    again = parse_annotated(render_annotated(phrases), repair=True)
    assert len(again.phrases) <= len(phrases)


@pytest.mark.parametrize("space", ["<br>", "<br/>", "&nbsp;", " <br>\n<br>", "\n" + 40 * " "])
@pytest.mark.parametrize("repair", [False, True])
def test_blanks_around_a_phrase_are_no_part_of_it_be_they_written_as_in_html(space, repair):
    annotation = parse_annotated(f"<<Role>>{space}You are a tutor.{space}<</Role>>", repair)
    assert [phrase.text for phrase in annotation.phrases] == ["You are a tutor."]
    assert not annotation.defects


@pytest.mark.parametrize("colon", [": ", ":\n", "\uff1a", " \uff1a "])
def test_a_colon_behind_a_tag_belongs_to_it(colon):
    text = f"<<Role>>{colon}You are a tutor.<</Role>><<Style>>Be brief: no jokes.<</Style>>"
    mended = parse_annotated(text, repair=True)
    assert [phrase.text for phrase in mended.phrases] == ["You are a tutor.", "Be brief: no jokes."]
    assert [defect.repaired for defect in mended.defects] == [True]
    strict = parse_annotated(text)
    assert [phrase.text for phrase in strict.phrases] == ["Be brief: no jokes."]
    assert [defect.kind for defect in strict.defects] == ["markdown"]


@pytest.mark.parametrize(
    "words", [":) is a smile.", ":smile: Be friendly.", "Write: nothing else.", "End with a:"]
)
def test_a_colon_that_is_text_stays(words):
    annotation = parse_annotated(f"<<Style>>{words}<</Style>>", repair=True)
    assert [phrase.text for phrase in annotation.phrases] == [words] and not annotation.defects


def test_a_colon_alone_is_no_phrase():
    assert parse_annotated("<<Role>>\uff1a<</Role>>", repair=True).phrases == ()
