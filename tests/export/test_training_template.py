"""Templates that mark the answers: they render what the model's own does, for transformers to find."""

import pytest

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.diagnosis import diagnose
from sysgen_distilabel.export.probes import LossMask
from sysgen_distilabel.export.repair import repair
from sysgen_distilabel.export.trained_chat import make_chat
from sysgen_distilabel.export.training_template import write_training_template
from tests.chat_tokenizers import build_tokenizer
from tests.export.test_diagnosis import marked_texts
from tests.export.test_repair import SYSTEM, TURNS

REGULAR = ("llama-3.1", "qwen2.5", "phi-4", "gemma-2", "gemma-3", "solar")


def repaired_chat(name, system_turn=True):
    tokenizer = build_tokenizer(name)
    chat = make_chat(name, tokenizer, tokenizer.get_chat_template())
    return repair(chat, diagnose(chat), system_turn=system_turn)


@pytest.mark.parametrize("name", REGULAR)
def test_it_renders_the_same_and_marks_the_answers(name):
    chat = repaired_chat(name)
    marked = write_training_template(chat, with_system=True)
    padded = [{**turn, "content": f"\n{turn['content']} "} for turn in [SYSTEM, *TURNS, TURNS[0]]]
    for messages in ([SYSTEM, *TURNS], TURNS, padded):
        assert marked.render(messages) == chat.render(messages)
    encoded = marked.tokenizer.apply_chat_template(
        [SYSTEM, *TURNS],
        chat_template=marked.template,
        return_dict=True,
        return_assistant_tokens_mask=True,
    )
    learnt = [
        token for token, flag in zip(encoded["input_ids"], encoded["assistant_masks"], strict=True) if flag
    ]
    end = diagnose(chat).end_token
    assert marked.tokenizer.decode(learnt) == f"Hi!{end}So.{end}"


def test_folded_data_needs_no_system_turn():
    chat = repaired_chat("mistral", system_turn=False)
    marked = write_training_template(chat, with_system=False)
    assert marked.render(TURNS) == chat.render(TURNS)
    assert marked_texts(marked, TURNS) == ["Hi!</s>", "So.</s>"]


def test_a_template_that_has_the_marks_is_left_alone():
    marked = write_training_template(repaired_chat("phi-4"), with_system=True)
    assert diagnose(marked).mask is LossMask.ANSWERS
    assert write_training_template(marked, with_system=True) is marked


def test_a_template_that_treats_the_last_answer_differently_is_refused():
    with pytest.raises(ConfigError, match="not regular enough") as caught:
        write_training_template(repaired_chat("qwen3"), with_system=True)
    assert "trl-prompt-completion" in caught.value.hint
