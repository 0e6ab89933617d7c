"""An OpenAI-compatible engine over real HTTP: what is sent, read and hidden, and how it lives in the host."""

import asyncio
import gzip

import pytest
from pydantic import BaseModel

from sysgen_distilabel.errors import ConfigError, EngineGone
from sysgen_distilabel.llms.endpoint import EndpointLLM
from sysgen_distilabel.recorded.faults import RequestFailed
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.recorded.reply import FaultKind
from sysgen_distilabel.replies.grammars import tagged_message_grammar, verdict_schema
from tests.doubles import chat
from tests.endpoint_server import (
    DROPPING,
    FOLDING,
    NATIVE,
    RAISING,
    SECRET,
    EndpointServer,
    ask,
    endpoint,
    told,
)
from tests.faulty_server import (
    FaultyServer,
    content_filter,
    empty_choices,
    html,
    null_choices,
    ok,
    reset,
    status,
    text,
    tool_calls,
)
from tests.patience import wait_until
from tests.ports import reserved_port

WITH_SYSTEM = [{"role": "system", "content": "Be kind."}, *chat("Hello")]

STRUCTURES = {
    "json": verdict_schema(["Role"]),
    "regex": "yes|no",
    "grammar": tagged_message_grammar(),
    "choice": ["yes", "no"],
}
FAULTS = {
    "503": (status(503), FaultKind.SERVER_ERROR),
    "429": (status(429, retry_after="7"), FaultKind.RATE_LIMITED),
    "refused": (status(400), FaultKind.BAD_REQUEST),
    "reset": (reset(), FaultKind.CONNECTION),
    "page of a proxy": (html(), FaultKind.UNREADABLE_BODY),
    "null choices": (null_choices(), FaultKind.UNREADABLE_BODY),
    "error with status 200": (
        lambda exchange: exchange.send_json({"error": {"message": "upstream is down"}}),
        FaultKind.SERVER_ERROR,
    ),
    "broken off": (text("half an ans", "abort"), FaultKind.SERVER_ERROR),
}


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in ("SYSGEN_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_it_is_folded_where_the_template_does_not_take_it(caplog):
    with EndpointServer(template=RAISING) as server:
        llm = endpoint(server)
        llm.generate([WITH_SYSTEM])
        assert server.bodies[-1]["messages"] == chat("Be kind.\n\nHello")
    assert llm.request_identity is None  # what was found out is no part of a request's key
    assert caplog.text.count("refuses a system message") == 1


@pytest.mark.parametrize(
    ("template", "system_role", "sent"),
    [
        (NATIVE, "auto", WITH_SYSTEM),
        (FOLDING, "auto", WITH_SYSTEM),
        (DROPPING, "native", WITH_SYSTEM),
        (NATIVE, "fold", chat("Be kind.\n\nHello")),
    ],
)
def test_it_is_sent_as_asked_for(template, system_role, sent):
    with EndpointServer(template=template) as server:
        llm = endpoint(server, system_role=system_role)
        llm.generate([WITH_SYSTEM])
        assert server.bodies[-1]["messages"] == sent
        assert (llm.request_identity is None) is (system_role != "fold")


def test_sampling():
    with EndpointServer() as server:
        llm = endpoint(server, extra_body={"min_p": 0.1, "top_k": 1})
        (ask(llm, "x", max_new_tokens=7, temperature=0.0, top_k=5, seed=3, stop="."),)
        body = server.bodies[-1]
        ask(llm, "x", extra_body={"min_p": 0.2})
    assert {name: body[name] for name in ("max_tokens", "temperature", "seed", "stop")} == {
        "max_tokens": 7,
        "temperature": 0.0,
        "seed": 3,
        "stop": ".",
    }
    assert (body["min_p"], body["top_k"]) == (0.1, 5)
    assert (server.bodies[-1]["min_p"], server.bodies[-1]["top_k"]) == (0.2, 1)
    asked_for = {"model", "messages", "max_tokens", "min_p", "top_k"}  # and nothing unset
    assert server.bodies[-1].keys() == {*asked_for, "repetition_detection"}
    assert llm.request_identity == {"extra_body": {"min_p": 0.1, "top_k": 1}}


def test_generations_are_requests_with_seeds_of_their_own():
    with EndpointServer() as server:
        output = ask(endpoint(server), "x", num_generations=3, seed=5)[0]
        assert sorted(body["seed"] for body in server.bodies) == [5, 6, 7]
    assert output == {
        "generations": ["fine"] * 3,
        "statistics": {"input_tokens": [1] * 3, "output_tokens": [1] * 3, "cached_tokens": [0] * 3},
        "finish_reason": ["stop"] * 3,
        "reasoning": [""] * 3,
        "tool_calls": [[]] * 3,
    }


def test_text_alone_is_a_user_turn():
    with EndpointServer() as server:
        endpoint(server).generate(["Hello"])
        assert server.bodies[-1]["messages"] == chat("Hello")


@pytest.mark.parametrize("kind", STRUCTURES)
def test_vllm_gets_structured_outputs_in_its_own_way(kind):
    wanted = {"format": kind, "schema": STRUCTURES[kind]}
    with EndpointServer() as server:
        llm = endpoint(server, structured_output={"format": "choice", "schema": ["default"]})
        llm.generate([(chat("x"), wanted)])
        assert server.bodies[-1]["structured_outputs"] == {kind: STRUCTURES[kind]}
        llm.generate([(chat("x"), None)])
        assert server.bodies[-1]["structured_outputs"] == {"choice": ["default"]}


def test_others_get_a_response_format():
    class Answer(BaseModel):
        word: str

    with EndpointServer(owned_by="somebody") as server:
        llm = endpoint(server, structured_output={"schema": Answer})
        ask(llm, "x")
        sent = server.bodies[-1]["response_format"]["json_schema"]
        assert sent["schema"] == Answer.model_json_schema() and sent["strict"] is False
        llm.generate([(chat("x"), {"format": "json", "schema": '{"additionalProperties": false}'})])
        assert server.bodies[-1]["response_format"]["json_schema"]["strict"] is True
        with pytest.raises(ConfigError, match=r"'regex'\. It takes json\."):
            llm.generate([(chat("x"), {"format": "regex", "schema": "a"})])
        with pytest.raises(ConfigError, match="no JSON schema: 'oops'"):
            llm.generate([(chat("x"), {"format": "json", "schema": "oops"})])


def test_more_than_a_hundred_at_once():
    arrived = []

    def wait_for_all(exchange):
        arrived.append(1)
        wait_until(lambda: len(arrived) == 150)
        exchange.send_completion("fine")

    with EndpointServer(lambda messages, count: wait_for_all) as server:
        outputs = ask(endpoint(server), *map(str, range(150)))
        assert server.peak == 150
    assert all(output["generations"] == ["fine"] for output in outputs)


def test_tokens_reasons_and_reasoning():
    script = {
        "cached": told("fine", cached=1),
        "vllm": told("yes", reasoning="Hm."),
        "older": told("yes", reasoning_content="Hm."),
        "cut": told("and then", "length"),
    }
    with EndpointServer(lambda messages, count: script[messages[-1]["content"]]) as server:
        cached, vllm, older, cut = ask(endpoint(server), *script)
    assert cached["statistics"] == {"input_tokens": [1], "output_tokens": [1], "cached_tokens": [1]}
    assert vllm["generations"] == older["generations"] == ["yes"]
    assert vllm["reasoning"] == older["reasoning"] == ["Hm."]
    assert cut["finish_reason"] == ["length"] and cut["reasoning"] == [""]
    assert cached.keys() == vllm.keys() == cut.keys()


def test_what_is_no_text_is_none():
    script = {"tools": tool_calls(), "none": empty_choices(), "filter": content_filter()}
    with EndpointServer(lambda messages, count: script[messages[-1]["content"]]) as server:
        outputs = ask(endpoint(server), *script)
    assert [output["generations"] for output in outputs] == [[None]] * 3
    assert [output["finish_reason"] for output in outputs] == [["tool_calls"], [""], ["content_filter"]]


@pytest.mark.parametrize("name", FAULTS)
def test_faults_have_a_type(name):
    behaviour, kind = FAULTS[name]
    with EndpointServer(lambda messages, count: behaviour) as server:
        llm = endpoint(server)
        with pytest.raises(RequestFailed) as caught:
            ask(llm, "x")
    assert caught.value.fault.kind is kind
    assert caught.value.retry_after == (7.0 if kind is FaultKind.RATE_LIMITED else None)


def test_the_key_is_in_no_message():
    def tell(exchange):
        said = f"{'x' * 250} {exchange.headers['Authorization']} is used up"
        exchange.send_json({"error": {"message": said, "code": 429}}, 429)

    with EndpointServer(lambda messages, count: tell) as server:
        llm = endpoint(server, api_key=SECRET)
        with pytest.raises(RequestFailed) as caught:
            ask(llm, "x")
    assert SECRET[:8] not in str(caught.value) and caught.value.__suppress_context__
    assert SECRET not in repr(llm) + str(llm._addresses)


def test_yaml_keeps_all_but_the_secret(tmp_path):
    class Answer(BaseModel):
        word: str

    llm = EndpointLLM(
        model="m",
        base_url=["http://a/v1", "http://b/v1"],
        api_key=SECRET,
        extra_body={"min_p": 0.1},
        structured_output={"format": "json", "schema": Answer},
        system_role="fold",
        generation_kwargs={"temperature": 0.7},
    )
    llm.save(tmp_path / "llm.yaml", format="yaml")
    assert SECRET not in (tmp_path / "llm.yaml").read_text()
    again = EndpointLLM.from_yaml(tmp_path / "llm.yaml")
    assert again.api_key is None
    assert again.model_dump() == llm.model_dump()
    assert again.structured_output["schema"] == Answer.model_json_schema()


def test_runtime_parameters_and_arguments_are_documented():
    llm = EndpointLLM(model="m")
    infos = {info["name"]: info for info in llm.get_runtime_parameters_info()}
    assert {"base_url", "api_key", "extra_body", "structured_output"} <= infos.keys()
    arguments = {key["name"]: key["description"] for key in infos["generation_kwargs"]["keys"]}
    assert all(arguments.values()) and "top_k" in arguments


def test_it_works_in_several_event_loops_and_again_after_unload():
    with EndpointServer() as server:
        llm = endpoint(server)
        assert ask(llm, "x")[0]["generations"] == ["fine"]
        first = asyncio.run(llm.agenerate(chat("x")))
        second = asyncio.run(llm.agenerate(chat("x")))
        assert first == second
        llm.unload()
        llm.load()
        assert ask(llm, "x")[0]["generations"] == ["fine"]


def test_recorded_remembers_its_replies(tmp_path):
    script = {
        "good": told("fine", cached=1, reasoning="Hm."),
        "cut": told("and", "length"),
        "filter": content_filter(),
        "tools": tool_calls(),
    }
    texts = [*script, "flaky"]

    def behave(messages, count):
        if messages[-1]["content"] == "flaky":
            return status(503) if count == 0 else told("fine")
        return script[messages[-1]["content"]]

    with EndpointServer(behave, api_key=SECRET) as server:
        llm = EndpointLLM(model="m", base_url=server.base_url, api_key=SECRET)
        for _ in range(2):
            recorded = Recorded(llm=llm, store=tmp_path / "calls", backoff=0.0)
            recorded.load()

            async def ask_all(recorded=recorded):
                return await asyncio.gather(*(recorded.ask(chat(text)) for text in texts))

            good, cut, filtered, tools, flaky = recorded.run(ask_all())
            recorded.unload()
        assert len(server.bodies) == 6
    assert (good.text, good.finish_reason, good.cached_tokens) == ("fine", "stop", 1)
    assert good.extra["reasoning"] == "Hm." and flaky.text == "fine" and flaky.tries == 2
    kinds = [reply.fault.kind for reply in (cut, filtered)]
    assert kinds == [FaultKind.TRUNCATED, FaultKind.CONTENT_FILTER]
    assert tools.fault is None and tools.text is None, "a call of a tool is an answer"
    assert tools.extra["tool_calls"][0]["function"]["name"] == "search"
    stored = b"".join(path.read_bytes() for path in (tmp_path / "calls").rglob("*") if path.is_file())
    assert SECRET.encode() not in stored


def test_recorded_ends_the_run_when_all_engines_are_gone():
    with reserved_port() as port:
        with EndpointServer(port=port) as server:
            llm = endpoint(server)
            recorded = Recorded.around(llm, patience=0.1, breaker_threshold=3, backoff_cap=0.01)
            assert recorded.run(recorded.ask(chat("x"))).text == "fine"
        with pytest.raises(EngineGone, match=f"{server.base_url}: "):
            recorded.run(recorded.ask(chat("y")))
        recorded.unload()


def test_a_reply_that_unpacks_to_gigabytes_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr("sysgen_distilabel.llms.openai_client._LARGEST_BODY", 1_000_000)
    bomb = gzip.compress(b'{"id": "' + b"A" * 30_000_000 + b'"}')

    def act(messages, count):
        if messages[-1]["content"] != "bomb":
            return ok()
        return lambda exchange: exchange.send_bytes(bomb, headers={"Content-Encoding": "gzip"})

    async def say(content):
        return await llm.agenerate(input=[{"role": "user", "content": content}])

    with FaultyServer(act) as server:
        llm = EndpointLLM(model="m", base_url=server.base_url)
        llm.load()
        with pytest.raises(RequestFailed, match="larger than 1 MB"):
            asyncio.run(say("bomb"))
        assert asyncio.run(say("good"))["generations"]
        llm.unload()
