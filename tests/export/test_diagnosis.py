"""What the doctor says of known chat templates, and of odd ones."""

import pytest

from sysgen_distilabel.chat_templates import SystemRole
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.diagnosis import diagnose
from sysgen_distilabel.export.probes import LossMask
from sysgen_distilabel.export.trained_chat import Chat, load_chat, make_chat
from tests.chat_tokenizers import SPECIAL_TOKENS, TEMPLATES, build_tokenizer, save_tokenizer
from tests.commands import sysgen

# What becomes of a system message, whether it keeps its place, what ends an answer, whether the model
# stops there.
VERDICTS = {
    "llama-3.1": (SystemRole.NATIVE, True, "<|eot_id|>", True),
    "qwen2.5": (SystemRole.NATIVE, True, "<|im_end|>", True),
    "qwen3": (SystemRole.NATIVE, True, "<|im_end|>", True),
    "phi-4": (SystemRole.NATIVE, True, "<|im_end|>", True),
    "gemma-2": (SystemRole.RAISES, True, "<end_of_turn>", False),
    "gemma-3": (SystemRole.FOLDED, True, "<end_of_turn>", False),
    "mistral": (SystemRole.FOLDED, False, "</s>", True),
    "solar": (SystemRole.NATIVE, True, "", None),
}


def marked_texts(chat, messages):
    text, spans = chat.find_generation(messages)
    return [text[begin:end] for begin, end in spans]


def diagnose_known(name):
    tokenizer = build_tokenizer(name)
    return diagnose(make_chat(name, tokenizer, tokenizer.get_chat_template()))


@pytest.mark.parametrize("name", VERDICTS)
def test_known_templates(name):
    found = diagnose_known(name)
    assert (found.system_role, found.keeps_system, found.end_token, found.is_stop_token) == VERDICTS[name]
    assert found.mask is LossMask.NONE
    assert found.is_sound is (name in ("llama-3.1", "qwen2.5", "qwen3", "phi-4", "gemma-3"))


@pytest.mark.parametrize("name", VERDICTS)
def test_a_template_alone_gets_the_same_verdict(name):
    found = diagnose(load_chat(str(TEMPLATES / f"{name}.jinja")))
    role, keeps, end, _ = VERDICTS[name]
    assert (found.system_role, found.keeps_system, bool(found.end_token)) == (role, keeps, bool(end))
    assert found.is_stop_token is None


def test_the_tokens_of_the_generation_config_count_as_stop_tokens(tmp_path):
    directory = save_tokenizer("gemma-2", tmp_path)
    tokenizer = load_chat(str(directory)).tokenizer
    ids = tokenizer.convert_tokens_to_ids(["<eos>", "<end_of_turn>"])
    (tmp_path / "generation_config.json").write_text(f'{{"eos_token_id": {ids}}}')
    assert diagnose(load_chat(str(directory))).is_stop_token is True


_TURN = "<|im_start|>{{ m.role }}\n"
MASKS = {
    LossMask.ANSWERS: "{% generation %}{{ m.content + '<|im_end|>' }}{% endgeneration %}",
    LossMask.NO_END: "{% generation %}{{ m.content }}{% endgeneration %}<|im_end|>",
    LossMask.OTHER: "{{ m.content }}{% generation %}<|im_end|>{% endgeneration %}",
    LossMask.NONE: "{{ m.content }}<|im_end|>",
}


@pytest.mark.parametrize("mask", MASKS)
def test_the_mask(mask):
    source = (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.role == 'assistant' %}"
        f"{MASKS[mask]}{{% else %}}{{{{ m.content }}}}<|im_end|>{{% endif %}}{{% endfor %}}"
    )
    found = diagnose(make_chat("own", build_tokenizer("phi-4"), source))
    assert found.mask is mask
    assert found.end_token == "<|im_end|>"


def test_what_is_marked_is_what_transformers_takes_for_the_answers():
    """Its own mask needs token offsets, which only a real tokenizer has."""
    source = (
        "{% for m in messages %}<|im_start|>{% if m.role == 'assistant' %}"
        "{% generation %}{{ m.content }}<|im_end|>{% endgeneration %}"
        "{% else %}{{ m.content }}<|im_end|>{% endif %}{% endfor %}"
    )
    tokenizer = build_tokenizer("phi-4", source)
    messages = [
        {"role": role, "content": text} for role, text in (("user", "Hello"), ("assistant", "Hi!")) * 2
    ]
    encoded = tokenizer.apply_chat_template(messages, return_dict=True, return_assistant_tokens_mask=True)
    marked = [
        token for token, flag in zip(encoded["input_ids"], encoded["assistant_masks"], strict=True) if flag
    ]
    chat = make_chat("own", tokenizer, source)
    assert tokenizer.decode(marked) == "".join(marked_texts(chat, messages))


@pytest.mark.parametrize("name", SPECIAL_TOKENS)
def test_chats_are_rendered_as_transformers_does(name):
    tokenizer = build_tokenizer(name)
    chat = make_chat(name, tokenizer, tokenizer.get_chat_template())
    messages = [{"role": "user", "content": " Hällo\n"}, {"role": "assistant", "content": "Hi!"}]
    for prompt in (True, False):
        expected = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=prompt)
        assert chat.render(messages, add_generation_prompt=prompt) == expected
    ids = tokenizer.apply_chat_template(messages, return_dict=True)["input_ids"]
    assert chat.count_tokens([chat.render(messages)]) == [len(ids)]


def test_a_template_that_renders_nothing_is_named():
    with pytest.raises(ConfigError, match="renders no plain conversation: no"):
        diagnose(Chat("own", "{{ raise_exception('no') }}"))


@pytest.mark.slow
@pytest.mark.parametrize("what", ["missing.jinja", "no-such-directory/model"])
def test_what_cannot_be_read_is_one_message(what, tmp_path):
    process = sysgen("template", tmp_path / what, HF_HUB_OFFLINE="1")
    assert process.returncode == 2
    assert process.stderr.startswith("Error: ") and "Traceback" not in process.stderr


def test_a_tokenizer_without_a_template_is_one_message(tmp_path):
    tokenizer = build_tokenizer("solar")
    tokenizer.chat_template = None
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ConfigError, match="has no chat template"):
        load_chat(str(tmp_path))


def test_the_command_prints_the_verdict_and_the_remedy():
    process = sysgen("template", TEMPLATES / "gemma-2.jinja")
    assert process.returncode == 0, process.stderr
    assert "system message:    raises: the template refuses it" in process.stdout
    assert "end of an answer:  trained: <end_of_turn> follows every answer" in process.stdout
    assert "--system-role native" in process.stdout and "--system-role fold" in process.stdout
    assert process.stdout.rstrip().endswith("Not sound as it is.")


def test_the_command_reads_a_tokenizer_and_is_content_with_a_sound_one(tmp_path):
    process = sysgen("template", save_tokenizer("phi-4", tmp_path))
    assert process.stdout.rstrip().endswith("Sound as it is.")
    assert process.stderr == ""
