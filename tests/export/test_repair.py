"""Native and folded system messages through every known template, token by token."""

import pytest

from sysgen_distilabel.chat_templates import fold_system
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.diagnosis import diagnose
from sysgen_distilabel.export.repair import repair
from sysgen_distilabel.export.trained_chat import Chat, make_chat
from tests.chat_tokenizers import build_tokenizer, spell

SYSTEM = {"role": "system", "content": "Be kind."}
TURNS = [
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Hi!"},
    {"role": "user", "content": "Why?"},
    {"role": "assistant", "content": "So."},
]
_LLAMA = (
    "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n"
    "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n{system}<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\n{folded}Hello<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\nHi!<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\nWhy?<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\nSo.<|eot_id|>"
)
_CHATML = (
    "{system}<|im_start|>user\n{folded}Hello<|im_end|>\n<|im_start|>assistant\nHi!<|im_end|>\n"
    "<|im_start|>user\nWhy?<|im_end|>\n<|im_start|>assistant\n{thought}So.<|im_end|>\n"
)
_PHI = (
    "{system}<|im_start|>user<|im_sep|>{folded}Hello<|im_end|><|im_start|>assistant<|im_sep|>Hi!<|im_end|>"
    "<|im_start|>user<|im_sep|>Why?<|im_end|><|im_start|>assistant<|im_sep|>So.<|im_end|>"
)
_GEMMA = (
    "<bos>{system}<start_of_turn>user\n{folded}Hello<end_of_turn>\n<start_of_turn>model\nHi!<end_of_turn>\n"
    "<start_of_turn>user\nWhy?<end_of_turn>\n<start_of_turn>model\nSo.<end_of_turn>\n"
)
_MISTRAL = "<s>[INST] {folded}Hello[/INST] Hi!</s>[INST] Why?[/INST] So.</s>"
_SOLAR = (
    "{system}### User:\n{folded}Hello\n\n### Assistant:\nHi!</s>### User:\nWhy?\n\n### Assistant:\nSo.</s>"
)
_QWEN_DEFAULT = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."
_CHATML_SYSTEM = "<|im_start|>system\n{}<|im_end|>\n"
_FOLDED = {"system": "", "folded": "Be kind.\n\n", "thought": ""}
_THOUGHT = "<think>\n\n</think>\n\n"

# The whole conversation with the system message in its native place (None if there can be none), and folded.
KNOWN = {
    "llama-3.1": (_LLAMA.format(system="Be kind.", folded=""), _LLAMA.format(**_FOLDED)),
    "qwen2.5": (
        _CHATML.format(system=_CHATML_SYSTEM.format("Be kind."), folded="", thought=""),
        _CHATML.format(**{**_FOLDED, "system": _CHATML_SYSTEM.format(_QWEN_DEFAULT)}),
    ),
    "qwen3": (
        _CHATML.format(system=_CHATML_SYSTEM.format("Be kind."), folded="", thought=_THOUGHT),
        _CHATML.format(**{**_FOLDED, "thought": _THOUGHT}),
    ),
    "phi-4": (
        _PHI.format(system="<|im_start|>system<|im_sep|>Be kind.<|im_end|>", folded=""),
        _PHI.format(**_FOLDED),
    ),
    "gemma-2": (
        _GEMMA.format(system="<start_of_turn>system\nBe kind.<end_of_turn>\n", folded=""),
        _GEMMA.format(**_FOLDED),
    ),
    "gemma-3": (_GEMMA.format(**_FOLDED), _GEMMA.format(**_FOLDED)),
    "mistral": (None, _MISTRAL.format(**_FOLDED)),
    "solar": (_SOLAR.format(system="### System:\nBe kind.\n\n", folded=""), _SOLAR.format(**_FOLDED)),
}


def known_chat(name):
    tokenizer = build_tokenizer(name)
    return make_chat(name, tokenizer, tokenizer.get_chat_template())


def tokens_of(chat, messages):
    """The tokens that transformers makes of a chat with this template."""
    tokenizer = chat.tokenizer
    ids = tokenizer.apply_chat_template(messages, chat_template=chat.template, return_dict=True)["input_ids"]
    return tokenizer.convert_ids_to_tokens(ids)


@pytest.mark.parametrize("name", KNOWN)
def test_native_token_by_token(name):
    chat, (native, _) = known_chat(name), KNOWN[name]
    if native is None:
        with pytest.raises(ConfigError, match="cannot be repaired: its user turn"):
            repair(chat, diagnose(chat), system_turn=True)
        return
    repaired = repair(chat, diagnose(chat), system_turn=True)
    assert tokens_of(repaired, [SYSTEM, *TURNS]) == spell(chat.tokenizer, native, chat.special_tokens)
    assert (repaired is chat) is (name not in ("gemma-2", "solar"))
    assert diagnose(repaired).is_sound


@pytest.mark.parametrize("name", KNOWN)
def test_fold_token_by_token(name):
    chat, (_, folded) = known_chat(name), KNOWN[name]
    repaired = repair(chat, diagnose(chat), system_turn=False)
    tokens = tokens_of(repaired, fold_system([SYSTEM, *TURNS]))
    assert tokens == spell(chat.tokenizer, folded, chat.special_tokens)
    assert (repaired is chat) is (name != "solar")


@pytest.mark.parametrize("name", ["gemma-2", "solar"])
def test_a_repaired_template_changes_nothing_without_a_system_message(name):
    chat = known_chat(name)
    repaired = repair(chat, diagnose(chat), system_turn=True)
    for number in (1, 3):
        for prompt in (True, False):
            before = chat.render(TURNS[:number], add_generation_prompt=prompt)
            after = repaired.render(TURNS[:number], add_generation_prompt=prompt)
            assert after == (before.replace("Hi!", "Hi!</s>") if name == "solar" else before)


def test_the_alternation_check_of_gemma_2_is_still_there():
    chat = known_chat("gemma-2")
    repaired = repair(chat, diagnose(chat), system_turn=True)
    with pytest.raises(Exception, match="must alternate"):
        repaired.render([SYSTEM, TURNS[0], TURNS[0]])
    assert repaired.render([SYSTEM]) == "<bos><start_of_turn>system\nBe kind.<end_of_turn>\n"


def test_a_repaired_template_is_kept_in_the_tokenizer(tmp_path):
    from transformers import AutoTokenizer

    chat = known_chat("gemma-2")
    chat.tokenizer.chat_template = repair(chat, diagnose(chat), system_turn=True).template
    chat.tokenizer.save_pretrained(tmp_path)
    text = AutoTokenizer.from_pretrained(tmp_path).apply_chat_template([SYSTEM, *TURNS], tokenize=False)
    assert text == KNOWN["gemma-2"][0]


DROPPING = "{% for m in messages if m.role != 'system' %}### USER: {{ m.content }}\n{% endfor %}"


def test_a_template_that_drops_system_messages_without_a_bos_token():
    chat = Chat("own", DROPPING + "</s>", {"eos_token": "</s>"}, special_tokens=frozenset({"</s>"}))
    repaired = repair(chat, diagnose(chat), system_turn=True)
    assert repaired.render([SYSTEM, TURNS[0]]) == "### SYSTEM: Be kind.\n</s>### USER: Hello\n</s>"


IRREPARABLE = {
    "its user turn does not say": (
        "{% for m in messages if m.role != 'system' %}[{{ m.content }}]</s>{% endfor %}"
    ),
    "no place for an end token": "{% for m in messages %}{{ m.role }}{{ m.content[:-4] }}{% endfor %}",
}


@pytest.mark.parametrize("reason", IRREPARABLE)
def test_what_cannot_be_repaired_says_why_and_what_else_to_do(reason):
    chat = Chat("own", IRREPARABLE[reason], {"eos_token": "</s>"}, special_tokens=frozenset({"</s>"}))
    with pytest.raises(ConfigError, match=reason) as caught:
        repair(chat, diagnose(chat), system_turn=True)
    assert "--system-role fold" in caught.value.hint


def test_special_texts_survive_in_the_template():
    turn = "<\"user\\é'>{{ m.content }}</s>"
    quoted = "{{ bos_token }}{% for m in messages if m.role != 'system' %}" + turn + "{% endfor %}"
    chat = Chat("own", quoted, {"bos_token": "<s>"}, special_tokens=frozenset({"<s>", "</s>"}))
    text = repair(chat, diagnose(chat), system_turn=True).render([SYSTEM, TURNS[0]])
    assert text == "<s><\"system\\é'>Be kind.</s><\"user\\é'>Hello</s>"
