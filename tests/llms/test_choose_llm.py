"""An LLM of the user's own that cannot be made is an error of the settings, and says which."""

import pytest
from distilabel.models.llms.base import LLM

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.llms.choose_llm import make_llm
from sysgen_distilabel.secrets import hide_secrets


class _OwnLLM(LLM):
    @property
    def model_name(self):
        return "own"

    def generate(self, inputs, num_generations=1, **kwargs):
        return [["An answer."] for _ in inputs]


class NeedsKey(_OwnLLM):
    endpoint: str


class NeedsParameter(_OwnLLM):
    def __init__(self, endpoint, **fields):
        super().__init__(**fields)


class FailsItself(_OwnLLM):
    def model_post_init(self, context):
        raise RuntimeError("there is no such endpoint")


def test_a_field_that_lacks_is_named_and_not_taken_for_a_secret():
    with pytest.raises(ConfigError, match="'endpoint': field required") as raised:
        make_llm(f"{__name__}.NeedsKey", {})

    assert "'endpoint'" in hide_secrets(raised.value.message)
    assert make_llm(f"{__name__}.NeedsKey", {"endpoint": "here"}).endpoint == "here"


@pytest.mark.parametrize(
    ("name", "cause"), [("NeedsParameter", "TypeError: .*'endpoint'"), ("FailsItself", "no such endpoint")]
)
def test_a_class_that_cannot_be_made_from_fields_is_the_users_to_mend(name, cause):
    with pytest.raises(ConfigError, match=cause) as raised:
        make_llm(f"{__name__}.{name}", {})

    assert "fields" in raised.value.hint
