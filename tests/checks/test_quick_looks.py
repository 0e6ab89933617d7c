"""The quick looks in front of slow patterns leave nothing out that the patterns find."""

import pytest

from sysgen_distilabel.checks import answer_words, contradictions, message_talk, no_solutions, refusals
from tests.checks.drawn_texts import draw_texts


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pattern", "may_find"),
    [
        (refusals._REFUSAL, refusals._may_refuse),
        (message_talk._MENTION, message_talk._may_mention),
        (answer_words.MARKER, answer_words.may_announce),
        (answer_words.HEADING, answer_words.may_announce),
    ],
    ids=["refusal", "mention", "marker", "heading"],
)
def test_whatever_a_pattern_finds_is_looked_for(pattern, may_find):
    texts = draw_texts(pattern, 4_000)

    assert len(set(texts)) > 1_000
    assert [text for text in texts if not may_find(text)] == []
    assert not may_find("Sheed went home. 7 + 5 = 12.")


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
