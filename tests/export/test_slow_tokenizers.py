"""Tokenizers without a fast path do not know where their tokens stand; what is learnt is found even so."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizer

from sysgen_distilabel.export.guard import Guard
from sysgen_distilabel.export.probes import find_ends
from sysgen_distilabel.export.problems import Problem
from sysgen_distilabel.export.trained_chat import make_chat
from sysgen_distilabel.export.trainer_format import Learnt
from tests.chat_tokenizers import SPECIAL_TOKENS, TEMPLATES, build_tokenizer

MODELS = ("phi-4", "qwen2.5", "llama-3.1")


class SlowTokenizer(PreTrainedTokenizer):
    """Written in Python: so many bytes are a token, and so is every special token."""

    def __init__(self, width=1, **more):
        self._width = width
        super().__init__(**more)

    @property
    def vocab_size(self):
        return 256**self._width

    def get_vocab(self):
        return {self._convert_id_to_token(index): index for index in range(self.vocab_size)} | dict(
            self.added_tokens_encoder
        )

    def _tokenize(self, text, **more):
        told = text.encode()
        return [told[at : at + self._width].hex() for at in range(0, len(told), self._width)]

    def _convert_token_to_id(self, token):
        return int(token, 16)

    def _convert_id_to_token(self, index):
        return f"{index:02x}" if index < 256 else f"{index:04x}"

    def convert_tokens_to_string(self, tokens):
        parts = (token.encode() if "<" in token else bytes.fromhex(token) for token in tokens)
        return b"".join(parts).decode(errors="replace")


def slow_chat(model, width=1, template=None):
    bos, eos, others = SPECIAL_TOKENS[model]
    template = template or (TEMPLATES / f"{model}.jinja").read_text(encoding="utf-8")
    tokenizer = SlowTokenizer(
        width, bos_token=bos, eos_token=eos, additional_special_tokens=others, chat_template=template
    )
    assert not tokenizer.is_fast
    return make_chat(model, tokenizer, template)


def fast_chat(model):
    tokenizer = build_tokenizer(model)
    return make_chat(model, tokenizer, tokenizer.chat_template)


SLOW = {model: slow_chat(model) for model in MODELS}
FAST = {model: fast_chat(model) for model in MODELS}
TEXTS = st.text(st.sampled_from("ab ,\nß日🌗"), min_size=1, max_size=12).filter(str.strip).map(str.strip)


def conversation(texts):
    system, *turns = texts
    roles = ("user", "assistant") * (len(turns) // 2)
    said = [{"role": role, "content": text} for role, text in zip(roles, turns, strict=False)]
    return [{"role": "system", "content": system}, *said]


def check(chat, messages, learnt=Learnt.ANSWERS, max_length=1000):
    guard = Guard(chat, find_ends(chat), max_length, learnt)
    (checked,) = guard.check([messages], [messages[0]["content"]], [None])
    return checked


@settings(deadline=None, max_examples=40)
@given(st.lists(TEXTS, min_size=3, max_size=7), st.sampled_from(MODELS), st.sampled_from(Learnt))
def test_what_is_found_is_what_a_fast_tokenizer_finds(texts, model, learnt):
    messages = conversation(texts)
    assert check(SLOW[model], messages, learnt) == check(FAST[model], messages, learnt)


ODD = "{% for m in messages %}<|im_start|>{{ m.role }}:\n{{ m.content }}<|im_end|>\n{% endfor %}"
"""Eleven bytes stand in front of an answer, so that one of its tokens of two bytes begins before it."""


@pytest.mark.parametrize("answer", ["Three boats.", "Four boats."])
def test_a_token_that_begins_before_an_answer_is_left_out_and_its_end_token_never(answer):
    chat = slow_chat("qwen2.5", 2, ODD)
    messages = conversation(["Be kind.", "What?", answer, "And?", answer])
    checked = check(chat, messages)
    ids = chat.encode([chat.render(messages)])["input_ids"][0]
    assert checked.finding is None and checked.tokens == len(ids) and len(checked.learnt) == 2
    for turn in checked.learnt:
        *learnt, end = (chat.tokenizer.decode([token]) for token in ids[turn.begin : turn.end])
        assert "".join(learnt) == answer[1:] and end == "<|im_end|>"


def test_a_conversation_that_is_too_long_is_found():
    checked = check(SLOW["phi-4"], conversation(["Be kind.", "What?", "Boats."]), max_length=10)
    assert checked.finding.problem is Problem.TOO_LONG
