"""The quick looks in front of slow patterns leave nothing out that the patterns find."""

import pytest

from sysgen_distilabel.checks import (
    answer_words,
    contradictions,
    message_talk,
    no_solutions,
    number_words,
    refusals,
    response_finders,
)
from tests.checks.drawn_texts import draw_texts


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "may_find"),
    [
        (message_talk._MENTION_ELSEWHERE, lambda text: message_talk._may_mention_elsewhere(text.lower())),
        (
            message_talk._MENTION_IN_ENGLISH,
            lambda text: any(s in text.lower() for s in message_talk._ENGLISH_SIGNS),
        ),
        (answer_words.MARKER, answer_words.may_announce),
        (answer_words.HEADING, answer_words.may_announce),
    ],
    ids=["mention elsewhere", "mention", "marker", "heading"],
)
def test_whatever_a_pattern_finds_is_looked_for(pattern, may_find):
    texts = draw_texts(pattern, 6_000)

    assert len(set(texts)) > 1_000
    assert [text for text in texts if not may_find(text)] == []
    assert not may_find("Sheed went home. 7 + 5 = 12.")


@pytest.mark.slow
def test_every_refusal_holds_one_of_the_signs_of_its_language():
    for signs, pattern in refusals._BY_LANGUAGE:
        texts = draw_texts(pattern, 200)
        assert len(set(texts)) > 5
        assert [text for text in texts if not any(sign in text.lower() for sign in signs)] == []


def test_what_rules_out_a_stance_holds_one_of_its_signs():
    patterns = contradictions._load_patterns()

    for name, (_, against) in patterns.stances.items():
        texts = draw_texts(against, 100)
        assert len(set(texts)) > 3
        signs = {sign for signs in patterns.signs[name].values() for sign in signs}
        assert [text for text in texts if not any(sign in text for sign in signs)] == []


def test_what_says_that_there_is_no_value_holds_one_of_its_signs():
    patterns, ascii_signs, signs = no_solutions._load_patterns()

    for _, pattern in patterns:
        texts = draw_texts(pattern, 300)
        assert len(set(texts)) > 10
        assert [text for text in texts if not any(sign in text for sign in (*ascii_signs, *signs))] == []


def test_whatever_asks_for_plain_text_holds_one_of_its_signs():
    texts = draw_texts(response_finders._PLAIN_TEXT, 300)

    assert len(set(texts)) > 8
    assert [text for text in texts if not response_finders._wants_plain_text(text)] == []
    assert not response_finders._wants_plain_text("Write short texts.")


@pytest.mark.parametrize("start", range(20))
def test_a_quote_is_seen_wherever_it_begins_and_whatever_stands_between_its_words(start):
    words = [f"w{number}" for number in range(32)]
    quoted = words[start : start + 12]

    answer = f"Well: {', '.join(quoted).upper()}! So it says."

    assert message_talk.find_quote(answer, " ".join(words)) == " ".join(quoted)
    assert message_talk.find_quote(f"Well: {' '.join(quoted[1:])}.", " ".join(words)) is None


@pytest.mark.parametrize("word", ["dreihundertfünf", "tweehonderdtwintig", "zweitausend"])
def test_a_number_joined_into_one_word_is_seen_among_others(word):
    assert number_words.has_number_word(["answer", "with", word, "euros"])
    assert not number_words.has_number_word(["answer", "with", f"x{word}", "jahrhunderte"])
