"""What `EndpointLLM` finds out about an engine at load, and what it says where that ends the run."""

import pytest

from sysgen_distilabel.chat_templates import SystemRole
from sysgen_distilabel.errors import ConfigError, EngineGone
from sysgen_distilabel.llms.endpoint import EndpointLLM
from tests.doubles import chat
from tests.endpoint_server import DROPPING, FOLDING, NATIVE, RAISING, SECRET, EndpointServer, ask, endpoint
from tests.faulty_server import ok, status

ROLES = [
    (NATIVE, SystemRole.NATIVE),
    (RAISING, SystemRole.RAISES),
    (DROPPING, SystemRole.DROPPED),
    (FOLDING, SystemRole.FOLDED),
]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in ("SYSGEN_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(("template", "role"), ROLES, ids=[role for _, role in ROLES])
def test_vllm_shows_its_chat_template_by_its_tokens(template, role):
    with EndpointServer(template=template) as server:
        llm = endpoint(server)
        assert llm.capabilities.system_role is role
        assert llm.capabilities.server == "vllm" and llm.capabilities.max_model_len == 4096
        assert llm.capabilities.structured_outputs == {"json", "regex", "grammar", "choice"}
        assert not server.bodies


@pytest.mark.parametrize(("template", "role"), ROLES, ids=[role for _, role in ROLES])
@pytest.mark.parametrize("owned_by", ["vllm", "somebody"])
def test_any_other_engine_shows_it_by_its_replies(owned_by, template, role):
    with EndpointServer(template=template, owned_by=owned_by, has_tokens=False) as server:
        found = endpoint(server).capabilities
    assert found.system_role is (SystemRole.NATIVE if role is SystemRole.FOLDED else role)
    assert ("regex" in found.structured_outputs) is (owned_by == "vllm")
    assert all(body["max_tokens"] <= 64 for body in server.bodies)


def test_the_template_is_asked_with_the_options_it_is_used_with():
    with EndpointServer() as server:
        endpoint(server, extra_body={"chat_template_kwargs": {"enable_thinking": False}, "top_k": 3})
        asked = [body for body in server.tokenized if "messages" in body]
        assert asked and all("top_k" not in body for body in asked)
        assert all(body["chat_template_kwargs"] == {"enable_thinking": False} for body in asked)


def test_an_engine_without_json_schema_says_so():
    refusal = {"response_format": "unknown parameter response_format"}
    with EndpointServer(owned_by="somebody", refuses=refusal) as server:
        llm = endpoint(server)
        assert llm.capabilities.structured_outputs == frozenset()
        with pytest.raises(ConfigError, match=r"'json'\. It takes none at all"):
            llm.generate([(chat("x"), {"format": "json", "schema": {}})])
        with pytest.raises(ConfigError, match="'json'"):
            endpoint(server, structured_output={"schema": {"type": "object"}})


def test_the_name_of_the_limit_is_found_out():
    refusal = {"max_tokens": "Unsupported parameter 'max_tokens': use 'max_completion_tokens'."}
    with EndpointServer(owned_by="openai", refuses=refusal) as server:
        llm = endpoint(server)
        assert ask(llm, "x", max_new_tokens=9)[0]["generations"] == ["fine"]
        assert server.bodies[-1]["max_completion_tokens"] == 9
        assert llm.capabilities.system_role is SystemRole.NATIVE


def test_an_engine_that_refuses_the_probe_is_used_all_the_same(caplog):
    def behave(messages, count):
        return ok() if messages[-1]["content"] == "x" else status(400, "no such short replies")

    with EndpointServer(behave, owned_by="somebody") as server:
        llm = endpoint(server)
        assert ask(llm, "x")[0]["generations"] == ["reply to x"]
    assert "could not be found out" in caplog.text and "no such short replies" in caplog.text


def test_an_engine_that_does_not_list_its_models():
    with EndpointServer(model=None, owned_by="somebody") as server:
        llm = endpoint(server)
        assert llm.capabilities.max_model_len is None
        assert ask(llm, "x")[0]["generations"] == ["fine"]


def test_a_model_that_is_missing():
    with (
        EndpointServer(model="n") as server,
        pytest.raises(ConfigError, match=r"does not serve the model 'm'. It serves: n\."),
    ):
        endpoint(server)


def test_a_model_that_is_not_listed_may_be_served():
    with EndpointServer(model="alias", owned_by="gateway") as server:
        assert ask(endpoint(server), "x")[0]["generations"] == ["fine"]
    refuse = EndpointServer(
        lambda messages, count: status(404, "no model m"), model="alias", owned_by="gateway"
    )
    with refuse, pytest.raises(ConfigError, match="It serves: alias"):
        endpoint(refuse)


def test_an_address_without_its_end():
    with (
        EndpointServer(lambda messages, count: status(404), model=None, owned_by="") as server,
        pytest.raises(ConfigError, match="most end with /v1"),
    ):
        endpoint(server)


def test_a_wrong_key(caplog):
    with (
        EndpointServer(api_key="right") as server,
        pytest.raises(ConfigError, match=r"refuses the API key.*SYSGEN_API_KEY") as caught,
    ):
        endpoint(server, api_key=SECRET)
    assert SECRET not in str(caught.value) + caplog.text


def test_nobody_listens():
    with EndpointServer() as server:
        url = server.base_url
    with pytest.raises(EngineGone, match=f"{url} does not answer: unreachable"):
        endpoint(server)


def test_an_address_that_is_none():
    with pytest.raises(ConfigError, match="'localhost:8000' is no base URL"):
        EndpointLLM(model="m", base_url="localhost:8000").load()
    with pytest.raises(ConfigError, match="'localhost:8000/v1' is no base URL"):
        EndpointLLM(model="m", base_url="bob:green-horse-9@localhost:8000/v1").load()


@pytest.mark.parametrize("variable", ["SYSGEN_API_KEY", "OPENAI_API_KEY"])
def test_the_environment_has_key_and_address(monkeypatch, variable):
    with EndpointServer(api_key="right") as server:
        monkeypatch.setenv(variable, "right\n")
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        llm = EndpointLLM(model="m")
        llm.load()
        assert ask(llm, "x")[0]["generations"] == ["fine"]


def test_before_load():
    llm = EndpointLLM(model="m", base_url="http://localhost:1/v1")
    with pytest.raises(ConfigError, match="not loaded"):
        llm.generate([chat("x")])
