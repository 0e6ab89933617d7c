"""A real `vllm serve`: it answers, it says why it refuses, and why it does not start."""

import asyncio

import httpx
import psutil
import pytest
from openai import OpenAI

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.llms.endpoint import EndpointLLM
from sysgen_distilabel.recorded.faults import RequestFailed
from sysgen_distilabel.recorded.reply import FaultKind
from sysgen_distilabel.serving.serve_metrics import served_metrics
from sysgen_distilabel.serving.vllm_server import vllm_server
from tests.patience import PATIENCE
from tests.processes import group_of
from tests.small_model import NAME
from tests.vllm_engine.conftest import SMALL


def ask(endpoint, text, **arguments):
    client = OpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key)
    return client.chat.completions.create(
        model=endpoint.model, messages=[{"role": "user", "content": text}], max_tokens=16, **arguments
    )


def test_it_answers_under_the_name_it_was_given(vllm_endpoint):
    completion = ask(vllm_endpoint, "What is a hash table?")
    assert completion.model == NAME
    assert completion.usage.completion_tokens > 0


@pytest.mark.parametrize("path", ["/v1/models", "/v1/chat/completions", "/invocations", "/tokenize", "/load"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer none"}])
def test_nobody_without_the_key_is_answered(vllm_endpoint, path, headers):
    message = {"model": NAME, "messages": [{"role": "user", "content": "Hello"}], "prompt": "Hello"}
    url = vllm_endpoint.base_url.removesuffix("/v1") + path
    answer = httpx.post(url, json=message, headers=headers, trust_env=False, timeout=PATIENCE)
    assert answer.status_code == 401 and "Hello" not in answer.text


def test_its_key_is_in_no_command_line(vllm_endpoint):
    lines = [psutil.Process(pid).cmdline() for pid in group_of(vllm_endpoint.process)]
    assert lines and vllm_endpoint.api_key not in str(lines)
    assert vllm_endpoint.api_key not in vllm_endpoint.log.read_text()


def test_it_heeds_a_schema(vllm_endpoint):
    wanted = {"structured_outputs": {"regex": "(Good|Bad), [0-9]{3}"}}
    text = ask(vllm_endpoint, "Verdict?", extra_body=wanted).choices[0].message.content
    assert text[:3] in ("Goo", "Bad")
    assert text[-3:].isdigit()


def test_it_tells_its_cached_tokens_and_counts_them(vllm_endpoint):
    before = served_metrics(vllm_endpoint.base_url)
    long = "Tell me about the tide and the harbour. " * 20
    ask(vllm_endpoint, long)
    usage = ask(vllm_endpoint, long).usage
    since = served_metrics(vllm_endpoint.base_url).since(before)
    assert usage.prompt_tokens_details.cached_tokens > 0
    assert since.prefix_cache_hits == usage.prompt_tokens_details.cached_tokens
    assert since.prompt_tokens == 2 * usage.prompt_tokens


@pytest.mark.parametrize(
    ("text", "wanted", "words"),
    [
        ("much too long " * 3000, None, "3072"),
        ("Verdict?", {"format": "grammar", "schema": "root ::= ("}, "rammar"),
        ("Verdict?", {"format": "regex", "schema": "(unclosed"}, "regex"),
    ],
    ids=["context", "grammar", "regex"],
)
def test_a_refused_request_says_why(vllm_endpoint, text, wanted, words):
    llm = EndpointLLM(model=vllm_endpoint.model, base_url=vllm_endpoint.base_url)
    llm.load()
    chat = [{"role": "user", "content": text}]
    with pytest.raises(RequestFailed, match=words) as caught:
        asyncio.run(llm.agenerate((chat, wanted) if wanted else chat, max_new_tokens=4))
    assert caught.value.fault.kind is FaultKind.BAD_REQUEST
    assert ask(vllm_endpoint, "Still there?").choices


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"no_such_option": 3}, "does not know the option --no-such-option"),
        ({"dtype": "float33"}, "--dtype: invalid choice"),
        ({"max_model_len": 99999}, "longer than the model's"),
    ],
)
def test_a_wrong_option_is_one_clear_message(small_model, tmp_path, wrong, words):
    options = {**SMALL, **wrong, "log": tmp_path / "log"}
    with pytest.raises(ConfigError, match=words) as caught, vllm_server(str(small_model), **options):
        pass
    assert "Traceback" not in str(caught.value)


def test_a_directory_without_a_model_is_one_clear_message(tmp_path):
    with pytest.raises(ConfigError, match="no such model"), vllm_server(str(tmp_path), **SMALL):
        pass
