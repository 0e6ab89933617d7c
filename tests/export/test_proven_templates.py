"""For whatever people say, texts and end tokens stand once in the tokens, or the row is named."""

import pytest
from hypothesis import HealthCheck, given, settings

from sysgen_distilabel.export.atlas import read_folder, write_table
from tests.broken_templates import BREAKS, assert_end_out_of_mask_named, assert_named
from tests.chat_tokenizers import TEMPLATES
from tests.commands import ROOT
from tests.proven_templates import PLAIN, chat_of, check, conversations, guards_of

FAMILIES = TEMPLATES / "families"
PATHS = {path.stem: path for path in sorted([*TEMPLATES.glob("*.jinja"), *FAMILIES.glob("*.jinja")])}


@pytest.fixture(scope="module")
def guards():
    return [guard for path in PATHS.values() for guard in guards_of(path)]


def test_a_plain_conversation_passes_wherever_an_export_is_possible(guards):
    assert len(guards) > 2 * len(PATHS)
    for chat, guard, learnt in guards:
        assert check(PLAIN, chat, guard, learnt) is None, (chat.name, learnt)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(conversation=conversations())
def test_every_text_and_every_end_stands_once_or_the_row_is_named(guards, conversation):
    for guard in guards:
        check(conversation, *guard)


def test_the_docs_show_the_families_as_they_are():
    assert f"\n{write_table(read_folder(FAMILIES))}" in (ROOT / "docs" / "templates.md").read_text()


@pytest.mark.parametrize("name", [name for name in PATHS if name not in ("gemma-2", "mistral", "solar")])
def test_what_is_broken_is_named(name):
    chat = chat_of(PATHS[name])
    for broken in BREAKS:
        assert_named(chat, broken)


@pytest.mark.parametrize("name", ["llama-3.1", "phi-4", "gemma-3", "olmo3", "kimi_k2"])
def test_an_end_token_out_of_the_mask_is_named(name):
    assert_end_out_of_mask_named(chat_of(PATHS[name]))
