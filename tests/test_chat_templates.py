"""What chat templates do with a system message, and what comes out when they are rendered or it is folded."""

from pathlib import Path

import pytest
from jinja2 import TemplateError

from sysgen_distilabel.chat_templates import (
    SystemRole,
    TemplateRefused,
    detect_system_role,
    fold_system,
    render_template,
)

TEMPLATES = Path(__file__).parent / "fixtures" / "chat_templates"

SYSTEM = {"role": "system", "content": "Be kind."}
TURNS = [
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Hi!"},
    {"role": "user", "content": "Why?"},
]

_LLAMA_HEAD = (
    "<s><|start_header_id|>system<|end_header_id|>\n\n"
    "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n"
)
_LLAMA_TURNS = (
    "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHello"
    "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHi!"
    "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWhy?"
    "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"
)
_CHATML_TURNS = (
    "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\nHi!<|im_end|>\n"
    "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n"
)
_QWEN = "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n"
_PHI_TURNS = (
    "<|im_start|>user<|im_sep|>Hello<|im_end|><|im_start|>assistant<|im_sep|>Hi!<|im_end|>"
    "<|im_start|>user<|im_sep|>Why?<|im_end|><|im_start|>assistant<|im_sep|>"
)
_GEMMA_TURNS = (
    "Hello<end_of_turn>\n<start_of_turn>model\nHi!<end_of_turn>\n"
    "<start_of_turn>user\nWhy?<end_of_turn>\n<start_of_turn>model\n"
)
_SOLAR_TURNS = "### User:\nHello\n\n### Assistant:\nHi!### User:\nWhy?\n\n### Assistant:\n"

# What it does, the prompt with a system message (None if refused), the prompt without.
KNOWN = {
    "llama-3.1": (
        SystemRole.NATIVE,
        f"{_LLAMA_HEAD}Be kind.{_LLAMA_TURNS}",
        f"{_LLAMA_HEAD}{_LLAMA_TURNS}",
    ),
    "qwen2.5": (
        SystemRole.NATIVE,
        f"<|im_start|>system\nBe kind.<|im_end|>\n{_CHATML_TURNS}",
        f"{_QWEN}{_CHATML_TURNS}",
    ),
    "qwen3": (
        SystemRole.NATIVE,
        f"<|im_start|>system\nBe kind.<|im_end|>\n{_CHATML_TURNS}",
        _CHATML_TURNS,
    ),
    "phi-4": (
        SystemRole.NATIVE,
        f"<|im_start|>system<|im_sep|>Be kind.<|im_end|>{_PHI_TURNS}",
        _PHI_TURNS,
    ),
    "gemma-2": (SystemRole.RAISES, None, f"<s><start_of_turn>user\n{_GEMMA_TURNS}"),
    "gemma-3": (
        SystemRole.FOLDED,
        f"<s><start_of_turn>user\nBe kind.\n\n{_GEMMA_TURNS}",
        f"<s><start_of_turn>user\n{_GEMMA_TURNS}",
    ),
    "mistral": (
        SystemRole.FOLDED,
        "<s>[INST] Hello[/INST] Hi!</s>[INST] Be kind.\n\nWhy?[/INST]",
        "<s>[INST] Hello[/INST] Hi!</s>[INST] Why?[/INST]",
    ),
    "solar": (SystemRole.NATIVE, f"### System:\nBe kind.\n\n{_SOLAR_TURNS}", _SOLAR_TURNS),
}


def render(name, messages, **variables):
    template = (TEMPLATES / f"{name}.jinja").read_text()
    return render_template(template, messages, bos_token="<s>", eos_token="</s>", **variables)


@pytest.mark.parametrize("name", KNOWN)
def test_known_templates(name):
    role, with_system, without = KNOWN[name]
    assert detect_system_role(lambda messages: render(name, messages)) is role
    assert role.is_heard is (with_system is not None)
    assert render(name, TURNS) == without
    if with_system is None:
        with pytest.raises(TemplateError, match="System role not supported"):
            render(name, [SYSTEM, *TURNS])
    else:
        assert render(name, [SYSTEM, *TURNS]) == with_system


@pytest.mark.parametrize("name", KNOWN)
def test_folded_messages_reach_every_template_as_a_user_turn(name):
    joined = [{"role": "user", "content": "Be kind.\n\nHello"}, *TURNS[1:]]
    assert fold_system([SYSTEM, *TURNS]) == joined
    assert render(name, fold_system([SYSTEM, *TURNS])) == render(name, joined)


def test_the_templates_of_qwen3_take_options():
    assert render("qwen3", TURNS[:1], enable_thinking=False).endswith("assistant\n<think>\n\n</think>\n\n")
    thought = [*TURNS[:1], {"role": "assistant", "content": "<think>\nhm\n</think>\n\nHi!"}]
    assert "<think>\nhm\n</think>\n\nHi!" in render("qwen3", thought, add_generation_prompt=False)
    assert "hm" not in render("qwen3", [*thought, TURNS[2]])


OWN = {
    "no mention of the word": (
        "{% for m in messages %}[{{ m.role[0] }}]{{ m.content }}{% endfor %}",
        SystemRole.NATIVE,
    ),
    "the word alone": (
        "{# system #}{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}",
        SystemRole.DROPPED,
    ),
    "markers inside the user turn": (
        "{% for m in messages %}{% if m.role == 'system' %}[INST] <<SYS>>{{ m.content }}<</SYS>>"
        "{% else %}{{ '[INST] ' if loop.first }}{{ m.content }} [/INST]{% endif %}{% endfor %}",
        SystemRole.NATIVE,
    ),
    "behind the user turn": (
        "U:{{ messages[-1].content }}"
        "{% if messages[0].role == 'system' %} ({{ messages[0].content }}){% endif %}",
        SystemRole.NATIVE,
    ),
    "behind the words of the user": (
        "U:{{ messages[-1].content }}"
        "{% if messages[0].role == 'system' %} {{ messages[0].content }}{% endif %}",
        SystemRole.FOLDED,
    ),
    "a crash": (
        "{% for m in messages %}{{ m.content + (1 if m.role == 'system' else '') }}{% endfor %}",
        SystemRole.RAISES,
    ),
}


@pytest.mark.parametrize("name", OWN)
def test_odd_templates(name):
    template, role = OWN[name]
    assert detect_system_role(lambda messages: render_template(template, messages)) is role


@pytest.mark.parametrize("template", ["{% for m in %}", "{{ raise_exception('never') }}", "{{ 1 / 0 }}"])
def test_a_template_that_renders_nothing_at_all_is_an_error(template):
    with pytest.raises(TemplateError):
        detect_system_role(lambda messages: render_template(template, messages))


def test_what_is_no_refusal_is_not_taken_for_one():
    def lose_connection(messages):
        if messages[0]["role"] == "system":
            raise ConnectionError
        return "x"

    with pytest.raises(ConnectionError):
        detect_system_role(lose_connection)


def test_templates_find_what_transformers_gives_them():
    template = (
        "{% for m in messages %}\n"
        "  {% if loop.index > 2 %}{% break %}{% endif %}\n"
        "  {% generation %}{{ m | tojson }}{% endgeneration %}\n"
        "{% endfor %}\n"
        "{% if tools is none and documents is none %}{{ strftime_now('%Y') | length }}{% endif %}"
    )
    rendered = render_template(template, [{"role": "user", "content": "<é>"}] * 3)
    assert rendered == '{"role": "user", "content": "<é>"}' * 2 + "4"


def test_templates_are_kept_in_a_sandbox():
    with pytest.raises(TemplateError):
        render_template("{{ ''.__class__.__mro__[1].__subclasses__() }}", TURNS)
    with pytest.raises(TemplateRefused):
        render_template("{{ 1 + '' }}", TURNS)


def test_folding():
    assert fold_system(TURNS) == TURNS and fold_system(TURNS) is not TURNS
    assert fold_system([{"role": "system", "content": ""}, *TURNS]) == TURNS
    assert fold_system([SYSTEM]) == [{"role": "user", "content": "Be kind."}]
    late = fold_system([TURNS[0], SYSTEM, {"role": "system", "content": "Be brief."}])
    assert late == [{"role": "user", "content": "Be kind.\n\nBe brief.\n\nHello"}]
    picture = {"type": "image_url", "image_url": {"url": "x"}}
    parts = fold_system([SYSTEM, {"role": "user", "content": [picture]}])
    assert parts[0]["content"] == [{"type": "text", "text": "Be kind.\n\n"}, picture]
