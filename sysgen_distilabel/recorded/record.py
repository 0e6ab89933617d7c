"""What the store keeps of one request, and what requests add up to."""

from __future__ import annotations

import json
import operator
from dataclasses import asdict, astuple, dataclass
from typing import Any, NamedTuple

import orjson

from sysgen_distilabel.recorded.reply import Fault, FaultKind, Reply

_JSON_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


@dataclass(frozen=True, slots=True)
class Record:
    """One request and its reply, as the store keeps it.

    Attributes:
        key: the hash of the request.
        task: name of the Task that asked, for accounting.
        model: name of the model.
        attempt: which sample of the prompt, from 0.
        reply: what came back.
        created: Unix time in seconds when the reply came; for people only, nothing depends on it.
        is_answer: whether the request need not be asked again.
    """

    key: bytes
    task: str
    model: str
    attempt: int
    reply: Reply
    created: float
    is_answer: bool = True

    def __post_init__(self) -> None:
        if self.reply.fault is not None and not self.reply.fault.is_answer:
            object.__setattr__(self, "is_answer", False)


class Timing(NamedTuple):
    """When an answer came and what it cost, without the answer.

    Attributes:
        task: name of the Task that asked.
        created: Unix time in seconds when it came.
        latency: seconds it took.
        prompt_tokens: tokens of the prompt.
        completion_tokens: tokens generated.
    """

    task: str
    created: float
    latency: float
    prompt_tokens: int
    completion_tokens: int


@dataclass(slots=True)
class Usage:
    """What a Task has asked of the engine.

    Attributes:
        calls: requests answered by the engine, or given up.
        retried: further tries these took.
        cached: requests answered without the engine: from a store, or together with an equal one.
        failed: calls whose reply has a fault.
        prompt_tokens: tokens of the prompts of the calls.
        completion_tokens: tokens generated in the calls.
        cached_tokens: tokens of the prompts found in the engine's prefix cache.
    """

    calls: int = 0
    retried: int = 0
    cached: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0

    def add_call(self, reply: Reply) -> None:
        """Count a call, or a hit where another run has paid for it."""
        if reply.tries == 0:
            self.cached += 1
            return
        self.calls += 1
        self.retried += reply.tries - 1
        self.failed += reply.fault is not None
        self.prompt_tokens += reply.prompt_tokens
        self.completion_tokens += reply.completion_tokens
        self.cached_tokens += reply.cached_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(*map(operator.add, astuple(self), astuple(other)))

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


def dump_reply(reply: Reply) -> bytes:
    """The reply as JSON; in `extra`, infinite numbers become null, and what JSON lacks a string."""
    fault = reply.fault
    fields = {
        "text": reply.text,
        "finish_reason": reply.finish_reason,
        "tokens": (reply.prompt_tokens, reply.completion_tokens, reply.cached_tokens),
        "latency": reply.latency,
        "tries": reply.tries,
        "fault": None if fault is None else (fault.kind.value, fault.message),
        "extra": reply.extra,
    }
    try:
        return orjson.dumps(fields, default=str, option=_JSON_OPTIONS)
    except TypeError:  # half a surrogate pair or a huge integer somewhere in `extra`
        return json.dumps(fields, default=str, ensure_ascii=False).encode("utf-8", "replace")


def load_reply(data: bytes) -> Reply:
    """Read what `dump_reply` wrote."""
    fields: dict[str, Any] = orjson.loads(data)
    prompt_tokens, completion_tokens, cached_tokens = fields["tokens"]
    fault = fields["fault"]
    return Reply(
        text=fields["text"],
        finish_reason=fields["finish_reason"],
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        cached_tokens=cached_tokens,
        latency=fields["latency"],
        tries=fields["tries"],
        fault=None if fault is None else Fault(FaultKind(fault[0]), fault[1]),
        extra=fields["extra"],
    )
