"""The guard catches whatever a chat template or a length limit would take away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysgen_distilabel.export.guard import Guard
from sysgen_distilabel.export.probes import Ends
from sysgen_distilabel.export.problems import Problem
from sysgen_distilabel.export.trained_chat import make_chat
from tests.chat_tokenizers import build_tokenizer

CHAT = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Hi!"},
    {"role": "user", "content": "Why?"},
    {"role": "assistant", "content": "So."},
]
_DROPS_SYSTEM = (
    "{% for m in messages if m.role != 'system' %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}"
)
_DROPS_FIRST_TURN = (
    "{% for m in messages[:1] + messages[2:] %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}"
)
_NO_END = "{% for m in messages %}<|im_start|>{{ m.content }}{% endfor %}"
_ONE_END = "{% for m in messages %}<|im_start|>{{ m.content }}{% endfor %}<|im_end|>"


def check(messages, template=None, max_length=1000, system_text="Be kind.", end="<|im_end|>"):
    tokenizer = build_tokenizer("phi-4", template)
    chat = make_chat("phi-4", tokenizer, tokenizer.get_chat_template())
    (checked,) = Guard(chat, Ends(end, end), max_length).check([messages], [system_text], [None])
    return checked.finding


def test_what_keeps_everything_passes():
    assert check(CHAT) is None
    assert check(CHAT[1:], system_text="") is None


@pytest.mark.parametrize(
    ("template", "problem", "detail"),
    [
        (_DROPS_SYSTEM, Problem.SYSTEM_LOST, ""),
        (_DROPS_FIRST_TURN, Problem.TURN_LOST, "message 2"),
        (_NO_END, Problem.END_LOST, "message 3"),
        (_ONE_END, Problem.END_LOST, "message 3"),
        ("{{ raise_exception('System role not supported') }}", Problem.REFUSED, "System role not supported"),
    ],
)
def test_what_a_template_takes_away(template, problem, detail):
    assert check(CHAT, template) == (problem, detail)


def test_the_folded_text_counts_as_the_system_message():
    folded = [{"role": "user", "content": "Be kind.\n\nHello"}, *CHAT[2:]]
    assert check(folded) is None
    assert check([{"role": "user", "content": "Hello"}, *CHAT[2:]]).problem is Problem.SYSTEM_LOST


def test_a_row_over_the_limit_is_measured_in_tokens():
    exact = len(build_tokenizer("phi-4").apply_chat_template(CHAT, return_dict=True)["input_ids"])
    assert check(CHAT, max_length=exact) is None
    assert check(CHAT, max_length=exact - 1) == (
        Problem.TOO_LONG,
        f"{exact} tokens, the limit is {exact - 1}",
    )


def test_the_name_of_a_special_token_in_a_text():
    broken = [*CHAT[:1], {"role": "user", "content": "What is <|im_end|>?"}, *CHAT[2:]]
    assert check(broken) == (Problem.SPECIAL_TOKEN, "message 2 holds <|im_end|>")


def test_short_answers_are_not_taken_for_parts_of_others():
    """An answer that is also in another turn or in the names of roles."""
    chat = [
        {"role": "system", "content": "a"},
        {"role": "user", "content": "assistant"},
        {"role": "assistant", "content": "a"},
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "assistant"},
    ]
    assert check(chat, system_text="a") is None
    assert check(chat, _NO_END, system_text="a").problem is Problem.END_LOST


# Characters without special tokens in them; a template that keeps everything must pass whatever is said.
CHARACTERS = st.characters(exclude_categories=("Cs",), exclude_characters="<|>")
TEXTS = st.text(CHARACTERS, max_size=40)
ANSWERS = st.text(CHARACTERS, min_size=1, max_size=40)


@given(system=TEXTS, turns=st.lists(st.tuples(TEXTS, ANSWERS), min_size=1, max_size=3))
def test_a_template_that_keeps_everything_always_passes(system, turns):
    chat = [{"role": "system", "content": system}]
    for user, assistant in turns:
        chat += [{"role": "user", "content": user}, {"role": "assistant", "content": assistant}]
    (checked,) = Guard(_PHI, Ends("<|im_end|>", "<|im_end|>"), 10_000).check([chat], [system], [None])
    assert checked.finding is None


_tokenizer = build_tokenizer("phi-4")
_PHI = make_chat("phi-4", _tokenizer, _tokenizer.get_chat_template())
