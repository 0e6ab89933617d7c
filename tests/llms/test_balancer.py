"""Several engines over real HTTP: even shares, and no request lost when one of them dies."""

import logging
import time
from types import SimpleNamespace

import pytest

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.recorded.faults import RequestFailed
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.recorded.reply import FaultKind
from tests.endpoint_server import EndpointServer, ask, endpoint
from tests.faulty_server import ok, reset, status, together
from tests.patience import wait_until
from tests.ports import reserved_port


def test_the_requests_are_shared_out_evenly():
    servers = [EndpointServer(lambda messages, count: together(10)) for _ in range(3)]
    with servers[0], servers[1], servers[2]:
        ask(endpoint(*servers), *map(str, range(30)))
    assert [server.peak for server in servers] == [10, 10, 10]


def test_the_slow_one_gets_fewer():
    def answer_late(exchange):
        wait_until(lambda: len(fast.bodies) > 30)
        ok()(exchange)

    slow, fast = EndpointServer(lambda m, c: answer_late), EndpointServer()
    with slow, fast:
        llm = Recorded(llm=endpoint(slow, fast), max_concurrency=4)
        llm.load()
        ask(llm, *map(str, range(40)))
        llm.unload()
    assert len(slow.bodies) < 10 < 30 < len(fast.bodies)


def test_one_dies_and_comes_back(caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    with reserved_port() as port, EndpointServer() as other:
        with EndpointServer(port=port) as dying:
            llm = endpoint(dying, other, readmit_after=3600)
            assert len(ask(llm, *map(str, range(20)))) == 20
        before = len(dying.bodies)
        outputs = ask(llm, *map(str, range(20)))
        assert all(output["generations"] == ["fine"] for output in outputs)
        assert len(dying.bodies) == before and caplog.text.count("is left out") == 1
        later = SimpleNamespace(monotonic=lambda: time.monotonic() + 3601)
        monkeypatch.setattr("sysgen_distilabel.llms.balancer.time", later)
        with EndpointServer(port=port) as back:
            ask(llm, *map(str, range(20)))
            ask(llm, *map(str, range(20)))
            assert len(back.bodies) >= 10
    assert caplog.text.count("answers again") == 1


def test_one_dies_amid_its_replies():
    dying, other = EndpointServer(lambda messages, count: reset()), EndpointServer()
    with dying, other:
        llm = endpoint(dying, other)
        outputs = ask(llm, *map(str, range(20)))
    assert all(output["generations"] == ["fine"] for output in outputs)
    assert len(other.bodies) == 20


def test_one_that_answers_with_errors_draws_no_more_than_a_few():
    failing, other = EndpointServer(lambda messages, count: status(500)), EndpointServer()
    with failing, other:
        llm = Recorded(llm=endpoint(failing, other), max_concurrency=1, backoff=0.0)
        llm.load()
        outputs = ask(llm, *map(str, range(30)))
        llm.unload()
    assert all(output["generations"] == ["fine"] for output in outputs)
    assert len(failing.bodies) == 3


def test_all_die():
    with reserved_port() as one, reserved_port() as other:
        servers = [EndpointServer(port=port) for port in (one, other)]
        with servers[0], servers[1]:
            llm = endpoint(*servers)
        for _ in range(2):
            with pytest.raises(RequestFailed) as caught:
                ask(llm, "x")
            assert caught.value.fault.kind is FaultKind.UNREACHABLE


def test_one_is_dead_from_the_start(caplog):
    with reserved_port() as port, EndpointServer() as server:
        with EndpointServer(port=port) as dead:
            pass
        assert ask(endpoint(dead, server), "x")[0]["generations"] == ["fine"]
    assert f"{dead.base_url} does not answer" in caplog.text


def test_all_must_have_the_model():
    with (
        EndpointServer() as right,
        EndpointServer(model="n") as wrong,
        pytest.raises(ConfigError, match="It serves: n"),
    ):
        endpoint(right, wrong)
