"""Every engine of docs/engines.md, as a scripted double of what its documentation or its source says."""

from pathlib import Path

import pytest

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.llms.endpoint import EndpointLLM
from sysgen_distilabel.recorded.faults import RequestFailed
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.recorded.reply import FaultKind
from sysgen_distilabel.replies.reasoning import strip_reasoning
from tests.doubles import chat
from tests.endpoint_server import EndpointServer, ask
from tests.llms.engine_dialects import DIALECTS

DOCS = Path(__file__).parents[2] / "docs" / "engines.md"


class DialectServer(EndpointServer):
    """The double of one engine; what the last message says is what happens."""

    def __init__(self, dialect):
        super().__init__(self._behave, owned_by=dialect.card["owned_by"], has_tokens=False)
        self.cards = [dialect.card]
        self._dialect = dialect

    def _behave(self, messages, count):
        said = messages[-1]["content"]

        def act(exchange):
            dialect = self._dialect
            if "top_p" in exchange.request_body:
                exchange.send_json(dialect.refusal[1], dialect.refusal[0])
            elif said == "be quick":
                exchange.send_json(dialect.limited, dialect.limited_status, dialect.limited_headers)
            else:
                completion = exchange.completion("x", dialect.cut if said == "go on" else "stop")
                completion["choices"][0]["message"] = dialect.message
                exchange.send_json(completion)

        return act


@pytest.fixture(params=DIALECTS, ids=DIALECTS)
def dialect(request):
    return DIALECTS[request.param]


@pytest.fixture
def llm(dialect):
    with DialectServer(dialect) as server:
        llm = EndpointLLM(model="m", base_url=server.base_url)
        llm.load()
        yield llm
        llm.unload()


def test_the_answer_is_read_without_the_reasoning(llm):
    (output,) = ask(llm, "x")
    assert strip_reasoning(output["generations"][0]) == "Yes."
    assert output["reasoning"][0] in ("Hm.", "")


def test_a_reply_that_hit_the_limit_is_truncated(llm):
    recorded = Recorded.around(llm)
    reply = recorded.run(recorded.ask(chat("go on")))
    assert reply.fault.kind is FaultKind.TRUNCATED


def test_a_refused_parameter_is_named_in_the_engines_words(llm, dialect):
    with pytest.raises(RequestFailed) as caught:
        ask(llm, "x", top_p=0.9)
    assert caught.value.fault.kind is FaultKind.BAD_REQUEST
    assert dialect.words in caught.value.fault.message
    if dialect.card["owned_by"] != "vllm":  # which takes all there are, and is not asked
        with pytest.raises(ConfigError, match="top_p: null"):
            llm.check_sampling({"top_p": 0.9}, "phase")
    assert ask(llm, "x", top_p=None)[0]["finish_reason"] == ["stop"]


def test_a_rate_limit_says_how_long(llm, dialect):
    with pytest.raises(RequestFailed) as caught:
        ask(llm, "be quick")
    is_limit = dialect.limited_status == 429
    assert caught.value.fault.kind is (FaultKind.RATE_LIMITED if is_limit else FaultKind.SERVER_ERROR)
    assert caught.value.fault.retryable and caught.value.retry_after == dialect.wait


def test_every_engine_of_the_page_has_a_double_and_the_other_way_round():
    rows = [
        line.split("|") for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| ")
    ]
    named = {cells[1].strip().split(" (")[0] for cells in rows[1:]}
    assert named >= set(DIALECTS)
