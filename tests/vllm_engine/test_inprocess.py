"""The engine inside the process: the host's class as it should be, on a real vLLM."""

import gc
import json
import re
import weakref

import pytest

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.recorded.faults import RequestFailed
from tests.tiny_models import NO_SYSTEM_TEMPLATE
from tests.vllm_engine.conftest import SMALL

SCHEMA = {
    "type": "object",
    "properties": {"Role": {"enum": ["Good", "Bad", "None"]}},
    "required": ["Role"],
    "additionalProperties": False,
}
SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "What is a hash table?"}


@pytest.fixture(scope="module")
def make_engine(small_model):
    from sysgen_distilabel.llms.vllm import vLLM

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("VLLM_ENABLE_V1_MULTIPROCESSING", raising=False)
        patch.setenv("VLLM_NO_USAGE_STATS", "1")
        yield lambda **fields: vLLM(
            model=str(small_model),
            dtype=SMALL["dtype"],
            extra_kwargs={name: value for name, value in SMALL.items() if name != "dtype"},
            **fields,
        )


@pytest.fixture(scope="module")
def engine(make_engine):
    engine = make_engine()
    engine.load()
    yield engine
    model = weakref.ref(engine._model.llm_engine)
    engine.unload()
    gc.collect()
    assert model() is None, "unloading frees the engine"


def test_each_input_has_its_own_structured_output(engine):
    chat = [USER]
    wanted = [
        {"format": "choice", "schema": ["left", "right"]},
        {"format": "regex", "schema": "[0-9]{4}"},
        {"format": "choice", "schema": ["left", "right"]},
        {"format": "json", "schema": SCHEMA},
        {"format": "grammar", "schema": 'root ::= "<<Role>>" [a-z]{1,8} "<</Role>>"'},
    ]
    outputs = engine.generate([(chat, each) for each in wanted] + [chat], max_new_tokens=32)
    texts = [output["generations"][0] for output in outputs]
    assert texts[0] in ("left", "right")
    assert re.fullmatch("[0-9]{4}", texts[1])
    assert texts[2] in ("left", "right")
    assert json.loads(texts[3])["Role"] in ("Good", "Bad", "None")
    assert re.fullmatch("<<Role>>[a-z]{1,8}<</Role>>", texts[4])
    assert [output["finish_reason"] for output in outputs[:5]] == [["stop"]] * 5


def test_counts_are_those_of_the_engine(engine):
    prompt = engine._tokenizer.apply_chat_template([SYSTEM, USER], tokenize=False, add_generation_prompt=True)
    chat, plain = engine.generate([[SYSTEM, USER], "What is"], num_generations=2, max_new_tokens=3)
    # A rendered chat begins with the token that the tokenizer would add to plain text.
    expected = len(engine._tokenizer.encode(prompt, add_special_tokens=False))
    assert chat["statistics"]["input_tokens"] == [expected] * 2
    assert plain["statistics"]["input_tokens"] == [len(engine._tokenizer.encode("What is"))] * 2
    assert chat["statistics"]["output_tokens"] == [3, 3]
    assert chat["finish_reason"] == ["length", "length"]


def test_tokens_from_the_prefix_cache_are_counted(engine):
    chat = [{"role": "user", "content": "Tell me about the tide and the harbour. " * 20}]
    engine.generate([chat], max_new_tokens=1)
    again = engine.generate([chat], max_new_tokens=1)
    assert again[0]["statistics"]["cached_tokens"][0] > 0


def test_a_seed_repeats_an_answer(engine):
    def answer(seed):
        return engine.generate([[USER]], max_new_tokens=16, seed=seed)[0]["generations"]

    assert answer(3) == answer(3) != answer(4)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ([{"role": "user", "content": "much too long " * 3000}], "the engine's context is 3072 tokens"),
        (([USER], {"format": "regex", "schema": "(unclosed"}), "regex"),
        (([USER], {"format": "no_such_format", "schema": "x"}), "no_such_format"),
    ],
)
def test_a_request_the_engine_refuses_harms_no_other(engine, bad, words):
    from sysgen_distilabel.recorded.recorded_llm import Recorded

    with pytest.raises(RequestFailed, match=words):
        engine.generate([bad])
    recorded = Recorded.around(engine, fail_on_truncated=False)
    outputs = recorded.generate([[USER], bad, [SYSTEM, USER]], max_new_tokens=4)
    assert [output["generations"][0] is None for output in outputs] == [False, True, False]
    assert recorded.usage[""].failed == 1


def test_sleeping_needs_to_be_enabled(engine):
    with pytest.raises(ConfigError, match="cannot sleep"):
        engine.sleep()


def test_a_system_message_reaches_a_model_without_a_system_role(make_engine):
    engine = make_engine(chat_template=NO_SYSTEM_TEMPLATE)
    engine.load()
    assert "<|start|>user\nBe brief.\n\nWhat is a hash table?<|end|>" in engine.prepare_input([SYSTEM, USER])
    assert engine.generate([[SYSTEM, USER]], max_new_tokens=1)[0]["generations"]
    engine.unload()


def test_a_wrong_setting_is_one_clear_message(make_engine):
    engine = make_engine()
    engine.extra_kwargs = {**engine.extra_kwargs, "max_model_len": 99999}
    with pytest.raises(ConfigError, match="longer than the model's"):
        engine.load()
