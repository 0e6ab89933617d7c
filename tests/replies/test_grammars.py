"""The grammars allow what the parsers read without a defect, and nothing else."""

import json
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Verdict
from sysgen_distilabel.prompts.demonstrations import load_demonstrations
from sysgen_distilabel.replies.annotation import Phrase, parse_annotated, render_annotated
from sysgen_distilabel.replies.grammars import (
    tagged_message_grammar,
    tagged_message_regex,
    verdict_regex,
    verdict_schema,
)
from sysgen_distilabel.replies.verdicts import read_verdicts

SMALL = re.compile(tagged_message_regex(max_phrases=3, max_text=12))
DEFAULT = re.compile(tagged_message_regex())
KEYS = st.lists(st.sampled_from([str(f) for f in FUNCTIONALITIES]) | st.integers(1, 30).map(str), min_size=1)

PIECES = ["<", ">", "</", "Role", ">>", "x", " ", "\xa0", "\u3000", "«", "»"]
lines = (
    st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029"))
    | st.lists(st.sampled_from(PIECES)).map("".join)
).map(str.strip)
legal_texts = (
    st.lists(lines, max_size=3)
    .map(lambda parts: "\n".join(parts).strip())
    .filter(lambda text: text and text[0] not in ":\uff1a" and text[-1] != "<")
    .filter(lambda text: "<<" not in text and text.count("<") < 5)
    .filter(lambda text: all(len(stretch) < 90 for stretch in text.split("<")))
)
phrases = st.builds(Phrase, st.sampled_from(FUNCTIONALITIES), legal_texts)


@given(st.from_regex(SMALL, fullmatch=True))
def test_what_the_regex_allows_is_read_without_a_defect(message):
    annotation = parse_annotated(message)
    assert not annotation.defects
    assert len(annotation.phrases) == message.count("<</")
    assert annotation == parse_annotated(message, repair=True)
    ranks = [phrase.functionality.rank for phrase in annotation.phrases]
    assert ranks == sorted(ranks)


@given(st.lists(phrases, min_size=1, max_size=12))
def test_what_is_written_from_phrases_is_allowed(parts):
    assert DEFAULT.fullmatch(render_annotated(parts))


@pytest.mark.slow
@given(st.lists(phrases, min_size=1, max_size=3), st.data())
def test_what_has_a_defect_is_not_allowed(parts, data):
    message = render_annotated(parts)
    start = data.draw(st.integers(0, len(message)))
    stop = data.draw(st.integers(start, min(len(message), start + 4)))
    patch = data.draw(st.sampled_from(["", "<", "<<", ">>", "\n", " ", "<</Role>>", "<<Style>>", "x"]))
    broken = message[:start] + patch + message[stop:]
    assume(parse_annotated(broken).defects)
    assert not DEFAULT.fullmatch(broken)


def test_the_demonstrations_are_allowed():
    for demonstration in load_demonstrations("careful") + load_demonstrations("paper"):
        assert DEFAULT.fullmatch(demonstration.strip())


@pytest.mark.parametrize(
    "message",
    [
        "",
        "You are kind.",
        "<<Role>><</Role>>",
        "<<Role>> <</Role>>",
        "<<Role>>\xa0\u3000<</Role>>",
        "<<Role>>a<</Style>>",
        "<<role>>a<</role>>",
        "<<Mood>>a<</Mood>>",
        "<<Role>>a<</Role>> and more",
        "<<Role>>\na<</Role>>",
        "<<Role>>a\tb<</Role>>",
        "<<Role>>a\u2028b<</Role>>",
        "<<Role>>a<<Style>>b<</Role>>",
        "<<Role>>a<</Role>>\n\n<<Role>>b<</Role>>",
        "<<Role>>a<</Role>>\n",
    ],
)
def test_nothing_else_is_allowed(message):
    assert not DEFAULT.fullmatch(message)


def test_limits():
    phrase = "<<Role>>{}<</Role>>".format
    assert SMALL.fullmatch("\n".join([phrase("a")] * 3)) and not SMALL.fullmatch("\n".join([phrase("a")] * 4))
    assert SMALL.fullmatch(phrase("a" * 12)) and not SMALL.fullmatch(phrase("a" * 13))
    assert SMALL.fullmatch(phrase("a" * 12 + "<aaa")) and not SMALL.fullmatch(phrase("a" * 12 + "<aaaa"))
    assert SMALL.fullmatch(phrase("a<b" * 4)) and not SMALL.fullmatch(phrase("a<b" * 5))
    assert DEFAULT.fullmatch(phrase("a\n" * 199 + "ab")) and not DEFAULT.fullmatch(phrase("a" * 401))
    assert DEFAULT.fullmatch("\n".join([phrase("a")] * 12)) and not DEFAULT.fullmatch(
        "\n".join([phrase("a")] * 13)
    )
    single = re.compile(tagged_message_regex(max_phrases=1, max_text=1))
    assert single.fullmatch(phrase("a")) and not single.fullmatch(phrase("ab"))


@pytest.mark.parametrize("limits", [{"max_phrases": 3, "max_text": 12}, {}])
def test_the_grammar_is_the_regex_in_other_letters(limits):
    grammar = tagged_message_grammar(**limits)
    root, phrase, text = (line.split(" ::= ")[1] for line in grammar.strip().split("\n"))
    as_regex = {" | ": "|", '"': "", " ": "", "(": "(?:"}
    for written, meant in as_regex.items():
        root, phrase, text = (part.replace(written, meant) for part in (root, phrase, text))
    phrase = f"(?:{phrase.replace('text', text)})"
    assert root.replace("phrase", phrase) == tagged_message_regex(**limits)
    assert "{0,0}" not in tagged_message_grammar(max_phrases=1, max_text=1)


@given(KEYS, st.data())
def test_verdicts_of_the_schema_are_read(keys, data):
    schema = verdict_schema(keys)
    assert list(schema["properties"]) == schema["required"] == list(dict.fromkeys(keys))
    assert schema["additionalProperties"] is False
    verdicts = {name: data.draw(st.sampled_from(part["enum"])) for name, part in schema["properties"].items()}
    assert read_verdicts(json.dumps(verdicts), keys) == verdicts


@given(KEYS, st.data())
def test_verdicts_of_the_regex_are_read(keys, data):
    reply = data.draw(st.from_regex(verdict_regex(keys), fullmatch=True))
    verdicts = read_verdicts(reply, keys)
    assert reply == "\n".join(f"{key}: {verdicts[key]}" for key in dict.fromkeys(keys))
    assert set(verdicts.values()) <= set(Verdict)
