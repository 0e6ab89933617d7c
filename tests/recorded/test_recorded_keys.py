"""What makes two requests the same, and what counts as a fault of a reply."""

import json

import pytest
from distilabel.models import OpenAILLM
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.recorded.reply import FaultKind
from tests.doubles import ScriptedLLM, chat
from tests.recorded.asks import BOTH, ask, load, output

# --- the key

texts = st.text(max_size=8)
messages = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(["system", "user", "assistant"]), "content": texts}),
    min_size=1,
    max_size=3,
)
sampling = st.dictionaries(
    st.sampled_from(["temperature", "top_p", "max_new_tokens", "stop"]),
    st.floats(0, 2) | st.integers(0, 999) | texts | st.lists(texts, max_size=2),
)


def reverse_order(value):
    if isinstance(value, dict):
        return {name: reverse_order(value[name]) for name in reversed(value)}
    return [reverse_order(item) for item in value] if isinstance(value, list) else value


@given(messages, sampling, st.integers(0, 5))
def test_the_order_of_keys_does_not_matter(chat, kwargs, attempt):
    recorded = Recorded(llm=ScriptedLLM())
    key = recorded.key(chat, attempt, kwargs)
    assert key == recorded.key(reverse_order(chat), attempt, reverse_order(kwargs))
    assert len(bytes.fromhex(key)) == 16


@given(messages, messages, sampling, sampling, st.integers(0, 5), st.integers(0, 5))
def test_any_change_changes_the_key(chat, other_chat, kwargs, other_kwargs, attempt, other_attempt):
    recorded = Recorded(llm=ScriptedLLM())
    this, other = (chat, kwargs, attempt), (other_chat, other_kwargs, other_attempt)
    same = json.dumps(this, sort_keys=True) == json.dumps(other, sort_keys=True)
    same_key = recorded.key(chat, attempt, kwargs) == recorded.key(other_chat, other_attempt, other_kwargs)
    assert same == same_key


class Verdict(BaseModel):
    good: bool


class OtherVerdict(BaseModel):
    bad: bool


class WithIdentity(ScriptedLLM):
    template: str = ""

    @property
    def request_identity(self):
        return {"template": self.template}


class WithSchema(ScriptedLLM):
    structured_output: dict | None = None


def test_what_goes_into_the_key():
    keys = [
        Recorded(llm=llm).key(*request)
        for llm, *request in [
            (ScriptedLLM(), chat("a")),
            (ScriptedLLM(model="other"), chat("a")),
            (ScriptedLLM(generation_kwargs={"temperature": 0.5}), chat("a")),
            (ScriptedLLM(), "a"),
            (ScriptedLLM(), (chat("a"), {"format": "json", "schema": Verdict})),
            (ScriptedLLM(), (chat("a"), {"format": "json", "schema": OtherVerdict})),
            (WithSchema(structured_output={"schema": Verdict}), chat("a")),
            (WithIdentity(template="x"), chat("a")),
            (WithIdentity(template="y"), chat("a")),
            (ScriptedLLM(), chat("half a pair \ud83d")),
            (ScriptedLLM(), chat("half a pair \ud83e")),
        ]
    ]
    assert len(set(keys)) == len(keys)
    assert Recorded(llm=ScriptedLLM()).key((chat("a"), None)) == keys[0]


def test_what_does_not_go_into_the_key(tmp_path):
    def key(llm, **fields):
        return Recorded(llm=llm, **fields).key(chat("a"))

    plain = key(OpenAILLM(model="m", api_key="x"))
    assert plain == key(OpenAILLM(model="m", api_key="y", base_url="http://elsewhere/v1", timeout=1))
    assert plain == key(ScriptedLLM(model="m"))
    assert plain == key(ScriptedLLM(model="m"), max_concurrency=1, store=tmp_path, max_tries=1, timeout=1)


def test_a_value_that_cannot_be_hashed_is_refused():
    with pytest.raises(ConfigError, match="object"):
        Recorded(llm=ScriptedLLM()).key(chat("a"), 0, {"stop": object()})


# --- what counts as a fault


@BOTH
@pytest.mark.parametrize(
    ("reply", "kind", "finish_reason"),
    [
        (output("fine", finish_reason=["stop"]), None, "stop"),
        (output("fine", finish_reasons=["stop"]), None, "stop"),
        (output("fine"), None, ""),
        (output("cut of", finish_reason=["length"]), FaultKind.TRUNCATED, "length"),
        (output("cut of", statistics={"output_tokens": [128]}), FaultKind.TRUNCATED, "length"),
        (
            output("cut of", finish_reason=["stop"], statistics={"output_tokens": [128]}),
            FaultKind.TRUNCATED,
            "stop",
        ),
        (output("cut of", finish_reason=["MAX_TOKENS"]), FaultKind.TRUNCATED, "MAX_TOKENS"),
        (output("cut of", finish_reason=["model_length"]), FaultKind.TRUNCATED, "model_length"),
        (output([{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "fine"}]), None, ""),
        (output([{"type": "thinking", "thinking": "Hm."}]), FaultKind.EMPTY, ""),
        (output({"a": 1}), FaultKind.EMPTY, ""),
        (output(42), FaultKind.EMPTY, ""),
        (output("", finish_reason=["content_filter"]), FaultKind.CONTENT_FILTER, "content_filter"),
        (output(" \n\t"), FaultKind.EMPTY, ""),
        (output("\u200b"), FaultKind.EMPTY, ""),
        (output("\ufeff \u2060"), FaultKind.EMPTY, ""),
        (output(None), FaultKind.EMPTY, ""),
        ({"generations": [], "statistics": {}}, FaultKind.EMPTY, ""),
        ({"generations": [None]}, FaultKind.EMPTY, ""),
        ({"what": "is this"}, FaultKind.UNKNOWN, ""),
    ],
)
def test_faults_of_a_reply(llm_class, reply, kind, finish_reason):
    recorded = load(llm_class(replies={"a": reply}))
    ((found, neighbour),) = [ask(recorded, "a", "b")]
    recorded.unload()
    assert (found.fault.kind if found.fault else None, found.finish_reason) == (kind, finish_reason)
    assert neighbour.text == "reply to b"


def test_a_truncated_reply_keeps_its_text_and_may_be_allowed():
    cut = output("cut of", finish_reason=["length"], statistics={"cached_tokens": [3]}, logprobs=[[1.5]])
    strict, lenient = (
        load(ScriptedLLM(replies={"a": cut})),
        load(ScriptedLLM(replies={"a": cut}), fail_on_truncated=False),
    )
    (reply,) = ask(strict, "a")
    assert (reply.text, reply.fault.kind) == ("cut of", FaultKind.TRUNCATED)
    (reply,) = ask(lenient, "a")
    assert (reply.text, reply.fault, reply.cached_tokens) == ("cut of", None, 3)
    assert reply.extra == {"finish_reason": "length", "logprobs": [1.5]}
    strict.unload()
    lenient.unload()
