"""The simulated engine as one pure function: the same chat and seed always get the same reply."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from random import Random
from typing import Any, Final, Literal

from sysgen_distilabel.llms.simulation.checker import check
from sysgen_distilabel.llms.simulation.grader import grade
from sysgen_distilabel.llms.simulation.observation import observe
from sysgen_distilabel.llms.simulation.pair_judge import JudgeBias, align, compare, equate, tell_coherence
from sysgen_distilabel.llms.simulation.planned_faults import (
    FaultRates,
    cut_short,
    write_malformed_tags,
    write_malformed_verdicts,
    write_tags,
    write_verdicts,
)
from sysgen_distilabel.llms.simulation.prompt_reader import (
    AlignRequest,
    CheckRequest,
    CoherenceRequest,
    CompareRequest,
    ConflictRequest,
    EquateRequest,
    GenerateRequest,
    MeaningRequest,
    ProposeRequest,
    Request,
    RewriteRequest,
    ScoreRequest,
    TranslateRequest,
    Turn,
    VerifyRequest,
    read_request,
    read_turns,
)
from sysgen_distilabel.llms.simulation.responder import respond
from sysgen_distilabel.llms.simulation.verifier import give_verdicts
from sysgen_distilabel.llms.simulation.writer import write_system_message

_BYTES_PER_TOKEN: Final = 4
_NO_FAULTS: Final = FaultRates()


@dataclass(frozen=True, slots=True)
class SimulatedReply:
    """What the simulated engine answers to one chat.

    Attributes:
        text: the answer, empty if the fault of the answer is that there is none.
        finish_reason: `stop`, or `length` for an answer that was cut.
        prompt_tokens: estimated from the bytes of the chat, four to a token.
        completion_tokens: estimated from the bytes of the answer.
    """

    text: str
    finish_reason: Literal["stop", "length"]
    prompt_tokens: int
    completion_tokens: int


def simulate(
    messages: str | Sequence[Mapping[str, Any]],
    *,
    seed: int = 0,
    sample: int | str = 0,
    max_new_tokens: int = 512,
    faults: FaultRates = _NO_FAULTS,
    json_verdicts: bool = False,
    judge_bias: JudgeBias = "none",
) -> SimulatedReply:
    """Answer a chat by rules, in the format its prompt asks for.

    Args:
        messages: a chat in the OpenAI format, or a single user turn.
        seed: other seeds give other answers to all chats.
        sample: which of many answers to the same chat.
        max_new_tokens: longer answers are cut.
        faults: shares of answers that come out spoilt.
        json_verdicts: whether verdicts are given as a JSON object instead of lines.
        judge_bias: what decides between two responses.
    """
    turns = read_turns(messages)
    random = seed_random(turns, seed, sample)
    fault = faults.draw(random)
    text = ""
    if fault != "empty":
        text = _answer(read_request(turns), random, fault == "malformed", json_verdicts, judge_bias)
    if fault == "truncated":
        text = cut_short(text, random)
    encoded = text.encode(errors="surrogatepass")
    limit = max_new_tokens * _BYTES_PER_TOKEN
    if overlong := len(encoded) > limit:
        text = encoded[:limit].decode(errors="ignore")
    return SimulatedReply(
        text=text,
        finish_reason="length" if overlong or fault == "truncated" else "stop",
        prompt_tokens=sum(_count_tokens(turn.content) for turn in turns),
        completion_tokens=_count_tokens(text),
    )


def seed_random(turns: Sequence[Turn], *key: int | str) -> Random:
    """Random numbers that depend on the chat and the key alone, in every process."""
    text = "\0".join([*map(str, key), *(part for turn in turns for part in turn)])
    digest = blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return Random(int.from_bytes(digest, "big"))


def _answer(
    request: Request, random: Random, malformed: bool, json_verdicts: bool, judge_bias: JudgeBias
) -> str:
    if isinstance(request, GenerateRequest):
        phrases = write_system_message(request, random)
        return write_malformed_tags(phrases, random) if malformed else write_tags(phrases)
    if isinstance(request, VerifyRequest):
        verdicts = give_verdicts(request, random)
        if malformed and verdicts:
            return write_malformed_verdicts(verdicts, random)
        return json.dumps(verdicts) if json_verdicts else write_verdicts(verdicts)
    if isinstance(request, CompareRequest | AlignRequest | CoherenceRequest | EquateRequest):
        return _judge(request, random, malformed, json_verdicts, judge_bias)
    if isinstance(request, ConflictRequest):
        seen = observe(request.turns)
        return seen.fill(seen.book.choose(random, "conflict"), random)
    if isinstance(request, RewriteRequest):
        return _rewrite(request)
    if isinstance(request, TranslateRequest):
        return f"(translated) {request.text}"
    if isinstance(request, MeaningRequest | ProposeRequest):
        return check(request, malformed)
    if isinstance(request, ScoreRequest | CheckRequest):
        return grade(request, random, malformed)
    return respond(request.turns, random)


def _rewrite(request: RewriteRequest) -> str:
    """The turn with the first words of the answer it now speaks to."""
    answers = [turn.content for turn in request.turns if turn.role == "assistant"]
    words = answers[-1].split() if answers else []
    return f"{request.turn} ({' '.join(words[:4])[:40]})" if words else request.turn


def _judge(
    request: CompareRequest | AlignRequest | CoherenceRequest | EquateRequest,
    random: Random,
    malformed: bool,
    as_json: bool,
    bias: JudgeBias,
) -> str:
    if malformed:
        return "Both sides have their merits, and I would not like to choose."
    if isinstance(request, CompareRequest):
        choice = compare(request, random, bias)
        return json.dumps({"better": choice}) if as_json else choice
    verdicts: Mapping[str, str]
    if isinstance(request, CoherenceRequest):
        verdicts = tell_coherence(request, random)
    else:
        verdicts = align(request, random) if isinstance(request, AlignRequest) else equate(request, random)
    return json.dumps(verdicts) if as_json else write_verdicts(verdicts)


def _count_tokens(text: str) -> int:
    size = len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
    return -(-size // _BYTES_PER_TOKEN)
