"""One row of an export in tokens, from the files alone."""

import pytest

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.show_row import show_row
from sysgen_distilabel.export.trainer_format import PAIRED, Format, Learnt
from tests.chat_tokenizers import save_tokenizer
from tests.commands import sysgen
from tests.export.rows import make_pair, make_row
from tests.export.test_trained_turns import row_of_mode_last
from tests.export.test_write import export


@pytest.fixture(scope="module")
def phi(tmp_path_factory):
    return str(save_tokenizer("phi-4", tmp_path_factory.mktemp("phi-4")))


@pytest.mark.parametrize("layout", Format)
def test_every_layout_is_read_back(layout, tmp_path, phi):
    rows = [make_pair(n) for n in range(3)] if layout in PAIRED else [make_row(n, turns=2) for n in range(3)]
    export(rows, tmp_path / "out", tokenizer=phi, layout=layout)
    shown = show_row(tmp_path / "out", "row-1")
    assert len(shown) == (2 if layout in PAIRED or layout.facts.spared == "lines" else 1)
    for note, tokens in shown:
        text = "".join(token.text for token in tokens)
        assert len(tokens) == note["tokens"] and "Be number 1." in text
        learnt = "".join(token.text for token in tokens if token.is_learnt)
        assert "Be number 1." not in learnt and "Question" not in learnt
        assert learnt.endswith("<|im_end|>") is (layout.facts.learnt is not Learnt.NOTHING)


def test_letters_of_several_tokens_are_whole(tmp_path, phi):
    row = make_row(1)
    row["aligned_messages"][-1]["content"] = "Grüße, 日本 🙂!"
    export([row], tmp_path / "out", tokenizer=phi)
    (shown,) = show_row(tmp_path / "out", "row-1")
    assert "".join(token.text for token in shown.tokens if token.is_learnt) == "Grüße, 日本 🙂!<|im_end|>"


def test_answers_that_are_not_learnt_are_not_marked(tmp_path, phi):
    export([row_of_mode_last()], tmp_path / "out", tokenizer=phi, layout=Format.AXOLOTL)
    process = sysgen("template", tmp_path / "out", "--row", "row-1")
    assert process.returncode == 0, process.stderr
    assert "⟦Aligned 3 of row 1.<|im_end|>⟧" in process.stdout and "⟦Aligned 1" not in process.stdout
    assert " tokens, of which 20 are learnt, 0 cut off\n" in process.stdout


def test_what_is_not_there_is_one_message(tmp_path, phi):
    with pytest.raises(ConfigError, match="no export that was made with a tokenizer"):
        show_row(tmp_path, "row-1")
    export([make_row(1)], tmp_path / "out", tokenizer=phi)
    with pytest.raises(ConfigError, match="has no row row-2"):
        show_row(tmp_path / "out", "row-2")
