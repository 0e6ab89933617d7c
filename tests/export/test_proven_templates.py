"""For whatever people say, texts and end tokens stand once in the tokens, or the row is named."""

import pytest
from hypothesis import HealthCheck, given, settings

from sysgen_distilabel.export.diagnosis import diagnose
from tests.broken_templates import BREAKS, assert_end_out_of_mask_named, assert_named
from tests.chat_tokenizers import TEMPLATES
from tests.proven_templates import PLAIN, chat_of, check, conversations, guards_of

NAMES = sorted(path.stem for path in TEMPLATES.glob("*.jinja"))


@pytest.fixture(scope="module")
def guards():
    return [guard for name in NAMES for guard in guards_of(TEMPLATES / f"{name}.jinja")]


def test_a_plain_conversation_passes_wherever_an_export_is_possible(guards):
    assert len(guards) > 2 * len(NAMES)
    for chat, guard, learnt in guards:
        assert check(PLAIN, chat, guard, learnt) is None, (chat.name, learnt)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(conversation=conversations())
def test_every_text_and_every_end_stands_once_or_the_row_is_named(guards, conversation):
    for guard in guards:
        check(conversation, *guard)


SOUND = [name for name in NAMES if diagnose(chat_of(TEMPLATES / f"{name}.jinja")).is_sound]


@pytest.mark.parametrize("name", SOUND)
def test_what_is_broken_is_named(name):
    chat = chat_of(TEMPLATES / f"{name}.jinja")
    for broken in BREAKS:
        assert_named(chat, broken)


@pytest.mark.parametrize("name", ["llama-3.1", "phi-4", "gemma-3"])
def test_an_end_token_out_of_the_mask_is_named(name):
    assert_end_out_of_mask_named(chat_of(TEMPLATES / f"{name}.jinja"))
