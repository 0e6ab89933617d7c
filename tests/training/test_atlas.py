"""The table of chat templates in the docs is that of the TRL that is installed."""

from pathlib import Path

import trl

from sysgen_distilabel.export.atlas import COLUMNS, read_folder, write_table
from tests.commands import ROOT

# Read off the rendered conversations by eye: system role, behind an earlier answer, behind the last, mask.
BY_HAND = {
    "cohere": ("native", "<|END_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>", "none"),
    "llama3_2": ("native", "<|eot_id|>", "<|eot_id|>", "none"),
    "gemma": ("raises", "<end_of_turn>", "<end_of_turn>", "none"),
    "gemma3": ("folded", "<end_of_turn>", "<end_of_turn>", "none"),
    "gemma3_training": ("folded", "<end_of_turn>", "<end_of_turn>", "answers"),
    "gemma4": ("native", "<turn|>", "<turn|>", "none"),
    "glm4moe": ("native", "<|user|>", "", "none"),
    "glm4moe_training": ("native", "<|user|>", "<|user|>", "answers"),
    "gptoss": ("native", "<|end|>", "<|return|>", "none"),
    "gptoss_training": ("native", "<|end|>", "<|return|>", "answers"),
    "idefics3": ("native", "<end_of_utterance>", "<end_of_utterance>", "none"),
    "lfm2": ("native", "<|im_end|>", "<|im_end|>", "none"),
    "llama3": ("native", "<|eot_id|>", "<|eot_id|>", "none"),
    "llama3_1": ("native", "<|eot_id|>", "<|eot_id|>", "none"),
    "llava_next": ("native", "</s>", "</s>", "none"),
    "nemotron_3_nano": ("native", "<|im_end|>", "<|im_end|>", "none"),
    "phi3": ("native", "<|end|>", "<|end|>", "none"),
    "qwen2_5": ("native", "<|im_end|>", "<|im_end|>", "none"),
    "qwen3": ("native", "<|im_end|>", "<|im_end|>", "none"),
    "qwen3_training": ("native", "<|im_end|>", "<|im_end|>", "answers"),
}


def atlas():
    return read_folder(Path(trl.__file__).parent / "chat_templates")


def test_the_docs_show_the_templates_as_they_are():
    rows = atlas()
    assert len(rows) >= 72 and len(COLUMNS) == len(rows[0])
    table = (ROOT / "docs" / "templates.md").read_text().partition("| template |")
    assert f"{table[1]}{table[2]}" == write_table(rows)


def test_the_rows_agree_with_those_read_by_hand():
    rows = {row[0]: row for row in atlas()}
    for name, (role, earlier, last, mask) in BY_HAND.items():
        ends = [f"`{token.replace('|', '&#124;')}`" if token else "nothing" for token in (earlier, last)]
        assert [rows[name][1], *rows[name][3:6]] == [role, *ends, mask], name
        assert rows[name][9] == ("with a system turn added" if name == "gemma" else "as it is"), name
