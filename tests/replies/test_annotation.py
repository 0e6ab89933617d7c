from __future__ import annotations

import dataclasses
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality
from sysgen_distilabel.replies.annotation import (
    Annotation,
    DefectKind,
    Phrase,
    parse_annotated,
    render_annotated,
)
from sysgen_distilabel.replies.tags import TAG, read_tag
from tests.isolated import isolated


def show(annotation: Annotation) -> list[str]:
    """The phrases as `Role: text`."""
    return [f"{phrase.functionality}: {phrase.text}" for phrase in annotation.phrases]


def kinds(annotation: Annotation) -> list[str]:
    """The kinds of defects, repaired ones with a plus."""
    return [f"{defect.kind}{'+' * defect.repaired}" for defect in annotation.defects]


FIGURE_2 = """\
<<Role>>You are an AI code analysis assistant.<<Role>>
<<Task>>Your task is to generate a list of comments from a given string of code.<<Task>>
<<Action>>Analyze the given code string.<<Action>>
<<Style>>Respond in a clear, informative, and helpful manner.<<Style>>
<<Format>>The output should be a list of comments.<<Format>>"""


def test_figure_2_of_the_paper():
    annotation = parse_annotated(FIGURE_2)
    assert annotation.defects == ()
    assert " ".join(phrase.text for phrase in annotation.phrases) == (
        "You are an AI code analysis assistant. Your task is to generate a list of comments from a given "
        "string of code. Analyze the given code string. Respond in a clear, informative, and helpful manner. "
        "The output should be a list of comments."
    )


@pytest.mark.parametrize(
    ("text", "phrases", "defects"),
    [
        # both ends of the paper
        ("<<Role>>a<</Role>>", ["Role: a"], []),
        ("<<Role>>a<<Role>>", ["Role: a"], []),
        ("<<Role>>a<<Role>>\n<<Task>>b<</Task>>", ["Role: a", "Task: b"], []),
        ("<<Role>> \n a\n\nb\t <</Role>>", ["Role: a\n\nb"], []),
        ("<<Role>>역할<</Role>>", ["Role: 역할"], []),
        # the invalid examples of Figure 2
        ("<<Role>> a <<//Role>>", [], ["double_slash"]),
        ("<<Task>> a <<Format>>", [], ["missing_end", "missing_end"]),
        ("<<Format>> a", [], ["missing_end"]),
        ("<<Background >> a", [], ["missing_end"]),
        ("<<Background >> a <</Background>>", [], ["misspelt_tag"]),
        ("<<Example>>a<</Example>>", [], ["unknown_tag"]),
        ("<<System>>a<</System>>", [], ["unknown_tag"]),
        ("<<Conversational History>>a<</Conversational History>>", [], ["unknown_tag"]),
        # ends that end nothing
        ("<<Role>>a<</Task>>", [], ["mismatched_end"]),
        ("<<Role>>a<</Task>>b<</Role>>", [], ["mismatched_end", "unassigned_text", "stray_end"]),
        ("<<Role>>a<<//Role>>b<</Role>>", [], ["double_slash", "unassigned_text", "stray_end"]),
        ("<<Role>>a<<//Role>>\n<<Role>>b<</Role>>", ["Role: b"], ["double_slash"]),
        ("a<</Role>>", [], ["unassigned_text", "stray_end"]),
        ("<</Role>>", [], ["stray_end"]),
        # an opening tag starts afresh
        ("<<Role>>a<<Task>>b<</Task>>", ["Task: b"], ["missing_end"]),
        ("<<Role>>a<<Task>>b<</Role>>", [], ["missing_end", "mismatched_end"]),
        ("<<Role>>a<<Role>>b<</Role>>", ["Role: a"], ["unassigned_text", "stray_end"]),
        ("<<Role>><<Task>>b<</Task>><</Role>>", ["Task: b"], ["missing_end", "stray_end"]),
        # tags outside the eight
        ("<<Role>>a<</Role>><<Example>>b<</Example>>c", ["Role: a"], ["unknown_tag", "unassigned_text"]),
        ("<<Example>>a<<Example>><<Role>>b<</Role>>", ["Role: b"], ["unknown_tag"]),
        ("<<Example>>a\n<<Role>>b<</Role>>", ["Role: b"], ["unknown_tag"]),
        ("<<Example>>a<</Role>>", [], ["unknown_tag"]),
        ("<<Role>>a <<Example>>b<</Example>> c<</Role>>", [],
         ["missing_end", "unknown_tag", "unassigned_text", "stray_end"]),
        ("<<System>><<Role>>a<</Role>><</System>>", ["Role: a"], ["unknown_tag", "stray_end"]),
        ("<<역할>>a<</역할>><<Role>>b<</Role>>", ["Role: b"], ["unknown_tag"]),
        ("<<Output-Format>>a<</Output-Format>>", [], ["unknown_tag"]),
        # text under no tag, empty phrases
        ("Here it is:\n<<Role>>a<</Role>>\nEnjoy!", ["Role: a"], ["unassigned_text"] * 2),
        ("```\n<<Role>>a<</Role>>\n```", ["Role: a"], ["unassigned_text"] * 2),
        ("```text\n<<Role>>a<</Role>>```", ["Role: a"], ["unassigned_text"] * 2),
        ("<<Role>> \n <</Role>><<Task>><<Task>>", [], ["empty_phrase"] * 2),
        ("", [], []),
        (" \n\t", [], []),
        ("no tags at all", [], ["unassigned_text"]),
        # the plain strict reading of what repair would recover
        ("<<role>>a<</role>>", [], ["misspelt_tag"]),
        ("<<Role>>a<</role>>", [], ["misspelt_tag"]),
        ("<<Tasks>>a<</Tasks>>", [], ["misspelt_tag"]),
        ("<Role>a</Role>", [], ["unassigned_text"]),
        ("«Role»a«/Role»", [], ["unassigned_text"]),
    ],
)  # fmt: skip
def test_strict_rules(text, phrases, defects):
    annotation = parse_annotated(text)
    assert (show(annotation), kinds(annotation)) == (phrases, defects)


def test_order_is_canonical_and_stable():
    names = [*reversed(FUNCTIONALITIES), *reversed(FUNCTIONALITIES)]
    text = " ".join(f"<<{name}>>{number}<</{name}>>" for number, name in enumerate(names))
    annotation = parse_annotated(text)
    assert [phrase.functionality for phrase in annotation.phrases] == [
        f for f in FUNCTIONALITIES for _ in "ab"
    ]
    assert [phrase.text for phrase in annotation.phrases][:4] == ["7", "15", "6", "14"]
    assert annotation.defects == ()


@pytest.mark.parametrize("repair", [False, True])
@pytest.mark.parametrize(
    "words",
    [
        "1 << 3 and 8 >> 2",
        "std::cout << x << std::endl; std::cin >> y",
        "cout<<a<<b<<endl",
        "a<<b>>c and 1<<MAX>>2 and x<<N>>y",
        "Map<String, List<Integer>>",
        "vector<vector<int>> v; f<<T>>(x)",
        "kernel<<<grid, block>>>(x); kernel<<<1, 256>>>(); kernel<<<Grid>>>(x); kernel<<<Role>>>",
        "cat <<EOF\ntext\nEOF",
        "cat <<EOF>>log; cat <<'Format' > x; cat <<-Role",
        '<p class="role">HTML</p> <style>p {}</style> <content/>',
        "an <Action> element, </Task>, <Style>p</Style> and «Role»",
        "Answer as <<answer>>42<</answer>> or <<YOUR NAME>>",
        "<<You should never, ever do this>> <<Role: poet>> <<3>> <<>> << >> <</>>",
        "Put your reasoning between <think> and </think>, then answer.",
        "Reason first.\n</think>\nThen answer.",
        "{{ jinja }} {% raw %} {braces} %s \\1 $1",
        "> a quote <",
        "<< at the start, at the end <<",
        "nul \x00, surrogate \ud800, emoji 👩‍🔬, RTL \u202e",
    ],
)
def test_text_that_only_looks_like_a_tag_survives(words, repair):
    annotation = parse_annotated(f"<<Task>>x<</Task>>\n<<Format>>\n{words} <</Format>>\n", repair)
    assert annotation == Annotation(
        (Phrase(Functionality.TASK, "x"), Phrase(Functionality.FORMAT, words)), ()
    )


@pytest.mark.parametrize(
    ("text", "phrases", "defects"),
    [
        ("<<Role>>a<<//Role>><<Task>>b<</Task>>", ["Role: a", "Task: b"], ["double_slash+"]),
        ("<<Role>>a\n<<Task>>b<</Task>>", ["Role: a", "Task: b"], ["missing_end+"]),
        ("<<Role>>a\n<<Task>>b", ["Role: a", "Task: b"], ["missing_end+", "missing_end+"]),
        ("<<Task>> a <<Format>>", ["Task: a"], ["missing_end+", "empty_phrase"]),
        ("<<role>>a<</ROLE>>", ["Role: a"], ["misspelt_tag+"]),
        ("<< Role >>a<</ Role >>", ["Role: a"], ["misspelt_tag+"]),
        ("<<Role>>a<< /Role>>", ["Role: a"], ["misspelt_tag+"]),
        ("<<Background >>a<<Background >>", ["Background: a"], ["misspelt_tag+"]),
        ("<<Tasks>>a<</Tasks>><<Tools>>b<</Tool>>", ["Task: a", "Tool: b"], ["misspelt_tag+"] * 2),
        ("<Role>a</Role>\n<Tasks>b</Tasks>", ["Role: a", "Task: b"], ["other_brackets+"] * 2),
        ("«Role»a«/Role» «Task»b«Task»", ["Role: a", "Task: b"], ["other_brackets+"] * 2),
        ("« Role »a« /Role »", ["Role: a"], ["other_brackets+"]),
        ("<<Role>>a</Role>\n<Task>b</Task>", ["Role: a", "Task: b"], ["other_brackets+"] * 2),
        ("Sure!\n<Role>a</Role> c\n<<Task>>b<</Task>>", ["Role: a", "Task: b"],
         ["unassigned_text", "other_brackets+", "unassigned_text"]),
        # in doubt, so dropped
        ("<<Role>>a<</Task>>", [], ["mismatched_end"]),
        ("<<Role>>a\n\nb<<Task>>c<</Task>>", ["Task: c"], ["missing_end"]),
        ("```\n<<Role>>a\n```", [], ["unassigned_text", "missing_end"]),
        ("<<Role>>a<</Role>\n<<Task>>c<</Task>>", ["Task: c"], ["missing_end"]),
        ("<<Role>>a <<Example>>b<</Example>> c<</Role>>", [],
         ["missing_end", "unknown_tag", "unassigned_text", "stray_end"]),
        ("<<Example>><Role>a</Role><</Example>>", [], ["unknown_tag"]),
        ("<Role>a <Task>b</Task>", ["Task: b"], ["unassigned_text", "other_brackets+"]),
        ("<Role>a", [], ["unassigned_text"]),
        ("<role>a</role> <style>b</style>", ["Role: a", "Style: b"], ["other_brackets+"] * 2),
        ("Use <style>b</style>.", [], ["unassigned_text"]),
        ("<<<Role>>>a<<</Role>>>", ["Role: a"], ["other_brackets+"]),
        ("kernel<<<Role>>>(x)", [], ["unassigned_text"]),
        ("<<Role>><</Role>>«Role»«/Role»", [], ["empty_phrase"] * 2),
    ],
)  # fmt: skip
def test_repair(text, phrases, defects):
    annotation = parse_annotated(text, repair=True)
    assert (show(annotation), kinds(annotation)) == (phrases, defects)


@pytest.mark.parametrize("repair", [False, True])
@pytest.mark.parametrize(
    "before",
    [
        "<think><<Role>>no<</Role>></think>",
        "\n<think>I write <<Role>>no<</Role>> and <Role>no</Role>\n</think>\n\n",
        "First <<Task>>no<</Task>>, then <<Role>>.\n</think>\n",
        "<thinking><<Role>></thinking> <think></think>",
    ],
)
def test_reasoning_is_never_read_as_output(before, repair):
    annotation = parse_annotated(f"{before}<<Role>>yes<</Role>> so", repair)
    assert show(annotation) == ["Role: yes"]
    (defect,) = annotation.defects
    assert (defect.start, defect.end) == (len(before) + 20, len(before) + 23)
    assert parse_annotated("<think><<Role>>no<</Role>>", repair) == Annotation((), ())


def test_defect_says_what_and_where():
    text = "<<Task>>b<</Task>>\n<<Role>>You are a\nvery   patient teacher of mathematics.<</Style>>"
    (defect,) = parse_annotated(text).defects
    assert text[defect.start : defect.end] == text[19:]
    assert str(defect) == f"mismatched_end@19-{len(text)}: <<Role>>You are a very patient teache..."
    (repaired,) = parse_annotated("<<role>>a<</role>>", repair=True).defects
    assert str(repaired) == "misspelt_tag@0-18 (repaired): <<role>>a<</role>>"


def test_values_are_frozen():
    phrase = Phrase(Functionality.ROLE, "a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        phrase.text = "b"
    assert hash(parse_annotated("<<Role>>a<</Role>> b"))


def test_render():
    phrases = [Phrase(Functionality.TASK, "b\nc"), Phrase(Functionality.ROLE, "a")]
    assert render_annotated(phrases) == "<<Task>>b\nc<</Task>>\n<<Role>>a<</Role>>"
    assert render_annotated([]) == ""


FRAGMENTS = [
    *[
        f"<<{name}>>"
        for name in ("Role", "Task", "Format", "role", " Tool ", "Tasks", "Example", "x", "NAME")
    ],
    *[
        f"<</{name}>>"
        for name in ("Role", "Task", "Format", "role", "/Role", " Tool", "Tasks", "Example", "x")
    ],
    *["<Role>", "</Role>", "<Task>", "</Tasks>", "«Role»", "«/Role»", "« Style »", "«/Style»"],
    *["<think>", "</think>", "<thinking>", "</thinking>", "```", "<", "<<", "</", ">", ">>", "/", "«", "»"],
    *[
        "Role",
        "Ro",
        "le",
        "Foo",
        "a",
        "b c",
        " ",
        "\n",
        "\n\n",
        "\u00a0",
        "\x1c",
        "\x00",
        "\ud800",
        "é",
        "역할",
    ],
]
messy_texts = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join) | st.text()
clean_texts = st.lists(
    st.tuples(st.sampled_from(FUNCTIONALITIES), st.sampled_from(["a", "b < c", "<x>«y»", "1 << 2", "d\n\ne"]),
              st.sampled_from(["<</", "<<"])),
).map(lambda items: "\n".join(f"<<{name}>>{words}{end}{name}>>" for name, words, end in items))  # fmt: skip


def contains_tag(text: str) -> bool:
    return any(read_tag(match) for match in TAG.finditer(text))


@given(messy_texts, st.booleans())
@settings(max_examples=500, deadline=None)
def test_any_text_gives_sound_phrases_and_defects(text, repair):
    annotation = parse_annotated(text, repair)
    for phrase in annotation.phrases:
        assert phrase.text
        assert phrase.text == phrase.text.strip()
        assert phrase.text in text
        assert not contains_tag(phrase.text)
    ranks = [phrase.functionality.rank for phrase in annotation.phrases]
    assert ranks == sorted(ranks)
    position = 0
    for defect in annotation.defects:
        assert position <= defect.start < defect.end <= len(text)
        position = defect.end
        assert len(defect.excerpt) <= 40
        assert len(str(defect).splitlines()) == 1
        assert repair or not defect.repaired


@given(messy_texts, st.booleans(), st.booleans())
@settings(max_examples=500, deadline=None)
def test_parse_undoes_render(text, repair, repair_again):
    phrases = parse_annotated(text, repair).phrases
    rendered = render_annotated(phrases)
    assert parse_annotated(rendered, repair_again) == Annotation(phrases, ())
    assert render_annotated(parse_annotated(rendered).phrases) == rendered


@given(messy_texts)
@settings(max_examples=500, deadline=None)
def test_repair_loses_nothing_valid(text):
    strict, repaired = parse_annotated(text), parse_annotated(text, repair=True)
    assert not Counter(strict.phrases) - Counter(repaired.phrases)
    extra = len(repaired.phrases) - len(strict.phrases)
    assert extra == sum(defect.repaired for defect in repaired.defects)
    if not strict.defects:
        assert repaired == strict


@given(clean_texts)
def test_clean_text_has_no_defects(text):
    assert kinds(parse_annotated(text)) == []
    assert parse_annotated(text, repair=True) == parse_annotated(text)


@pytest.mark.slow
@pytest.mark.parametrize("repair", [False, True])
@pytest.mark.parametrize(
    "unit",
    ["<<", ">>", "<<Role", "<<Role>>", "<</Role>>", "<<Role>>a", "<<Foo>>", "<<Role>><<x>>", "<<  ", "<<//",
     "<Role>", "<Role>a<Task>", "«Role»", "«", "<think>", "</think>", "x</think>", "\n</think>x",
     "<think></think>", " ", "a"],
)  # fmt: skip
def test_a_megabyte_of_anything_comes_to_an_end(unit, repair):
    """In quadratic time it would not within any patience."""
    isolated(parse_annotated, unit * (1_000_000 // len(unit)), repair)


def test_kinds_are_text():
    assert [f"{kind}" for kind in DefectKind] == [kind.value for kind in DefectKind]


@pytest.mark.parametrize("invisible", ["\u200b", "\u2060\u00ad", "\u3164 \ufe0f"])
def test_a_phrase_that_shows_nothing_is_empty(invisible):
    annotation = parse_annotated(f"<<Role>>{invisible}<</Role>><<Style>>Be brief.<</Style>>")
    assert show(annotation) == ["Style: Be brief."]
    assert kinds(annotation) == ["empty_phrase"]
