"""An LLM class for every engine that speaks the API of OpenAI, on one address or on several."""

import asyncio
import functools
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from inspect import isclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from distilabel.mixins.runtime_parameters import RuntimeParameter
from distilabel.models.llms.base import AsyncLLM
from pydantic import Field, PositiveFloat, PrivateAttr, SecretStr, field_validator

from sysgen_distilabel.chat_templates import SystemRole, fold_system
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.llms.balancer import Balancer
from sysgen_distilabel.llms.capabilities import VLLM, Capabilities
from sysgen_distilabel.llms.chat_api import read_json_schema, split_input, write_structured_output
from sysgen_distilabel.llms.completion import Generation, read_completion, write_output
from sysgen_distilabel.llms.findings import Findings
from sysgen_distilabel.llms.openai_client import Address, find_addresses
from sysgen_distilabel.llms.probe import Probe, probe_all
from sysgen_distilabel.recorded.faults import RequestFailed
from sysgen_distilabel.recorded.reply import FaultKind
from sysgen_distilabel.serving.engine_keys import find_key

if TYPE_CHECKING:
    from distilabel.typing import FormattedInput, GenerateOutput
    from openai import AsyncOpenAI


class EndpointLLM(AsyncLLM):
    """Any engine with an OpenAI-compatible API: vLLM and other servers, gateways, OpenAI itself.

    `load` asks the engine what it serves and what it can do: whether it has the model, whether its
    chat template takes a system message, which structured outputs it takes, how long a context may
    be. A wrong address, key or model ends there, with one message. A system message that the
    template would refuse or drop is written into the first user turn, and a warning says so.

    With several addresses, each request goes to the one with the fewest in flight; one to which
    connections fail is left out and tried again later. There is no limit on the requests in flight
    and on the seconds a reply may take, and nothing is sent twice: all that is for `Recorded`, which
    every Task of SysGen puts around the LLM.

    A reply comes with its `finish_reason`, with the tokens of its prompt that were found in the
    prefix cache (vLLM tells with `--enable-prompt-tokens-details`) and, where the engine keeps it
    apart, with the `reasoning` before it.

    Attributes:
        model: the name the engine serves the model under.
        base_url: the address, or several that serve the same model. Without it, `OPENAI_BASE_URL`
            of the environment, or else OpenAI's own.
        api_key: the key, never written to YAML. Without it, that of the server that this process has
            started there, else `SYSGEN_API_KEY` or `OPENAI_API_KEY` of the environment; without these a
            dummy, for engines that need none.
        extra_body: what is sent with every request beyond the API of OpenAI, such as
            `{"chat_template_kwargs": {"enable_thinking": False}}` for vLLM.
        structured_output: `{"format": ..., "schema": ...}` with the format `json`, `regex`, `grammar`
            or `choice`, for inputs that bring none of their own.
        system_role: `auto` folds the system message into the first user turn where the chat
            template refuses or drops it, `fold` does so always and `native` never.
        readmit_after: seconds a dead address is left out, where there are several.

    Runtime parameters:
        - `base_url`: the address of the engine, or several.
        - `api_key`: the key to the engine.
        - `extra_body`: what is sent with every request beyond the API of OpenAI.
        - `structured_output`: the structured output of inputs that bring none.
        - `readmit_after`: seconds a dead address is left out. Defaults to `10.0`.

    Examples:
        Ask a vLLM server:

        ```python
        from sysgen_distilabel.llms import EndpointLLM

        llm = EndpointLLM(model="Qwen/Qwen2.5-14B-Instruct", base_url="http://localhost:8000/v1")
        llm.load()
        output = llm.generate(inputs=[[{"role": "user", "content": "Hello"}]], max_new_tokens=64)
        llm.unload()
        ```

        Share the requests out among two servers:

        ```python
        from sysgen_distilabel.llms import EndpointLLM
        from sysgen_distilabel.tasks import GenerateSystemMessage

        llm = EndpointLLM(
            model="Qwen/Qwen2.5-14B-Instruct",
            base_url=["http://gpu1:8000/v1", "http://gpu2:8000/v1"],
        )
        task = GenerateSystemMessage(llm=llm)
        ```
    """

    model: str
    base_url: RuntimeParameter[str | list[str]] | None = Field(
        default=None, description="The address of the engine, or several."
    )
    api_key: RuntimeParameter[SecretStr] | None = Field(
        default=None, exclude=True, description="The key to the engine."
    )
    extra_body: RuntimeParameter[dict[str, Any]] | None = Field(
        default_factory=dict, description="What is sent with every request beyond the API of OpenAI."
    )
    structured_output: RuntimeParameter[dict[str, Any]] | None = Field(
        default=None, description="The structured output of inputs that bring none."
    )
    system_role: Literal["auto", "native", "fold"] = "auto"
    readmit_after: RuntimeParameter[PositiveFloat] = Field(
        default=10.0, exclude=True, description="Seconds a dead address is left out."
    )

    takes_tool_turns: ClassVar[bool] = True
    """Whether tool calls and their results may be in the input; distilabel's own LLMs refuse them."""

    _addresses: list[Address] = PrivateAttr(default_factory=list)
    _findings_directory: Path | None = PrivateAttr(default=None)
    _findings: Findings | None = PrivateAttr(default=None)
    _capabilities: Capabilities | None = PrivateAttr(default=None)
    _balancers: dict[Any, Any] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: Any, /) -> None:
        """Take the key of an engine that this process has started; it goes along to other processes."""
        super().model_post_init(context)
        if self.api_key is None and (key := find_key(self.base_url)):
            self.api_key = SecretStr(key)

    @field_validator("structured_output")
    @classmethod
    def _write_out_schema(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        """A pydantic class becomes its JSON schema, which YAML can hold."""
        if value and isclass(value.get("schema")):
            return {**value, "schema": read_json_schema(value["schema"])}
        return value

    def load(self) -> None:
        """Ask the engine what it serves and what it can do.

        Raises:
            EngineGone: if nobody listens at any of the addresses.
            ConfigError: if the key is refused, the model is not served or the default structured
                output is not taken, or if an address is none.
        """
        super().load()
        self._addresses = find_addresses(
            self.base_url, self.api_key.get_secret_value() if self.api_key else None
        )
        extra_body = self.extra_body or {}
        urls = [address.url for address in self._addresses]
        self._findings = Findings(self._findings_directory, urls, self.model, extra_body)
        found = probe_all(self._addresses, self.model, extra_body, self._logger, self._findings)
        if self.structured_output:
            write_structured_output(self.structured_output, found)
        self._capabilities = found
        if self.system_role != "fold" and not found.system_role.is_heard:
            self._tell_about_system_role(found.system_role)
        if found.is_ended_by_structured_outputs:
            self._logger.warning(
                f"vLLM {found.version} has CVE-2026-105757: one structured output that fails ends the engine"
                " for all. Replies are read as text; update vLLM to 0.30, or set structured_outputs to on."
            )

    def keep_findings_in(self, directory: Path) -> None:
        """Keep what `load` finds out in this directory, and use what is there; before `load`."""
        self._findings_directory = directory

    def check_sampling(self, sampling: Mapping[str, Any], task: str) -> None:
        """Ask the engine whether it takes these parameters, once per run.

        Args:
            sampling: arguments of `agenerate`.
            task: the Task they are of, for the message.

        Raises:
            ConfigError: if it refuses them.
            EngineGone: if it refuses every request.
        """
        if self.capabilities.server == VLLM:  # it takes all there are
            return
        rest = {name: value for name, value in sampling.items() if name != "extra_body"}
        request = self._write_request([], sampling.get("extra_body"), **rest)
        with closing(Probe(self._addresses[0], self.model, self.extra_body or {}, self._logger)) as probe:
            if self._findings is not None:
                self._findings.check_once(sampling, lambda: probe.check_request(request, task))

    def takes_tools(self) -> bool:
        """Whether tools can be offered with a request, which is asked once per run; a warning says why not.

        Raises:
            ConfigError: before `load`.
        """
        is_vllm = self.capabilities.server == VLLM
        assert self._findings is not None
        with closing(Probe(self._addresses[0], self.model, self.extra_body or {}, self._logger)) as probe:
            reason = self._findings.recall_tools(probe.find_why_no_tools)
        if reason:
            hint = " Start it with --enable-auto-tool-choice and --tool-call-parser." if is_vllm else ""
            self._logger.warning(
                f"'{self.model}' is offered no tools: {reason.rstrip('.')}. Conversations with tools are"
                f" answered without them, which their column `tool_turns` says.{hint}"
            )
        return not reason

    def unload(self) -> None:
        """Let go of the connections, which cannot go to another process."""
        self._balancers = {}
        self._capabilities = None
        self._addresses = []

    @property
    def model_name(self) -> str:
        """The name the engine serves the model under."""
        return self.model

    @property
    def capabilities(self) -> Capabilities:
        """What the engine can do, as `load` found it.

        Raises:
            ConfigError: before `load`.
        """
        if self._capabilities is None:
            raise ConfigError("This `EndpointLLM` is not loaded.", "Call `load()` first.")
        return self._capabilities

    @property
    def structured_output_formats(self) -> frozenset[str]:
        """The formats of structured output that Tasks may use unasked: all that the engine takes safely."""
        is_ended = self.capabilities.is_ended_by_structured_outputs
        return frozenset() if is_ended else self.capabilities.structured_outputs

    @property
    def request_identity(self) -> dict[str, Any] | None:
        """The settings that change answers, for the key under which a reply is stored; mostly none."""
        identity: dict[str, Any] = {}
        if self.extra_body:
            identity["extra_body"] = self.extra_body
        if self.system_role == "fold":
            identity["system_role"] = "fold"
        return identity or None

    async def agenerate(
        self,
        input: "FormattedInput",
        num_generations: int = 1,
        max_new_tokens: int | None = 128,
        temperature: float | None = None,
        top_p: float | None = None,
        top_k: int | None = None,
        frequency_penalty: float | None = None,
        presence_penalty: float | None = None,
        seed: int | None = None,
        stop: str | list[str] | None = None,
        extra_body: dict[str, Any] | None = None,
    ) -> "GenerateOutput":
        """Generate replies to one chat. What is `None` is not sent, and left to the engine.

        Args:
            input: a chat in the OpenAI format, a single user turn as text, or a chat and the
                structured output wanted.
            num_generations: the number of replies, each a request of its own. Defaults to `1`.
            max_new_tokens: the number of tokens after which a reply is cut. Defaults to `128`.
            temperature: how freely tokens are drawn. Defaults to `None`.
            top_p: the share of probability that tokens are drawn from. Defaults to `None`.
            top_k: the number of tokens that are drawn from, for engines that know it, as vLLM
                does. Defaults to `None`.
            frequency_penalty: how much a token is held back for each time it was used. Defaults
                to `None`.
            presence_penalty: how much a token is held back once it was used. Defaults to `None`.
            seed: the seed of the first reply; each further one takes the next. Defaults to `None`.
            stop: the text or texts at which a reply ends. Defaults to `None`.
            extra_body: what is sent beyond the API of OpenAI, over that of the LLM. Defaults to
                `None`.

        Returns:
            The replies, their token counts, and a `finish_reason` and the `reasoning` for each.

        Raises:
            RequestFailed: if the engine fails or refuses.
            ConfigError: if it does not take the structured output, or before `load`.
        """
        request = self._write_request(
            input,
            extra_body,
            max_new_tokens=max_new_tokens,
            temperature=temperature,
            top_p=top_p,
            top_k=top_k,
            frequency_penalty=frequency_penalty,
            presence_penalty=presence_penalty,
            stop=stop,
        )
        seeds = [{} if seed is None else {"seed": seed + number} for number in range(num_generations)]
        return write_output(await asyncio.gather(*(self._ask({**request, **seed}) for seed in seeds)))

    def __del__(self) -> None:
        """Close the event loop; distilabel's own version fails after a failed validation."""
        if getattr(self, "__pydantic_private__", None) is not None:
            super().__del__()

    @property
    def _folds_system(self) -> bool:
        if self.system_role == "auto":
            return self._capabilities is not None and not self._capabilities.system_role.is_heard
        return self.system_role == "fold"

    def _tell_about_system_role(self, found: SystemRole) -> None:
        does = "refuses" if found is SystemRole.RAISES else "drops"
        if self._folds_system:
            so = "it is written into the first user turn"
        else:
            so = "it is sent all the same, as asked for; `system_role='auto'` would fold it"
        self._logger.warning(f"The chat template of '{self.model}' {does} a system message: {so}.")

    def _write_request(
        self, input: "FormattedInput", extra_body: dict[str, Any] | None, **sampling: Any
    ) -> dict[str, Any]:
        """The arguments of the client; of the sampling only what is set."""
        messages, structured = split_input(input, self.structured_output)
        sampled = {
            self.capabilities.limit_name if name == "max_new_tokens" else name: value
            for name, value in sampling.items()
            if value is not None
        }
        options = write_structured_output(structured, self.capabilities) if structured else {}
        top_k = {"top_k": sampled.pop("top_k")} if "top_k" in sampled else {}
        given = {**self.capabilities.loop_stop, **(self.extra_body or {})}
        extra = {**given, **top_k, **options.pop("extra_body", {}), **(extra_body or {})}
        return {
            "model": self.model,
            "messages": fold_system(messages) if self._folds_system else messages,
            **sampled,
            **options,
            "extra_body": extra,
        }

    async def _ask(self, request: dict[str, Any]) -> Generation:
        try:
            return await self._balance().send(functools.partial(_send, request=request))
        except RequestFailed as failure:
            if failure.fault.kind is not FaultKind.UNREACHABLE:
                raise
            urls = ", ".join(address.shown for address in self._addresses)
            raise RequestFailed(replace(failure.fault, message=f"{urls}: {failure.fault.message}")) from None

    def _balance(self) -> "Balancer[_Link]":
        """The balancer of the running event loop, which connections cannot leave."""
        loop = asyncio.get_running_loop()
        if loop not in self._balancers:
            self._balancers = {
                known: found for known, found in self._balancers.items() if not known.is_closed()
            }
            links = {address.url: _Link(address, address.make_async_client()) for address in self._addresses}
            self._balancers[loop] = Balancer(links, self.readmit_after, self._logger)
        balancer: Balancer[_Link] = self._balancers[loop]
        return balancer


class _Link(NamedTuple):
    address: Address
    client: "AsyncOpenAI"


async def _send(link: _Link, request: dict[str, Any]) -> Generation:
    try:
        answer = await link.client.chat.completions.with_raw_response.create(**request)
        return read_completion(answer.http_response.content)
    except RequestFailed:
        raise
    except Exception as error:
        raise link.address.to_failure(error) from None
