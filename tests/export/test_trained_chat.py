"""Where a tokenizer comes from: a directory, or the Hub as far as it can be reached."""

import pytest
from huggingface_hub import constants

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.export.trained_chat import load_chat
from tests.chat_tokenizers import save_tokenizer

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def no_hub(monkeypatch):
    monkeypatch.setattr(constants, "ENDPOINT", NOBODY)


def test_a_hub_that_cannot_be_reached_is_asked_once_and_named(no_hub, caplog):
    with pytest.raises(ConfigError) as failed:
        load_chat("acme/no-such-model")
    assert f"the Hub ({NOBODY}) cannot be reached" in failed.value.message
    assert "cache of this machine" in failed.value.message and "HF_ENDPOINT" in failed.value.hint
    assert "Retry" not in caplog.text


def test_a_directory_needs_no_hub(no_hub, tmp_path):
    assert load_chat(str(save_tokenizer("phi-4", tmp_path / "phi-4"))).template
