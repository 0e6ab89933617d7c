"""Every fault an engine can have, over real HTTP through the host's own client: its type and its retries."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import openai
import pytest
from distilabel.models import OpenAILLM

from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.recorded.faults import RequestFailed, classify, find_retry_after
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.recorded.reply import ENGINE_FAULTS, RETRYABLE, Fault, FaultKind
from sysgen_distilabel.recorded.sender import Sender
from tests.doubles import ServerError, chat
from tests.faulty_server import (
    FaultyServer,
    content_filter,
    empty_choices,
    half_body,
    half_json,
    html,
    invalid_utf8,
    never,
    null_choices,
    ok,
    raw_json,
    reset,
    slow_bytes,
    status,
    text,
    tool_calls,
    wrong_model,
)
from tests.patience import PATIENCE

FAST = {"max_tries": 3, "backoff": 0.01, "backoff_cap": 0.01, "patience": 0.0, "timeout": PATIENCE}


class Clock:
    """The time-outs of a test: that of a request ends soon after the server has it, and no sooner."""

    def __init__(self, monkeypatch):
        self._make = asyncio.timeout
        self._last = None
        monkeypatch.setattr("asyncio.timeout", self._remember)

    def _remember(self, seconds):
        self._last = self._make(seconds), asyncio.get_running_loop()
        return self._last[0]

    def hang(self, behaviour):
        """The behaviour, for which the time will not suffice."""

        def act(exchange):
            limit, loop = self._last
            loop.call_soon_threadsafe(lambda: limit.reschedule(loop.time() + 0.3))
            behaviour(exchange)

        return act


def record(server, **fields):
    llm = OpenAILLM(model="m", base_url=server.base_url, api_key="none", max_retries=0)
    recorded = Recorded(llm=llm, **{**FAST, **fields})
    recorded.load()
    return recorded


def ask_all(recorded, *texts, **arguments):
    async def asks():
        async with asyncio.timeout(PATIENCE):
            return await asyncio.gather(*(recorded.ask(chat(text), **arguments) for text in texts))

    return recorded.run(asks())


def ask(recorded, *texts, **arguments):
    replies = ask_all(recorded, *texts, **arguments)
    return replies if len(texts) > 1 else replies[0]


LASTING = {
    "429": (status(429), FaultKind.RATE_LIMITED, 3),
    "429 with Retry-After": (status(429, retry_after="0"), FaultKind.RATE_LIMITED, 3),
    "quota used up": (status(429, error_code="insufficient_quota"), FaultKind.UNAUTHORIZED, 1),
    "500": (status(500), FaultKind.SERVER_ERROR, 3),
    "503": (status(503), FaultKind.SERVER_ERROR, 3),
    "408": (status(408), FaultKind.TIMEOUT, 2),
    "connection reset": (reset(), FaultKind.CONNECTION, 3),
    "half a body": (half_body(), FaultKind.CONNECTION, 3),
    "half a JSON": (half_json(), FaultKind.UNREADABLE_BODY, 3),
    "invalid UTF-8": (invalid_utf8(), FaultKind.UNREADABLE_BODY, 3),
    "too slow bytes": (slow_bytes(60), FaultKind.TIMEOUT, 2),
    "never answering": (never(), FaultKind.TIMEOUT, 2),
    "wrong model": (wrong_model(), FaultKind.NOT_FOUND, 1),
    "wrong key": (status(401), FaultKind.UNAUTHORIZED, 1),
    "refused": (status(400), FaultKind.BAD_REQUEST, 1),
    "refused by a content filter": (status(400, error_code="content_filter"), FaultKind.CONTENT_FILTER, 1),
    # The host's client drops the finish reason; `test_recorded.py` has the filter with an LLM that does not.
    "content filter": (content_filter(), FaultKind.EMPTY, 1),
    "empty choices": (empty_choices(), FaultKind.EMPTY, 1),
    "null choices": (null_choices(), FaultKind.UNKNOWN, 1),
    "tool calls": (tool_calls(), FaultKind.EMPTY, 1),
    "blank text": (text(" \n"), FaultKind.EMPTY, 1),
    "a page of a proxy": (html(), FaultKind.UNKNOWN, 1),
}


HANG = {"never answering", "too slow bytes"}


@pytest.mark.parametrize("name", LASTING)
def test_a_lasting_fault_has_its_type_and_harms_no_neighbour(name, monkeypatch):
    behaviour, kind, tries = LASTING[name]
    if name in HANG:
        behaviour = Clock(monkeypatch).hang(behaviour)
    with FaultyServer(
        lambda messages, count: behaviour if messages[-1]["content"] == "bad" else ok()
    ) as server:
        recorded = record(server)
        neighbours = [] if name in HANG else ["good", "other"]  # whose time is not to end
        bad, *others = ask_all(recorded, "bad", *neighbours)
        recorded.unload()
    assert bad.fault.kind is kind
    assert bad.tries == server.received["bad"] == tries
    assert bad.text is None or not bad.text.strip()
    assert [reply.text for reply in others] == [f"reply to {text}" for text in neighbours]
    assert all(server.received[text] == 1 for text in neighbours)


PASSING = {
    "429": status(429),
    "429 with Retry-After": status(429, retry_after="0.05"),
    "500": status(500),
    "503": status(503),
    "connection reset": reset(),
    "half a body": half_body(),
    "half a JSON": half_json(),
    "never answering": never(),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_fault_leaves_no_trace_but_the_number_of_tries(name, monkeypatch):
    behaviour = Clock(monkeypatch).hang(PASSING[name]) if name in HANG else PASSING[name]
    with FaultyServer(lambda messages, count: behaviour if count == 0 else ok()) as server:
        recorded = record(server)
        reply = ask(recorded, "hello", task="t")
        usage = recorded.usage["t"]
        recorded.unload()
    assert (reply.text, reply.fault, reply.tries) == ("reply to hello", None, 2)
    assert (usage.calls, usage.retried, usage.failed) == (1, 1, 0)


def test_slow_but_steady_bytes_and_huge_or_odd_text_are_no_faults():
    huge = "word " * 300_000
    script = {"slow": slow_bytes(0.1), "huge": text(huge), "half a pair": raw_json('"a\\ud83d"')}
    with FaultyServer(lambda messages, count: script[messages[-1]["content"]]) as server:
        recorded = record(server)
        slow, long, odd = ask(recorded, *script)
        recorded.unload()
    assert slow.text == "reply to slow" and slow.latency >= 0.1
    assert long.text == huge
    assert odd.text == "a�"


def test_retry_after_is_waited_for(monkeypatch):
    pauses = []

    async def pause(self, seconds):
        pauses.append(seconds)

    monkeypatch.setattr(Sender, "_pause", pause)
    with FaultyServer(
        lambda messages, count: status(429, retry_after="30") if count == 0 else ok()
    ) as server:
        recorded = record(server, patience=PATIENCE)
        assert ask(recorded, "hello").fault is None
        recorded.unload()
    assert len(pauses) == 1 and 30 <= pauses[0] <= 31


def test_a_rate_limit_is_waited_for_longer_than_there_are_tries():
    with FaultyServer(lambda messages, count: status(429) if count < 6 else ok()) as server:
        recorded = record(server, patience=PATIENCE)
        reply = ask(recorded, "hello")
        recorded.unload()
    assert reply.fault is None and reply.tries == 7


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("86400", 86400.0),
        ("soon", None),
        ("nan", None),
        ("", None),
    ],
)
def test_retry_after_in_seconds(value, seconds):
    assert find_retry_after(ServerError(429, {"retry-after": value})) == seconds


def test_retry_after_as_a_date():
    date = format_datetime(datetime.now(UTC) + timedelta(hours=30), usegmt=True)
    assert 29 < find_retry_after(ServerError(503, {"retry-after": date})) / 3600 <= 30
    assert find_retry_after(ServerError(503, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"})) == 0
    assert find_retry_after(ServerError(503)) is None


def test_an_llm_can_say_itself_what_went_wrong():
    fault = Fault(FaultKind.CONTENT_FILTER, "no")
    error = RequestFailed(fault, retry_after=3.0)
    assert classify(error) is fault
    assert find_retry_after(error) == 3.0
    wrapped = RuntimeError("outer")
    wrapped.__cause__ = error
    assert classify(wrapped) is fault


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(), FaultKind.UNREACHABLE),
        (httpx.ConnectError("no route"), FaultKind.UNREACHABLE),
        (httpx.ConnectTimeout("silence"), FaultKind.UNREACHABLE),
        (ConnectionResetError(), FaultKind.CONNECTION),
        (httpx.RemoteProtocolError("gone"), FaultKind.CONNECTION),
        (httpx.ReadTimeout("late"), FaultKind.TIMEOUT),
        (openai.APITimeoutError(request=None), FaultKind.TIMEOUT),
        (TimeoutError(), FaultKind.TIMEOUT),
        (ServerError(504), FaultKind.SERVER_ERROR),
        (ServerError(413), FaultKind.BAD_REQUEST),
        (ServerError(403), FaultKind.UNAUTHORIZED),
        (TypeError("unexpected keyword"), FaultKind.UNKNOWN),
        (KeyError("x"), FaultKind.UNKNOWN),
    ],
)
def test_exceptions_of_clients(error, kind):
    assert classify(error).kind is kind


def test_messages_are_short_and_hold_no_secrets():
    error = RuntimeError(
        "Authorization: Bearer abc.def-123 key sk-proj-A1b2C3 api_key='topsecret' "
        "https://user:passw0rd@host/v1 " + "x" * 1000
    )
    message = classify(error).message
    assert len(message) <= 300
    for secret in ("abc.def-123", "A1b2C3", "topsecret", "passw0rd"):
        assert secret not in message
    assert "host/v1" in message


def test_which_faults_are_answers():
    assert RETRYABLE < ENGINE_FAULTS
    answers = {kind for kind in FaultKind if Fault(kind).is_answer}
    assert answers == {
        FaultKind.BAD_REQUEST,
        FaultKind.CONTENT_FILTER,
        FaultKind.TRUNCATED,
        FaultKind.EMPTY,
    }
    assert all(Fault(kind).outcome in Outcome for kind in FaultKind)
