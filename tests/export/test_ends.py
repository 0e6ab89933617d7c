"""Templates that end the last answer otherwise than the earlier ones, or not at all."""

import json
from dataclasses import replace

import pytest

from sysgen_distilabel.chat_templates import SystemRole
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.diagnosis import diagnose
from sysgen_distilabel.export.guard import Guard
from sysgen_distilabel.export.probes import TURNS, Ends, LossMask
from sysgen_distilabel.export.problems import Problem
from sysgen_distilabel.export.repair import repair
from sysgen_distilabel.export.trained_chat import Chat, load_chat, make_chat
from sysgen_distilabel.export.training_template import write_training_template
from tests.chat_tokenizers import build_tokenizer

SYSTEM = {"role": "system", "content": "Be kind."}

TWO_ENDS = """{% for m in messages %}<|open|>{{ m.role }}<|text|>{{ m.content }}\
{% if m.role == 'assistant' and loop.last %}<|stop|>{% else %}<|close|>{% endif %}{% endfor %}\
{% if add_generation_prompt %}<|open|>assistant<|text|>{% endif %}"""
"""Earlier turns are closed, the last answer is stopped, as in OpenAI's gpt-oss."""

NO_END = """{% for m in messages %}<|{{ m.role }}|>
{{ m.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>
{% endif %}"""
"""Nothing stands behind an answer but the next turn, as in GLM-4.5."""

PARTS = """{% for m in messages %}<|open|>{{ m.role }}: \
{% for part in m.content %}{% if part.type == 'text' %}{{ part.text }}{% endif %}{% endfor %}\
<|close|>{% endfor %}"""


def chat_of(template, *stops, tokens=("<|open|>", "<|close|>", "<|stop|>", "<|user|>", "<|assistant|>")):
    return Chat(
        "own", template, {"eos_token": "<|stop|>"}, frozenset(stops), frozenset(tokens), tokenizer=None
    )


def test_an_answer_may_end_otherwise_at_the_end():
    chat = chat_of(TWO_ENDS, "<|stop|>")
    found = diagnose(chat)
    assert found.ends == Ends("<|close|>", "<|stop|>") and found.is_stop_token and found.is_sound
    assert repair(chat, found, system_turn=True) is chat
    assert "<|stop|> follows the last answer, <|close|> the earlier ones" in found.lines()["end of an answer"]


def test_marks_are_written_with_the_end_of_each_place():
    chat = chat_of(TWO_ENDS, "<|stop|>")
    marked = write_training_template(chat, with_system=True)
    text, spans = marked.find_generation([SYSTEM, *TURNS])
    assert text == chat.render([SYSTEM, *TURNS])
    first, last = (text[begin:end] for begin, end in spans)
    assert first == f"{TURNS[1]['content']}<|close|>" and last == f"{TURNS[3]['content']}<|stop|>"
    assert diagnose(marked).mask is LossMask.ANSWERS


def test_the_guard_wants_each_end_in_its_place():
    tokenizer = build_tokenizer("phi-4")
    chat = replace(chat_of(TWO_ENDS, "<|stop|>"), tokenizer=tokenizer)
    guard = Guard(chat, diagnose(chat).ends, 10_000)
    (sound,) = guard.check([[SYSTEM, *TURNS]], ["Be kind."], [None])
    assert sound.finding is None
    broken = replace(chat, template=TWO_ENDS.replace("<|stop|>{% else %}", "{% else %}"))
    (lost,) = Guard(broken, diagnose(chat).ends, 10_000).check([[SYSTEM, *TURNS]], ["Be kind."], [None])
    assert lost.finding.problem is Problem.END_LOST


def test_the_next_turn_ends_an_answer_where_the_model_stops_there():
    sound = diagnose(chat_of(NO_END, "<|stop|>", "<|user|>"))
    assert sound.ends == Ends("<|user|>", "") and sound.is_sound and not sound.remedies()[1:]
    assert "stops at <|user|>" in sound.lines()["end of an answer"]
    unsound = chat_of(NO_END, "<|stop|>")
    assert not diagnose(unsound).is_sound
    text = repair(unsound, diagnose(unsound), system_turn=True).render(TURNS)
    assert text.count("<|stop|>") == 2 and text.endswith(f"{TURNS[3]['content']}<|stop|>")


def test_a_template_alone_does_not_tell_what_the_model_stops_at(tmp_path):
    (tmp_path / "own.jinja").write_text(NO_END)
    found = diagnose(load_chat(str(tmp_path / "own.jinja")))
    assert not found.is_sound and "unless the model stops at <|user|>" in found.lines()["end of an answer"]


def test_content_as_a_list_of_parts_is_said_and_rendered():
    found = diagnose(chat_of(PARTS, "<|close|>"))
    assert found.takes_parts and found.is_sound and found.system_role is SystemRole.NATIVE
    assert "parts" in found.lines()["content"]
    assert not diagnose(chat_of(TWO_ENDS, "<|stop|>")).takes_parts


BESIDE = {
    "written twice": "{% for m in messages %}{{ m.role }}{{ m.content }}{{ m.content }}\n{% endfor %}",
    "not the same": "{% for m in messages %}{{ m.role }}{{ m.content | upper }}\n{% endfor %}",
    "counts its letters": "{% for m in messages %}{{ m.content }}{{ m.content | length }}\n{% endfor %}",
}


@pytest.mark.parametrize("kind", BESIDE)
def test_a_repair_that_cannot_be_proven_is_refused(kind):
    chat = chat_of(BESIDE[kind], "<|stop|>")
    with pytest.raises(ConfigError, match="cannot be repaired"):
        repair(chat, diagnose(chat), system_turn=False)


def test_a_tokenizer_saved_with_such_a_template_is_sound(tmp_path):
    tokenizer = build_tokenizer("phi-4")
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|user|>", "<|assistant|>"]})
    tokenizer.chat_template = NO_END
    tokenizer.save_pretrained(tmp_path)
    stops = tokenizer.convert_tokens_to_ids([tokenizer.eos_token, "<|user|>"])
    (tmp_path / "generation_config.json").write_text(json.dumps({"eos_token_id": stops}))
    assert diagnose(load_chat(str(tmp_path))).is_sound
    assert not diagnose(make_chat("own", tokenizer, NO_END)).is_sound
