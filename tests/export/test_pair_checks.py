"""What pairs are made of is counted in tokens before they are trained on."""

import json

import pytest

from sysgen_distilabel.export.pair_checks import check_pair
from sysgen_distilabel.export.trained_chat import make_chat
from sysgen_distilabel.export.trainer_format import Format
from tests.chat_tokenizers import build_tokenizer, save_tokenizer
from tests.export.rows import make_pair
from tests.export.test_write import export


def pair(chosen, rejected, number=0):
    row = make_pair(number)
    return row | {
        "chosen": [{"role": "assistant", "content": chosen}],
        "rejected": [{"role": "assistant", "content": rejected}],
    }


_tokenizer = build_tokenizer("phi-4")
CHAT = make_chat("phi-4", _tokenizer, _tokenizer.get_chat_template())

GERMAN = "Die Katze sitzt auf der Matte und schaut aus dem Fenster in den Garten."
ENGLISH = "The cat is sitting on the mat and looks out of the window into the yard."


@pytest.mark.parametrize(
    ("chosen", "rejected", "found"),
    [
        ("I am kind.", "I am nobody", {"chosen_tokens": 10, "rejected_tokens": 11}),
        ("The same.", "The same.", {"ties": 1}),
        ("It is 4", "It is 5", {"near_ties": 1}),
        ("It is 4.", "It is 4", {"near_ties": 1}),
        ("word " * 9, "word", {"chosen_longer": 1}),
        ("word", "word " * 9, {"rejected_longer": 1}),
        (GERMAN, ENGLISH, {"languages_differ": 1}),
    ],
)
def test_each_kind(chosen, rejected, found):
    counts = check_pair(CHAT, pair(chosen, rejected))
    kinds = ("ties", "near_ties", "chosen_longer", "rejected_longer", "languages_differ", "prompts_differ")
    assert {kind: getattr(counts, kind) for kind in kinds} == {kind: found.get(kind, 0) for kind in kinds}
    for name, number in found.items():
        assert getattr(counts, name) == number
    assert counts.chosen_tokens == len(chosen.encode()), "a token a byte"


def test_a_prompt_that_depends_on_the_answer():
    own = "{{ messages[-1].content | length }}" + CHAT.template
    assert check_pair(CHAT.with_template(own), pair("Short.", "Somewhat longer.")).prompts_differ == 1


@pytest.mark.parametrize("layout", [Format.PREFERENCES, Format.KTO])
def test_they_are_in_the_card_and_duplicates_are_among_them(layout, tmp_path):
    phi = str(save_tokenizer("phi-4", tmp_path / "phi-4"))
    rows = [pair("It is 4", "It is 5", n) for n in (1, 2, 1)] + [pair("Same.", "Same.", 3)]
    counts = export(rows, tmp_path / "out", tokenizer=phi, layout=layout)
    assert (counts.pairs.pairs, counts.pairs.near_ties, counts.pairs.ties, counts.pairs.duplicates) == (
        4,
        3,
        1,
        1,
    )
    card = (tmp_path / "out" / "README.md").read_text()
    assert "| are there already | 1 |" in card and "| have the same answer twice | 1 |" in card
    assert json.loads((tmp_path / "out" / "export.json").read_text())["pairs"]["near_ties"] == 3
