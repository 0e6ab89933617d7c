"""LIX by hand, and where it says nothing."""

import pytest

from sysgen_distilabel.measures.readability import lix


def test_it_is_words_per_sentence_and_the_share_of_long_words():
    # 12 words in 2 sentences; "children" and "umbrellas" are long.
    text = "The children run to the sea. They take big umbrellas for rain."
    assert lix(text) == pytest.approx(12 / 2 + 100 * 2 / 12)


@pytest.mark.parametrize(
    "text", ["", "Too short to tell.", "猫はとても静かに庭を歩いて、魚を食べました。" * 3]
)
def test_it_says_nothing_of_few_words_and_of_scripts_without_blanks(text):
    assert lix(text) is None


def test_a_legal_text_is_harder_than_a_tale():
    tale = "The cat sat by the fire. It was warm. The dog came in. He was wet and cold."
    legal = (
        "Notwithstanding any provision hereinbefore contained, the undersigned contractor irrevocably"
        " indemnifies the commissioning authority against consequential liabilities."
    )
    assert lix(legal) > 60 > 25 > lix(tale)
