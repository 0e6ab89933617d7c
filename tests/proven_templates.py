"""What has to be true of a template that an export passes, for whatever people say."""

import contextlib
import re
from itertools import pairwise

from hypothesis import strategies as st

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.atlas import load_template
from sysgen_distilabel.export.diagnosis import diagnose
from sysgen_distilabel.export.guard import Guard
from sysgen_distilabel.export.probes import SYSTEM, TURNS, find_ends
from sysgen_distilabel.export.repair import repair
from sysgen_distilabel.export.trained_chat import make_chat
from sysgen_distilabel.export.trainer_format import Learnt
from sysgen_distilabel.export.training_template import end_last_answer, write_training_template
from tests.chat_tokenizers import make_tokenizer

_SPECIAL = re.compile(r"<[^<>\s]+>|\[/?[A-Z_]+\]|\[\|[a-z]+\|\]|\[e~\[|\]~b\]")


def chat_of(path):
    """A template with a tokenizer in which whatever looks special in what it writes is one token."""
    alone = load_template(path)
    shown = "".join(
        alone.render(messages, add_generation_prompt=prompt)
        for messages, prompt in ((TURNS, False), (TURNS[:1], True))
    )
    specials = sorted({"<bos>", "<eos>", *alone.stop_tokens, *_SPECIAL.findall(shown)})
    tokenizer = make_tokenizer("<bos>", "<eos>", specials, alone.template)
    return make_chat(path.stem, tokenizer, alone.template, sorted(alone.stop_tokens))


def guards_of(path):
    """The guards that exports of this template are made with, and the end of the last answer under each."""
    chat = chat_of(path)
    found = diagnose(chat)
    served = ended = chat
    try:
        served = repair(chat, found, system_turn=True)
        ended = end_last_answer(served, found)
    except ConfigError:
        return []
    chats = {Learnt.COMPLETION: ended, Learnt.ANSWERS: served}
    with contextlib.suppress(ConfigError):
        chats[Learnt.MARKS] = write_training_template(ended, with_system=True)
    return [
        (trained, Guard(trained, find_ends(trained), 100_000, learnt), learnt)
        for learnt, trained in chats.items()
    ]


def check(conversation, chat, guard, learnt):
    """Hold the tokens of a conversation that passed against its texts; say whether it did pass."""
    system = conversation[0]["content"]
    (checked,) = guard.check([conversation], [system], [None])
    if checked.finding is not None:
        return checked.finding
    ids = chat.encode([chat.render(conversation)])["input_ids"][0]
    text = chat.tokenizer.decode(ids)
    for turn in conversation:
        assert text.count(turn["content"].strip()) == 1, (chat.name, turn)
    ends = find_ends(chat)
    last = len(conversation)
    for message, begin, end in checked.learnt:
        trained = chat.tokenizer.decode(ids[begin:end])
        token = ends.last if message == last else ends.earlier
        assert conversation[message - 1]["content"].strip() in trained, (chat.name, trained)
        assert trained.count(token) == 1 or not token, (chat.name, trained)
        others = [turn for number, turn in enumerate(conversation, 1) if number != message]
        assert not any(turn["content"].strip() in trained for turn in others), (chat.name, trained)
    assert [turn.message for turn in checked.learnt] == (
        [last] if learnt is Learnt.COMPLETION else list(range(3, last + 1, 2))
    )
    assert all(before.end <= after.begin for before, after in pairwise(checked.learnt))
    return None


_WORDS = st.sampled_from(
    ["user", "assistant", "system", "\n", " ", "\t", "{{", "{%", "%}", "'", '"', "\\", "ü", "日本", "🙂", "a",
     "</think>", "<think>", "<|im_end|>", "[INST]", "###", "final"]
)  # fmt: skip
_TEXTS = st.lists(
    st.one_of(_WORDS, st.text(st.characters(exclude_categories=("Cs", "Co")), max_size=8)), max_size=5
)
_BLANKS = st.sampled_from(["", "", "", " ", "\n", "\n\n ", "\t"])


@st.composite
def conversations(draw):
    """A conversation whose texts are all different, so that each can be counted."""
    answers = draw(st.integers(1, 3))
    roles = ["system", *["user", "assistant"] * answers]
    return [{"role": role, "content": _draw_text(draw, place)} for place, role in enumerate(roles)]


def _draw_text(draw, place):
    return f"{draw(_BLANKS)}«{place}:{''.join(draw(_TEXTS))}:{place}»{draw(_BLANKS)}"


PLAIN = [SYSTEM, *({**turn} for turn in TURNS)]
