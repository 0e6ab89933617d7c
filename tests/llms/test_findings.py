"""What is found out about an engine is asked once per run, cannot be faked by counts, and is written down."""

import json

import pytest

from sysgen_distilabel.chat_templates import SystemRole
from sysgen_distilabel.errors import ConfigError, EngineGone
from sysgen_distilabel.llms.endpoint import EndpointLLM
from sysgen_distilabel.llms.findings import FILE
from sysgen_distilabel.recorded.recorded_llm import Recorded
from tests.doubles import chat
from tests.endpoint_server import DROPPING, RAISING, EndpointServer, endpoint, told
from tests.faulty_server import status

OTHER = {"owned_by": "somebody", "has_tokens": False}


def counted(count):
    """A reply whose prompt tokens are what `count` says of the messages."""

    def act(exchange):
        completion = exchange.completion("fine")
        completion["usage"]["prompt_tokens"] = count(exchange.messages)
        exchange.send_json(completion)

    return act


def words(messages):
    return sum(len(message["content"].split()) for message in messages)


COUNTS = {
    "always one": lambda messages: 1,
    "a constant": lambda messages: 42,
    "none": lambda messages: 0,
    "characters": lambda messages: sum(len(message["content"]) for message in messages),
    "in full": words,
}


@pytest.mark.parametrize("name", COUNTS)
def test_no_way_of_counting_makes_a_system_message_dropped(name):
    with EndpointServer(lambda messages, count: counted(COUNTS[name]), **OTHER) as server:
        assert endpoint(server).capabilities.system_role is SystemRole.NATIVE


def test_a_server_that_counts_only_what_it_had_not_cached():
    seen = set()

    def behave(messages, count):
        text = json.dumps(messages)
        tokens = 1 if text in seen else words(messages)
        seen.add(text)
        return counted(lambda _: tokens)

    with EndpointServer(behave, **OTHER) as server:
        roles = {endpoint(server).capabilities.system_role for _ in range(3)}
    assert roles == {SystemRole.NATIVE}


def test_a_server_that_counts_user_turns_only_but_hears_the_system_message():
    def behave(messages, count):
        heard = messages[0]["content"] if messages[0]["role"] == "system" else ""
        tokens = words([message for message in messages if message["role"] == "user"])

        def act(exchange):
            completion = exchange.completion(f"I was told: {heard}")
            completion["usage"]["prompt_tokens"] = tokens
            exchange.send_json(completion)

        return act

    with EndpointServer(behave, **OTHER) as server:
        assert endpoint(server).capabilities.system_role is SystemRole.NATIVE


def load(server, store, **fields):
    recorded = Recorded(llm=EndpointLLM(model="m", base_url=server.base_url, **fields), store=store)
    recorded.load()
    return recorded


def test_a_run_asks_once_and_goes_on_with_what_it_found(tmp_path):
    with EndpointServer(template=DROPPING, **OTHER) as server:
        first = load(server, tmp_path)
        assert first.run(first.ask(chat("x"))).text == "fine"
        first.unload()
        asked = len(server.bodies)
        server.template = RAISING  # another finding now, which a run that goes on must not come to
        for _ in range(2):
            again = load(server, tmp_path)
            assert again.llm.capabilities.system_role is SystemRole.DROPPED
            assert again.run(again.ask(chat("x"))).text == "fine"
            again.unload()
        assert len(server.bodies) == asked
        other = load(server, tmp_path, extra_body={"min_p": 0.1})
        assert other.llm.capabilities.system_role is SystemRole.RAISES
        other.unload()
    written = json.loads((tmp_path / FILE).read_text())
    assert len(written) == 2 and server.base_url not in json.dumps(written)
    assert {found["capabilities"]["system_role"] for found in written.values()} == {"dropped", "raises"}


def test_a_torn_file_of_findings_is_found_anew(tmp_path):
    (tmp_path / FILE).write_text('{"m": ')
    with EndpointServer(**OTHER) as server:
        load(server, tmp_path).unload()
    assert "m " in next(iter(json.loads((tmp_path / FILE).read_text())))


def test_parameters_are_tried_once_and_a_refused_one_is_named(tmp_path):
    with EndpointServer(refuses={"top_p": "Unknown name 'top_p'."}, **OTHER) as server:
        recorded = load(server, tmp_path)
        recorded.check_sampling({"temperature": 0.7, "top_p": None}, "phase")
        asked = len(server.bodies)
        recorded.check_sampling({"temperature": 0.7, "top_p": None}, "phase")
        assert len(server.bodies) == asked and server.bodies[-1]["temperature"] == 0.7
        with pytest.raises(
            ConfigError, match=r"refuses a parameter of 'phase'.*Unknown name 'top_p'"
        ) as caught:
            recorded.check_sampling({"temperature": 0.7, "top_p": 0.9}, "phase")
        assert "{phase: {top_p: null}}" in caught.value.hint
        recorded.unload()


def test_an_engine_that_refuses_every_request_says_so():
    with EndpointServer(lambda messages, count: status(400, "only stream mode"), **OTHER) as server:
        llm = endpoint(server)
        with pytest.raises(EngineGone, match=r"refuses every request.*only stream mode"):
            llm.check_sampling({"temperature": 0.7}, "phase")


def test_an_engine_that_refuses_to_stop_early_takes_the_parameters():
    def behave(messages, count):
        def act(exchange):
            if exchange.request_body.get("max_tokens", 99) < 99:
                exchange.send_json({"error": {"message": "could not finish the message"}}, 400)
            else:
                exchange.send_completion("fine")

        return act

    with EndpointServer(behave, **OTHER) as server:
        endpoint(server).check_sampling({"temperature": 0.7, "max_new_tokens": 256}, "phase")


@pytest.mark.parametrize("behaviour", [status(503), status(429), told("fine")])
def test_other_faults_say_nothing_about_parameters(behaviour):
    with EndpointServer(lambda messages, count: told("fine"), **OTHER) as server:
        llm = endpoint(server)
        server.behave = lambda messages, count: behaviour
        llm.check_sampling({"temperature": 0.7}, "phase")


@pytest.mark.parametrize(
    ("version", "is_used"),
    [("0.29.1", False), ("0.30.0", True), ("0.32.1rc1", True), ("0.1.dev9+g1", True), ("", True)],
)
def test_an_old_vllm_gets_no_structured_outputs_unasked(version, is_used, caplog):
    with EndpointServer() as server:
        server.version = version
        llm = endpoint(server)
    assert bool(llm.structured_output_formats) is is_used
    assert "json" in llm.capabilities.structured_outputs
    assert ("CVE-2026-105757" in caplog.text) is not is_used
