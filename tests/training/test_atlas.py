"""The table of chat templates in the docs is that of the installed TRL, and each of them is proven."""

from pathlib import Path

import pytest
import trl
from hypothesis import HealthCheck, given, settings

from sysgen_distilabel.export.atlas import COLUMNS, read_folder, write_table
from tests.broken_templates import BREAKS, assert_end_out_of_mask_named, assert_named
from tests.commands import ROOT
from tests.proven_templates import PLAIN, chat_of, check, conversations, guards_of

BUNDLED = Path(trl.__file__).parent / "chat_templates"

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
EXPORTS = {"gemma": "with a system turn added", "glm4moe": "as it is; last end token added in training"}

# Read by eye as well: whether the day is written, and what becomes of a developer message.
DATED = {"gptoss", "gptoss_training", "llama3_2", "muse_glimmer", "muse_glimmer_training"}
DEVELOPER = {
    "llama3_1": "written",
    "gemma3": "raises",
    "qwen3": "dropped",
    "gptoss": "written",
    "cohere": "raises",
}

# One of each family; the first ten are regular enough to be written anew with marks.
BROKEN = (
    "cohere2", "deepseekv3", "gemma3", "glm4moe", "gptoss", "lfm2", "llama3_2", "muse_glimmer", "phi3",
    "qwen2_5", "nemotron_3_nano", "qwen3", "smolvlm",
)  # fmt: skip


@pytest.fixture(scope="module")
def atlas():
    return {row[0]: row for row in read_folder(BUNDLED)}


def test_the_docs_show_the_templates_as_they_are(atlas):
    assert len(atlas) >= 72 and {len(COLUMNS)} == {len(row) for row in atlas.values()}
    docs = (ROOT / "docs" / "templates.md").read_text()
    assert f"\n{write_table(atlas.values())}" in docs


def test_the_rows_agree_with_those_read_by_hand(atlas):
    for name, (role, earlier, last, mask) in BY_HAND.items():
        ends = [f"`{token.replace('|', '&#124;')}`" if token else "nothing" for token in (earlier, last)]
        row = dict(zip(COLUMNS, atlas[name], strict=True))
        assert row["system role"] == role and row["mask"] == mask, name
        assert [row["behind an earlier answer"], row["behind the last"]] == ends, name
        assert row["export, native"] == EXPORTS.get(name, "as it is"), name
    column = {name: place for place, name in enumerate(COLUMNS)}
    assert {name for name, row in atlas.items() if row[column["date"]] == "changing"} == DATED
    assert {name: atlas[name][column["developer role"]] for name in DEVELOPER} == DEVELOPER


@pytest.fixture(scope="module")
def guards():
    return {path.stem: guards_of(path) for path in sorted(BUNDLED.glob("*.jinja"))}


def test_every_template_passes_a_plain_conversation(guards):
    for name, made in guards.items():
        assert len(made) >= 2, name
        for chat, guard, learnt in made:
            assert check(PLAIN, chat, guard, learnt) is None, (name, learnt)


@settings(
    max_examples=4, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(conversation=conversations())
def test_every_text_and_every_end_stands_once_or_the_row_is_named(guards, conversation):
    for made in guards.values():
        for guard in made:
            check(conversation, *guard)


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_named(name):
    chat = chat_of(BUNDLED / f"{name}.jinja")
    for broken in BREAKS:
        assert_named(chat, broken)


@pytest.mark.parametrize("name", BROKEN[:10])
def test_an_end_token_out_of_the_mask_is_named(name):
    assert_end_out_of_mask_named(chat_of(BUNDLED / f"{name}.jinja"))
