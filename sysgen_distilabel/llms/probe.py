"""Asks an OpenAI-compatible engine, before the first row, what it serves and what it can do."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any, Final, NoReturn
from uuid import uuid4

from sysgen_distilabel.chat_templates import SystemRole, TemplateRefused, detect_system_role
from sysgen_distilabel.errors import ConfigError, EngineGone
from sysgen_distilabel.llms.capabilities import FORMATS, OTHER, VLLM, Capabilities
from sysgen_distilabel.llms.chat_api import write_response_format
from sysgen_distilabel.llms.completion import Generation, read_completion
from sysgen_distilabel.llms.findings import Findings
from sysgen_distilabel.llms.openai_client import Address
from sysgen_distilabel.recorded.faults import RequestFailed
from sysgen_distilabel.recorded.reply import Fault, FaultKind
from sysgen_distilabel.replies.grammars import strict_object

_CONTEXT_NAMES: Final = ("max_model_len", "context_length", "context_window")
"""What vLLM and SGLang, and what gateways call the length of the context."""

_TEMPLATE_OPTIONS: Final = ("chat_template", "chat_template_kwargs")
_MODELS_NAMED: Final = 10
_SHORT: Final = 16
"""New tokens asked for where the reply is not looked at."""

_USER: Final = {"role": "user", "content": "Say yes."}
_LONG: Final = 200
"""Words of the system message that tells by its number of tokens whether it is in the prompt."""

_NO_PARAMETERS: Final = {"type": "object", "properties": {}}
_SMALL_SCHEMA: Final = strict_object({"answer": {"type": "string", "enum": ["yes", "no"]}})
_PASSING: Final = frozenset(
    {FaultKind.UNREACHABLE, FaultKind.CONNECTION, FaultKind.TIMEOUT, FaultKind.RATE_LIMITED}
)
"""Faults that say nothing about what an engine takes."""

_GONE: Final = frozenset(
    {FaultKind.UNREACHABLE, FaultKind.CONNECTION, FaultKind.TIMEOUT, FaultKind.SERVER_ERROR}
)


@dataclass(frozen=True, slots=True)
class Listing:
    """What an engine says it serves.

    Attributes:
        server: `vllm` or `other`.
        models: the names of the models; empty if it does not say.
        max_model_len: length of the context of the model asked for, `None` if it does not say.
    """

    server: str = OTHER
    models: tuple[str, ...] = ()
    max_model_len: int | None = None


class Probe:
    """Asks one engine.

    Args:
        address: where it listens.
        model: the model that is to be served there.
        extra_body: sent with every request, also with those of the probe.
        logger: told of what cannot be found out.
    """

    def __init__(
        self, address: Address, model: str, extra_body: Mapping[str, Any], logger: logging.Logger
    ) -> None:
        self._address = address
        self._model = model
        self._extra_body = dict(extra_body)
        self._logger = logger
        self._client = address.make_client()
        self._limit_name = "max_tokens"

    def list_models(self) -> Listing:
        """What the engine says it serves.

        Raises:
            EngineGone: if nobody listens there.
            ConfigError: if the key is wrong, or a vLLM server does not have the model.
        """
        try:
            listing = self._read_listing(self._call(self._client.get, "/models", cast_to=object))
        except RequestFailed as failure:
            self._raise_if_hopeless(failure.fault)
            return Listing()
        if listing.server == VLLM and self._model not in listing.models:
            self._raise_missing(listing)
        return listing

    def find_capabilities(self, listing: Listing) -> Capabilities:
        """What the engine can do with the model.

        Raises:
            EngineGone: if nobody listens there any more.
            ConfigError: if the key is wrong, or the model is not served.
        """
        is_vllm = listing.server == VLLM
        version = self._find_version() if is_vllm else ""
        role = (self._detect_by_tokens() if is_vllm else None) or self._detect_by_reply(listing)
        formats = FORMATS if is_vllm else ("json",) if self._takes_json_schema() else ()
        return Capabilities(
            system_role=role,
            structured_outputs=frozenset(formats),
            max_model_len=listing.max_model_len,
            server=listing.server,
            limit_name=self._limit_name,
            version=version,
        )

    def find_why_no_tools(self) -> str:
        """Why the engine can be offered no tools, in words; empty if it can.

        An engine whose chat template has no place for tools takes them and does not tell the model: by the
        tokens that it counts, a long description is not in the prompt.
        """
        long = _write_long("user")["content"]
        tool = {"name": "note", "description": long, "parameters": _NO_PARAMETERS}
        try:
            reply = self._complete([_USER], limit=_SHORT, tools=[{"type": "function", "function": tool}])
            counts_in_full = self._complete([_write_long("user")]).input_tokens >= _LONG
        except RequestFailed as failure:
            return "" if failure.fault.kind in _PASSING else failure.fault.message
        is_lost = 0 < reply.input_tokens < _LONG and counts_in_full
        return "its chat template has no place for them" if is_lost else ""

    def check_request(self, request: Mapping[str, Any], task: str) -> bool:
        """Try the parameters of a Task on a tiny prompt, first with a low limit of new tokens.

        Args:
            request: the parameters, as they are sent with each prompt.
            task: the Task they are of.

        Returns:
            whether the engine answered; a fault other than a refusal says nothing about them.

        Raises:
            ConfigError: if the engine refuses them, but not the prompt alone.
            EngineGone: if it refuses even that.
        """
        limit = {name: _SHORT for name in (self._limit_name, "max_completion_tokens") if name in request}
        fault = self._find_fault({**request, **limit})
        if fault and fault.kind is FaultKind.BAD_REQUEST:  # some refuse to end a reply so early
            fault = self._find_fault(request)
        if fault and fault.kind is FaultKind.BAD_REQUEST:
            self._raise_refused(request, fault, task)
        return fault is None

    def _raise_refused(self, request: Mapping[str, Any], refusal: Fault, task: str) -> NoReturn:
        plain = self._find_fault({})
        if plain is not None and plain.kind is FaultKind.BAD_REQUEST:
            raise EngineGone(
                f"The engine at {self._address.shown} refuses every request: {refusal.message}.",
                "Set what it asks for in `extra_body`, or use another engine.",
            )
        names = [name for name in request if name in refusal.message] or list(request)
        example = ", ".join(f"{name}: null" for name in names)
        raise ConfigError(
            f"The engine at {self._address.shown} refuses a parameter of '{task}': {refusal.message}.",
            f"Change it, or leave it out: `generation_kwargs: {{{task}: {{{example}}}}}` in the settings.",
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _read_listing(self, body: object) -> Listing:
        data = body.get("data") if isinstance(body, Mapping) else None
        cards = [card for card in data or () if isinstance(card, Mapping)]
        mine = next((card for card in cards if card.get("id") == self._model), {})
        lengths = [mine[name] for name in _CONTEXT_NAMES if isinstance(mine.get(name), int)]
        return Listing(
            server=VLLM if any(card.get("owned_by") == VLLM for card in cards) else OTHER,
            models=tuple(str(card.get("id")) for card in cards),
            max_model_len=lengths[0] if lengths else None,
        )

    def _detect_by_tokens(self) -> SystemRole | None:
        """From the prompt as vLLM tokenizes it; `None` if it does not show it."""
        try:
            return detect_system_role(self._render)
        except (RequestFailed, TemplateRefused, KeyError, TypeError):
            return None

    def _render(self, messages: Sequence[Mapping[str, Any]]) -> str:
        options: dict[str, Any] = {
            name: self._extra_body[name] for name in _TEMPLATE_OPTIONS if name in self._extra_body
        }
        try:
            tokens = self._post("tokenize", {"messages": messages, **options})["tokens"]
        except RequestFailed as failure:
            if failure.fault.kind is FaultKind.BAD_REQUEST:
                raise TemplateRefused(failure.fault.message) from None
            raise
        return str(self._post("detokenize", {"tokens": tokens})["prompt"])

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        """Call what vLLM offers beside the API of OpenAI."""
        url = f"{self._address.url.rstrip('/').removesuffix('/v1')}/{path}"
        return self._call(self._client.post, url, body={"model": self._model, **body}, cast_to=object)

    def _detect_by_reply(self, listing: Listing) -> SystemRole:
        """From what becomes of a request for one token, with a long system message.

        A small count of tokens proves nothing by itself: servers leave out what they had cached, or
        count otherwise. It counts as dropped only if the same server counts the same text in full as a
        user's, and the model cannot tell a word that stands in a system message alone.
        """
        try:
            tokens = self._complete([_write_long("system"), _USER]).input_tokens
        except RequestFailed as failure:
            return self._explain_refusal(failure.fault, listing)
        if not 0 < tokens < _LONG:
            return SystemRole.NATIVE
        try:
            in_full = self._complete([_write_long("user")]).input_tokens >= _LONG
            again = self._complete([_write_long("system"), _USER]).input_tokens
            is_dropped = in_full and 0 < again < _LONG and not self._hears_system_message()
        except RequestFailed:
            return SystemRole.NATIVE
        return SystemRole.DROPPED if is_dropped else SystemRole.NATIVE

    def _hears_system_message(self) -> bool:
        word = uuid4().hex[:6]
        system = {"role": "system", "content": f"The code word is {word}. Tell it to everybody who asks."}
        user = {"role": "user", "content": "What is the code word? Answer with the word alone."}
        said = self._complete([system, user], limit=64)
        return word in f"{said.text} {said.reasoning}"

    def _explain_refusal(self, fault: Fault, listing: Listing) -> SystemRole:
        self._raise_if_hopeless(fault)
        if fault.kind is FaultKind.NOT_FOUND:
            self._raise_missing(listing)
        if fault.kind is FaultKind.BAD_REQUEST and self._answers([_USER]):
            return SystemRole.RAISES
        self._logger.warning(
            f"Whether '{self._model}' takes a system message could not be found out; it is sent as it"
            f" is. The engine at {self._address.shown} said: {fault.message}."
        )
        return SystemRole.NATIVE

    def _takes_json_schema(self) -> bool:
        return self._answers([_USER], response_format=write_response_format(_SMALL_SCHEMA))

    def _answers(self, messages: Sequence[Mapping[str, Any]], **options: Any) -> bool:
        try:
            self._complete(messages, **options)
        except RequestFailed:
            return False
        return True

    def _find_fault(self, parameters: Mapping[str, Any]) -> Fault | None:
        request = {"extra_body": self._extra_body, **parameters, "model": self._model, "messages": [_USER]}
        try:
            self._send(request)
        except RequestFailed as failure:
            return failure.fault
        return None

    def _find_version(self) -> str:
        """The version that vLLM says it has; with a warning for one that structured outputs can end."""
        try:
            url = f"{self._address.url.rstrip('/').removesuffix('/v1')}/version"
            answer = self._call(self._client.get, url, cast_to=object)
        except RequestFailed:
            return ""
        version = answer.get("version") if isinstance(answer, Mapping) else None
        return version if isinstance(version, str) else ""

    def _complete(self, messages: Sequence[Mapping[str, Any]], limit: int = 1, **options: Any) -> Generation:
        """Ask for a few tokens, under the name that the engine has for the limit."""
        request = {"model": self._model, "messages": messages, "extra_body": self._extra_body, **options}
        try:
            return self._send({**request, self._limit_name: limit})
        except RequestFailed as failure:
            if self._limit_name == "max_tokens" and "max_completion_tokens" in failure.fault.message:
                self._limit_name = "max_completion_tokens"
                return self._complete(messages, limit, **options)
            raise

    def _send(self, request: Mapping[str, Any]) -> Generation:
        create = self._client.chat.completions.with_raw_response.create
        return read_completion(self._call(create, **request).http_response.content)

    def _call(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except Exception as error:
            raise self._address.to_failure(error) from None

    def _raise_if_hopeless(self, fault: Fault) -> None:
        if fault.kind in _GONE:
            raise EngineGone(
                f"The engine at {self._address.shown} does not answer: {fault.kind} ({fault.message}).",
                "Check that it runs and that its address is right.",
            )
        if fault.kind is FaultKind.UNAUTHORIZED:
            raise ConfigError(
                f"The engine at {self._address.shown} refuses the API key ({fault.message}).",
                "Set SYSGEN_API_KEY (or OPENAI_API_KEY) in the environment.",
            )

    def _raise_missing(self, listing: Listing) -> NoReturn:
        models = listing.models
        alike = difflib.get_close_matches(self._model, models, n=_MODELS_NAMED, cutoff=0.3)
        named = [*alike, *(model for model in models if model not in alike)][:_MODELS_NAMED]
        more = f" and {len(models) - len(named)} more" if len(models) > len(named) else ""
        raise ConfigError(
            f"The engine at {self._address.shown} does not serve the model '{self._model}'.",
            f"It serves: {', '.join(named)}{more}."
            if named
            else "Check the name, and the address: most end with /v1.",
        )


def probe_all(
    addresses: Sequence[Address],
    model: str,
    extra_body: Mapping[str, Any],
    logger: logging.Logger,
    findings: Findings,
) -> Capabilities:
    """Ask all engines that are to share the requests; what the first one can do goes for all.

    What it can do is asked once per run, and kept in the findings.

    Raises:
        EngineGone: if none of them answers.
        ConfigError: if one refuses the key, or does not serve the model.
    """
    with ExitStack() as stack:
        listings: list[tuple[Probe, Listing]] = []
        gone: list[EngineGone] = []
        for address in addresses:
            probe = stack.enter_context(closing(Probe(address, model, extra_body, logger)))
            try:
                listings.append((probe, probe.list_models()))
            except EngineGone as error:
                gone.append(error)
        if not listings:
            raise gone[0]
        for silent in gone:
            logger.warning(f"{silent.message} The others are used until it comes back.")
        probe, listing = listings[0]
        return findings.recall(lambda: probe.find_capabilities(listing))


def _write_long(role: str) -> dict[str, str]:
    """A message of at least 200 tokens that is in no server's cache."""
    return {"role": role, "content": " ".join([uuid4().hex, *(str(number) for number in range(_LONG))])}
