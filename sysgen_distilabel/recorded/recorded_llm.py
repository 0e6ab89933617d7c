"""Wraps any distilabel LLM so that no call is paid twice and one bad request harms no other."""

import asyncio
import inspect
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from distilabel.mixins.runtime_parameters import RuntimeParameter
from distilabel.models.llms.base import LLM, AsyncLLM
from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, PrivateAttr

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.recorded.batcher import Batcher
from sysgen_distilabel.recorded.keys import Keys
from sysgen_distilabel.recorded.missing_key import load_with_key
from sysgen_distilabel.recorded.outputs import make_output
from sysgen_distilabel.recorded.record import Usage
from sysgen_distilabel.recorded.reply import Reply
from sysgen_distilabel.recorded.sender import AsyncTransport, Policy, Transport
from sysgen_distilabel.recorded.session import Request, Session
from sysgen_distilabel.recorded.slots import Slots
from sysgen_distilabel.recorded.store import SLOTS_FILE, Store
from sysgen_distilabel.secrets import remember_secrets

if TYPE_CHECKING:
    from distilabel.mixins.runtime_parameters import RuntimeParametersNames
    from distilabel.typing import FormattedInput, GenerateOutput

T = TypeVar("T")

_NOT_SAMPLING = frozenset({"self", "input", "inputs", "num_generations"})
_ANY_NUMBER = frozenset({inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD})


class Recorded(LLM):
    """Any distilabel LLM, with a memory, retries, and one fault per bad request instead of per batch.

    Every request is hashed. A request that was answered before is answered from the store and
    costs no call; any other is sent, and its reply is on disk before it is handed out. Equal
    requests in flight share one call.

    What goes into the hash: the version of the scheme, `model_name`, the LLM's `request_identity`
    if it has one, the messages, `generation_kwargs`, the schema of a structured output, and which
    sample of the prompt it is. What does not, and why:

    | left out | because |
    |---|---|
    | address, API key, headers | the same model may be served elsewhere |
    | class of the LLM | so is a server or an engine in the process |
    | `max_concurrency`, `timeout`, tries, backoff | they change when an answer comes, not which |
    | `fail_on_truncated` | it is applied when a reply is received, and stored with it |
    | name of the Task | it labels the accounts; equal prompts have equal answers |
    | batch, order, position of the row | the engine does not see them |

    Limitation: other settings of an LLM that change its answers (quantisation, a chat template of
    its own, an adapter) are not seen. An LLM that has such settings should return them as a
    dictionary from a property `request_identity`; else use another store. A reply is truncated
    where the engine says so; distilabel's own LLMs do not pass that on, and with them a reply of
    exactly `max_new_tokens` tokens counts as truncated. `timeout` has no hold on an LLM that is
    not asynchronous. Distilabel's clients retry on their own: give them `max_retries=0`, so that
    tries are counted once and a dead engine is noticed at once.

    A fault that is about the request (bad request, content filter, truncated or empty reply) is an
    answer and is remembered. One that is not (connection, timeout, rate limit, server error, wrong
    key or model) is asked again by the next session. Requests that find nobody listening wait
    for the engine, and when `breaker_threshold` tries in a row over `patience` seconds were in vain,
    or that many requests in a row were given up, every request raises `EngineGone`.

    Fields that change no answer are left out of YAML and signatures, and are runtime parameters.

    Attributes:
        llm: the LLM to wrap.
        store: directory of the replies, created if missing; several LLMs and processes can share
            one. Without it nothing is remembered, and all else holds.
        shared_store: directory that several runs, each with a `store` of its own, share: what it holds
            is taken over from there and costs no call, and what is paid for is put there too.
        max_concurrency: requests in flight at the engine, over all processes that share the
            store; for an LLM that is not asynchronous, requests per batch.
        max_tries: how often a request is sent at most.
        backoff: longest pause in seconds after the first try; it doubles with every try, and the
            actual pause is random between 0 and that. `Retry-After` wins, up to 120 s.
        backoff_cap: longest pause in seconds.
        timeout: seconds after which a try is given up; it is repeated once.
        patience: seconds an engine may be unreachable before it counts as gone. A rate limit is
            waited for ten times as long before tries run out.
        breaker_threshold: how many failures in a row end the run.
        fail_on_truncated: whether a reply that hit the limit of new tokens is a fault.

    Runtime parameters:
        - `store`: directory of the replies.
        - `shared_store`: directory that runs share.
        - `max_concurrency`: requests in flight at the engine.
        - `max_tries`: how often a request is sent at most.
        - `backoff`: longest pause in seconds after the first try.
        - `backoff_cap`: longest pause in seconds.
        - `timeout`: seconds after which a try is given up.
        - `patience`: seconds an engine may be unreachable.
        - `breaker_threshold`: how many failures in a row end the run.

    Examples:
        Remember the replies of a server:

        ```python
        from distilabel.models import OpenAILLM
        from sysgen_distilabel.llms import Recorded

        llm = Recorded(
            llm=OpenAILLM(model="Qwen2.5-14B", base_url="http://localhost:8000/v1", max_retries=0),
            store="run/calls",
        )
        llm.load()
        outputs = llm.generate(inputs=[[{"role": "user", "content": "Hello"}]])
        llm.unload()
        ```
    """

    llm: LLM
    store: RuntimeParameter[str | Path] | None = Field(
        default=None, exclude=True, description="Directory of the replies; nothing is remembered without it."
    )
    shared_store: RuntimeParameter[str | Path] | None = Field(
        default=None, exclude=True, description="Directory of replies that several runs share."
    )
    max_concurrency: RuntimeParameter[PositiveInt] = Field(
        default=64, exclude=True, description="Requests in flight at the engine."
    )
    max_tries: RuntimeParameter[PositiveInt] = Field(
        default=6, exclude=True, description="How often a request is sent at most."
    )
    backoff: RuntimeParameter[NonNegativeFloat] = Field(
        default=0.5, exclude=True, description="Longest pause in seconds after the first try."
    )
    backoff_cap: RuntimeParameter[NonNegativeFloat] = Field(
        default=30.0, exclude=True, description="Longest pause in seconds between two tries."
    )
    timeout: RuntimeParameter[PositiveFloat] = Field(
        default=600.0, exclude=True, description="Seconds after which a try is given up."
    )
    patience: RuntimeParameter[NonNegativeFloat] = Field(
        default=30.0,
        exclude=True,
        description="Seconds an engine may be unreachable before it counts as gone.",
    )
    breaker_threshold: RuntimeParameter[PositiveInt] = Field(
        default=20, exclude=True, description="How many failures in a row end the run."
    )
    fail_on_truncated: bool = True

    _session: Session | None = PrivateAttr(default=None)
    _keys: Keys | None = PrivateAttr(default=None)
    _takes_seed: bool = PrivateAttr(default=False)

    @classmethod
    def around(cls, llm: LLM, **fields: Any) -> Self:
        """Wrap an LLM that is loaded already; the result is ready for use.

        Args:
            llm: the LLM, loaded.
            fields: fields of the new object.
        """
        recorded = cls(llm=llm, **fields)
        recorded._begin_session(recorded._open_store())
        return recorded

    def load(self) -> None:
        """Open the store and load the LLM.

        Raises:
            StoreError: if the store cannot be written to.
            ConfigError: if the LLM's identity cannot be hashed, or it lacks its key.
        """
        remember_secrets(dict(self.llm))  # what engines say may quote the key
        store = self._open_store()  # first, as it fails fast and a model may load for minutes
        try:
            if store is not None and hasattr(self.llm, "keep_findings_in"):
                self.llm.keep_findings_in(store.directory)
            load_with_key(self.llm)
            super().load()
            self._begin_session(store)
        except BaseException:
            if store is not None:
                store.close()
            raise

    def unload(self) -> None:
        """Wait for the requests in flight, close the store and unload the LLM."""
        session, self._session, self._keys = self._session, None, None
        try:
            if session is not None:
                session.close()
        finally:
            self.llm.unload()

    @property
    def model_name(self) -> str:
        """The model name of the LLM."""
        return str(self.llm.model_name)

    @property
    def generate_parameters(self) -> list[inspect.Parameter]:
        """The parameters of the LLM's `generate` or `agenerate`, which are the runtime parameters.

        Not `**kwargs`, which distilabel takes for one parameter that has to be given.
        """
        return [each for each in self.llm.generate_parameters if each.kind not in _ANY_NUMBER]

    @property
    def runtime_parameters_names(self) -> "RuntimeParametersNames":
        """The runtime parameters of both LLMs, whose sampling is the same."""
        names = super().runtime_parameters_names
        return {**names, "llm": {**names["llm"], "generation_kwargs": names["generation_kwargs"]}}

    @property
    def generate_parsed_docstring(self) -> Any:
        """The parsed docstring of the LLM's `generate` or `agenerate`."""
        return self.llm.generate_parsed_docstring

    @property
    def usage(self) -> dict[str, Usage]:
        """What each Task has asked of the engine since `load`; `Store.usage` has the sum of all sessions."""
        return self._loaded().usage

    def get_generation_kwargs(self) -> dict[str, Any]:
        """The sampling of the LLM, with what is set here on top."""
        return {**(self.llm.get_generation_kwargs() or {}), **(self.generation_kwargs or {})}

    def accepted(self, generation_kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the arguments that the LLM's `generate` or `agenerate` takes; all with `**kwargs`."""
        if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in self.llm.generate_parameters):
            return dict(generation_kwargs)
        names = {parameter.name for parameter in self.generate_parameters} - _NOT_SAMPLING
        return {name: value for name, value in generation_kwargs.items() if name in names}

    def check_sampling(self, generation_kwargs: Mapping[str, Any], task: str) -> None:
        """Have the LLM ask its engine whether it takes these parameters, if it can.

        Args:
            generation_kwargs: sampling, over that of the LLM.
            task: the Task it is of, for the message.

        Raises:
            ConfigError: if the engine refuses them.
            EngineGone: if it refuses every request.
        """
        if check := getattr(self.llm, "check_sampling", None):
            check({**self.get_generation_kwargs(), **generation_kwargs}, task)

    def key(
        self, input: "FormattedInput", attempt: int = 0, generation_kwargs: dict[str, Any] | None = None
    ) -> str:
        """The hash of a request in hexadecimal, as it is in the store.

        Args:
            input: messages, messages with a schema, or a plain prompt.
            attempt: which sample of the prompt, from 0.
            generation_kwargs: sampling, over that of the LLM.
        """
        return self._make_request(input, "", attempt, generation_kwargs).key.hex()

    async def ask(
        self,
        input: "FormattedInput",
        *,
        task: str = "",
        attempt: int = 0,
        generation_kwargs: dict[str, Any] | None = None,
    ) -> Reply:
        """Send one request for one generation, or recall its reply. Can be awaited in any event loop.

        Args:
            input: messages, messages with a schema, or a plain prompt.
            task: who asks, for the accounts.
            attempt: which sample of the prompt, from 0. A higher one is another request; where the
                LLM takes a seed, it gets the seed given, or its own, or 0, plus the attempt.
            generation_kwargs: sampling, over that of the LLM.

        Returns:
            The reply, with a fault if the request failed. What is in it has been stored.

        Raises:
            EngineGone: if the engine answers nobody any more.
            StoreError: if the reply cannot be kept.
            Interrupted: if the run was asked to stop.
        """
        return await self._loaded().ask(self._make_request(input, task, attempt, generation_kwargs))

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine that awaits `ask` on an event loop of our own and return its result.

        Works wherever the caller is, also where another event loop runs, as in notebooks.
        """
        try:
            session = self._loaded()
        except ConfigError:
            coroutine.close()
            raise
        return session.run(coroutine)

    def generate(
        self, inputs: list["FormattedInput"], num_generations: int = 1, **kwargs: Any
    ) -> list["GenerateOutput"]:
        """Generate for several inputs, for Tasks of distilabel.

        Args:
            inputs: messages, messages with a schema, or plain prompts.
            num_generations: generations per input, each a request of its own.
            kwargs: sampling, over that of the LLM.

        Returns:
            One dictionary per input, all with the same keys; a generation with a fault is `None`.
        """
        return self.run(self._generate(inputs, num_generations, kwargs))

    async def _generate(
        self, inputs: list["FormattedInput"], num_generations: int, kwargs: dict[str, Any]
    ) -> list["GenerateOutput"]:
        replies = await asyncio.gather(
            *(
                self.ask(input, attempt=attempt, generation_kwargs=kwargs)
                for input in inputs
                for attempt in range(num_generations)
            )
        )
        extra_keys = list(dict.fromkeys(key for reply in replies for key in reply.extra))
        return [
            make_output(replies[start : start + num_generations], extra_keys)
            for start in range(0, len(replies), num_generations)
        ]

    def _open_store(self) -> Store | None:
        if self._session is not None:
            self._session.close()
            self._session = None
        return Store.open(self.store) if self.store else None

    def _begin_session(self, store: Store | None) -> None:
        self._keys = Keys(self.llm)
        parameters = {parameter.name: parameter for parameter in self.generate_parameters}
        self._takes_seed = "seed" in parameters
        max_new_tokens = getattr(parameters.get("max_new_tokens"), "default", None)
        # An engine inside the process is no other process's business.
        shared = store is not None and isinstance(self.llm, AsyncLLM)
        self._session = Session(
            model=self.model_name,
            transport=self._make_transport(),
            policy=Policy(
                max_tries=self.max_tries,
                backoff=self.backoff,
                backoff_cap=self.backoff_cap,
                patience=self.patience,
                fail_on_truncated=self.fail_on_truncated,
                default_max_new_tokens=max_new_tokens if isinstance(max_new_tokens, int) else None,
            ),
            slots=Slots(self.max_concurrency, store.directory / SLOTS_FILE if store and shared else None),
            store=store,
            breaker_threshold=self.breaker_threshold,
            shared=Store.open(self.shared_store) if store is not None and self.shared_store else None,
        )

    def _make_transport(self) -> Transport:
        if isinstance(self.llm, AsyncLLM):
            return AsyncTransport(self.llm, self.timeout)
        return Batcher(self.llm, self.max_concurrency)

    def _loaded(self) -> Session:
        session = self._session
        if session is None:
            raise ConfigError("This `Recorded` is not loaded.", "Call `load()` first.")
        return session

    def _make_request(
        self, input: "FormattedInput", task: str, attempt: int, generation_kwargs: dict[str, Any] | None
    ) -> Request:
        sampling = {**self.get_generation_kwargs(), **(generation_kwargs or {})}
        key = (self._keys or Keys(self.llm)).hash(input, attempt, sampling)
        if attempt and self._takes_seed:
            sampling["seed"] = (sampling.get("seed") or getattr(self.llm, "seed", None) or 0) + attempt
        return Request(key, input, sampling, task, attempt)
