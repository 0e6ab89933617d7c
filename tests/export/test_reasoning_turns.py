"""What a model thought before its answers stands where each trainer and each chat template wants it."""

import json

import pytest
import yaml

from sysgen_distilabel.chat_templates import render_template
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.export_run import Exported
from sysgen_distilabel.export.export_view import describe_export
from sysgen_distilabel.export.plan import Options, make_plan
from sysgen_distilabel.export.trainer_format import Format, Thought
from sysgen_distilabel.export.write_export import write_export
from tests.chat_tokenizers import save_tokenizer
from tests.export.rows import make_row

THOUGHTS = ["First weigh it.", "Then weigh it again."]
ROWS = [make_row(1, turns=2) | {"reasoning": THOUGHTS}, make_row(2, turns=2)]
REPORT = {"simulation_notice": ""}


READING = """{% for m in messages %}<|im_start|>{{ m.role }}
{% if m.reasoning_content %}<think>
{{ m.reasoning_content }}
</think>

{% endif %}{{ m.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
"""A template that reads the field, as that of Qwen3 does."""


@pytest.fixture(scope="module")
def qwen(tmp_path_factory):
    return str(save_tokenizer("qwen3", tmp_path_factory.mktemp("qwen3"), READING))


@pytest.fixture(scope="module")
def cutting(tmp_path_factory):
    """A template that takes it out of the text of earlier answers."""
    return str(save_tokenizer("qwen3", tmp_path_factory.mktemp("cutting")))


@pytest.fixture(scope="module")
def phi(tmp_path_factory):
    return str(save_tokenizer("phi-4", tmp_path_factory.mktemp("phi-4")))


def export(output, layout, **options):
    plan = make_plan(Options(layout=Format(layout), **{"reasoning": True, **options}))
    counts = write_export(ROWS, plan, output, REPORT)
    lines = [json.loads(line) for line in (output / plan.options.layout.facts.file).read_text().splitlines()]
    said = " ".join(describe_export(Exported(counts, plan, ""), output))
    return [line for line in lines if line["source_id"] == "row-1"], said, counts


def answers_of(lines):
    return [
        turn
        for line in lines
        for turn in line.get("messages") or line["conversations"]
        if turn_is_answer(turn)
    ]


def turn_is_answer(turn):
    return turn.get("role", turn.get("from")) in ("assistant", "gpt")


def in_text(number):
    return f"<think>\n{THOUGHTS[number - 1]}\n</think>\n\nAligned {number} of row 1. word"


def test_it_is_left_out_unless_asked_for(tmp_path, qwen):
    lines, said, _ = export(tmp_path / "out", "messages", tokenizer=qwen, reasoning=False)
    assert THOUGHTS[0] not in json.dumps(lines) and "thought" not in said


@pytest.mark.parametrize("layout", ["sharegpt", "llamafactory", "ms-swift", "torchtune"])
def test_trainers_with_templates_of_their_own_read_it_in_front_of_the_answer(tmp_path, layout, qwen):
    lines, said, counts = export(tmp_path / "out", layout, tokenizer=qwen)
    texts = [turn.get("content", turn.get("value")) for turn in answers_of(lines)]
    assert texts == [in_text(1), in_text(2)]
    assert counts.with_reasoning == 1
    assert "1 row has what the model thought before an answer, in front of it, as <think>" in said


def test_alpaca_has_it_in_its_answers(tmp_path):
    (line,), _, _ = export(tmp_path / "out", "alpaca")
    assert line["output"] == in_text(2) and line["history"][0][1] == in_text(1)


def test_the_field_is_the_one_that_the_template_reads(tmp_path, qwen):
    lines, said, _ = export(tmp_path / "out", "trl-prompt-completion", tokenizer=qwen)
    for number, line in enumerate(lines, start=1):
        (turn,) = line["completion"]
        assert turn["reasoning_content"] == THOUGHTS[number - 1] and "<think>" not in turn["content"]
        text = render_template(READING, [*line["prompt"], turn], add_generation_prompt=False)
        assert in_text(number) in text
    assert "in `reasoning_content`" in said


@pytest.mark.parametrize("layout", ["trl-prompt-completion", "unsloth", "messages"])
def test_a_template_that_reads_no_field_gets_it_as_text(tmp_path, layout, phi):
    lines, said, _ = export(tmp_path / "out", layout, tokenizer=phi)
    answers = [turn for line in lines for turn in line.get("completion") or answers_of([line])]
    assert [turn["content"] for turn in answers] == [in_text(1), in_text(2)]
    assert "as <think>" in said
    assert "between `<think>` and `</think>`" in (tmp_path / "out" / "README.md").read_text()


def test_earlier_thoughts_that_the_template_cuts_are_not_missed(tmp_path, cutting):
    lines, _, counts = export(tmp_path / "out", "trl-prompt-completion", tokenizer=cutting)
    assert [line["completion"][0]["content"] for line in lines] == [in_text(1), in_text(2)]
    assert counts.exported == 2


def test_axolotl_is_told_the_name_of_the_field(tmp_path, qwen):
    lines, _, _ = export(tmp_path / "out", "axolotl", tokenizer=qwen)
    assert [turn["reasoning_content"] for turn in answers_of(lines)] == THOUGHTS
    (dataset,) = yaml.safe_load((tmp_path / "out" / "axolotl.yaml").read_text())["datasets"]
    assert (dataset["field_thinking"], dataset["template_thinking_key"]) == ("reasoning_content",) * 2


def test_harmony_has_it_in_its_channel(tmp_path):
    (line,), _, _ = export(tmp_path / "out", "harmony")
    said = [(turn["channel"], turn["content"][0]["text"]) for turn in line["messages"] if turn.get("channel")]
    assert said[:2] == [("analysis", THOUGHTS[0]), ("final", "Aligned 1 of row 1. word")]


def test_what_is_learnt_of_a_completion_counts_it(tmp_path, qwen):
    _, _, plain = export(tmp_path / "plain", "trl-prompt-completion", tokenizer=qwen, reasoning=False)
    _, _, thought = export(tmp_path / "thought", "trl-prompt-completion", tokenizer=qwen)
    (without,), (with_it,) = plain.tokens.values(), thought.tokens.values()
    assert with_it.trained - without.trained >= sum(map(len, THOUGHTS)), "a byte is a token"


@pytest.mark.parametrize("layout", [layout for layout in Format if layout.thought is Thought.NOWHERE])
def test_a_format_without_a_place_for_it_refuses(layout):
    with pytest.raises(ConfigError, match="no place for reasoning"):
        make_plan(Options(layout=layout, reasoning=True))
