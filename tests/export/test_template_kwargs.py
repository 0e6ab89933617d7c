"""Variables that a chat template needs or reads: named by the diagnosis, given to every trainer."""

import json

import pytest
import yaml

from sysgen_distilabel.cli.options import read_kwargs
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.diagnosis import diagnose
from sysgen_distilabel.export.plan import Options, make_plan
from sysgen_distilabel.export.probes import SYSTEM, TURNS, Use
from sysgen_distilabel.export.repair import repair
from sysgen_distilabel.export.trained_chat import Chat
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.export.training_template import write_training_template
from tests.chat_tokenizers import save_tokenizer
from tests.commands import sysgen
from tests.export.rows import make_row
from tests.export.test_write import export, read_lines

PLAIN = "{% for m in messages %}<|im_start|>{{ m.role }}<|im_sep|>{{ m.content }}<|im_end|>{% endfor %}"
NEEDS = "{{ mode | upper if mode else raise_exception('mode is missing') }}" + PLAIN
READS = "{% if low_effort %}Be brief.{% endif %}" + PLAIN
DATED = "{% if messages %}It is {{ strftime_now('%d %B %Y') }}.{% endif %}" + PLAIN
THINKS = PLAIN + "{% if add_generation_prompt %}<|im_start|>assistant<|im_sep|><think>{% endif %}"
DEVELOPER = PLAIN.replace("{% for m in messages %}", "{% for m in messages if m.role != 'developer' %}")


def chat(template):
    marks = frozenset({"<|im_start|>", "<|im_sep|>", "<|im_end|>"})
    return Chat("own", template, {"eos_token": "<|im_end|>"}, frozenset({"<|im_end|>"}), marks)


def test_what_a_template_needs_is_named_and_enough():
    with pytest.raises(ConfigError, match="renders no conversation without mode: mode is missing") as caught:
        diagnose(chat(NEEDS))
    assert "--template-kwargs" in caught.value.hint
    assert diagnose(chat(NEEDS).with_kwargs({"mode": "low"})).is_sound


def test_what_a_template_reads_is_named():
    assert diagnose(chat(READS)).options == ("low_effort",) and diagnose(chat(PLAIN)).options == ()


def test_a_date_is_named_and_asked_for_by_the_template_with_marks():
    found = diagnose(chat(DATED))
    assert found.is_dated and found.is_sound and "changing" in found.lines()["date"]
    marked = write_training_template(chat(DATED), with_system=True)
    for day in ("1 May", "2 May"):
        own, trained = (each.with_clock(lambda _, day=day: day) for each in (chat(DATED), marked))
        assert trained.render([SYSTEM, *TURNS]) == own.render([SYSTEM, *TURNS])
        assert f"It is {day}." in trained.render(TURNS)


def test_a_prompt_that_training_does_not_show_is_named():
    found = diagnose(chat(THINKS))
    assert not found.prompt_fits and "generation prompt" in found.lines() and found.is_sound
    assert diagnose(chat(PLAIN)).prompt_fits


def test_other_roles_are_told_of():
    assert (
        diagnose(chat(PLAIN)).developer is Use.WRITTEN and diagnose(chat(DEVELOPER)).developer is Use.DROPPED
    )
    assert diagnose(chat(PLAIN)).tool_turns is Use.DROPPED, "the name of the tool is nowhere"


def test_two_end_tokens_behind_an_answer_are_refused():
    twice = PLAIN.replace("<|im_end|>", "<|im_end|>{% if m.role == 'assistant' %}<|im_end|>{% endif %}")
    found = diagnose(chat(twice))
    assert found.ends_twice and not found.is_sound and "twice" in found.lines()["end of an answer"]
    with pytest.raises(ConfigError, match="two end tokens"):
        repair(chat(twice), found, system_turn=True)


def test_they_reach_every_line_and_the_settings(tmp_path):
    model = str(save_tokenizer("phi-4", tmp_path / "model", NEEDS))
    kwargs = {"mode": "low"}
    for layout, file in ((Format.TRL_PROMPT_COMPLETION, "sft.yaml"), (Format.AXOLOTL, "axolotl.yaml")):
        export([make_row(1)], tmp_path / layout, tokenizer=model, layout=layout, template_kwargs=kwargs)
        settings = yaml.safe_load((tmp_path / layout / file).read_text())
        if layout is Format.AXOLOTL:
            assert settings["chat_template_kwargs"] == kwargs
        else:
            assert "chat_template_kwargs" in settings["datasets"][0]["columns"]
            assert read_lines(tmp_path / layout / "train.jsonl")[0]["chat_template_kwargs"] == kwargs
        assert '{"mode": "low"}' in (tmp_path / layout / "README.md").read_text()
    process = sysgen("template", model, "--template-kwargs", json.dumps(kwargs))
    assert process.returncode == 0 and process.stdout.rstrip().endswith("Sound as it is.")
    shown = sysgen("template", tmp_path / Format.AXOLOTL, "--row", "row-1")
    assert shown.returncode == 0 and shown.stdout.splitlines()[1].startswith("LOW"), shown.stderr
    with pytest.raises(ConfigError, match="without mode"):
        make_plan(Options(Format.AXOLOTL, tokenizer=model))


@pytest.mark.parametrize("text", ["mode=low", "[1]", "3"])
def test_what_is_no_object_is_said(text):
    with pytest.raises(ConfigError, match="no JSON object"):
        read_kwargs(text)
    assert read_kwargs(None) == {}
