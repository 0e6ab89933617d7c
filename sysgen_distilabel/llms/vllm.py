"""An engine inside the process for today's vLLM, in place of distilabel's class of the same name."""

import contextlib
import hashlib
import importlib.util
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from distilabel.mixins.runtime_parameters import RuntimeParameter
from distilabel.models.llms.vllm import vLLM as HostVLLM
from distilabel.utils.ray import script_executed_in_ray_cluster
from pydantic import Field, PositiveInt, PrivateAttr, validate_call

from sysgen_distilabel.chat_templates import SystemRole, detect_system_role, fold_system
from sysgen_distilabel.errors import ConfigError, SysGenError
from sysgen_distilabel.llms.capabilities import FORMATS
from sysgen_distilabel.llms.vllm_requests import to_structured_outputs, vllm_errors
from sysgen_distilabel.recorded.faults import RequestFailed
from sysgen_distilabel.recorded.reply import Fault, FaultKind
from sysgen_distilabel.serving.serve_failures import explain_text, missing_vllm

if TYPE_CHECKING:
    from distilabel.typing import FormattedInput, GenerateOutput, StandardInput
    from vllm.outputs import RequestOutput

_OWN_PROCESS: Final = "VLLM_ENABLE_V1_MULTIPROCESSING"

_CHANGES_ANSWERS: Final = (
    "generation_config",
    "hf_overrides",
    "kv_cache_dtype",
    "logits_processors",
    "override_generation_config",
    "structured_outputs_config",
)
"""Arguments of the engine that change what it answers, and not only how fast."""


class vLLM(HostVLLM):
    """Distilabel's `vLLM` for vLLM 0.32 and later, with the same fields and arguments.

    Distilabel's class passes an argument that vLLM has dropped, so every call of it fails. This one
    also hands over token ids, so that no prompt gets a second BOS token; takes its counts from the
    engine; uses the engine's own structured outputs, for the whole LLM or per input; keeps the
    order of inputs with equal prompts; gives a `finish_reason` per generation; writes the system
    message into the first user turn for a model whose chat template has no system role; and frees
    the memory in `unload`.

    GPUs are placed as in distilabel, also inside `Recorded`, and not where no NVIDIA driver is found.
    `logits_processors` is no argument of `generate` any more: vLLM takes them when it starts.

    Attributes:
        structured_output: `{"format": ..., "schema": ...}` with the format `json`, `regex`,
            `choice`, `grammar` or `structural_tag`, for inputs that bring none of their own.
            Further keys are passed to vLLM's `StructuredOutputsParams`.

    Runtime parameters:
        - `extra_kwargs`: further arguments of vLLM's `LLM`, such as `max_model_len`.
        - `structured_output`: the structured output of inputs that bring none.

    Examples:
        Generate one of two words:

        ```python
        from sysgen_distilabel.llms import vLLM

        llm = vLLM(model="Qwen/Qwen2.5-0.5B-Instruct", extra_kwargs={"max_model_len": 4096})
        llm.load()
        chat = [{"role": "user", "content": "Is the sky blue?"}]
        wanted = {"format": "choice", "schema": ["yes", "no"]}
        output = llm.generate(inputs=[(chat, wanted)], temperature=0.0)
        llm.unload()
        ```
    """

    structured_output: RuntimeParameter[dict[str, Any]] | None = Field(
        default=None, description="The structured output of inputs that bring none."
    )

    _model: Any = PrivateAttr(default=None)
    _tokenizer: Any = PrivateAttr(default=None)
    _llm_identifier: str | None = PrivateAttr(default=None)
    _desired_num_gpus: int = PrivateAttr(default=1)
    _system_role: SystemRole | None = PrivateAttr(default=None)

    def load(self) -> None:
        """Start the engine and look how its chat template treats a system message.

        Raises:
            ConfigError: if vLLM is missing, or cannot start with this model or these arguments.
        """
        if not importlib.util.find_spec("vllm"):
            raise missing_vllm()
        self._set_up_placement()
        try:
            with _engine_in_this_process():
                super().load()
        except SysGenError:
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}"  # as in a log of the server
            raise explain_text(said, f"vLLM cannot load '{self.model}'") from error
        if not (self.chat_template or self._tokenizer.chat_template):
            raise ConfigError(f"The model '{self.model}' has no chat template.", "Set `chat_template`.")
        self._system_role = detect_system_role(self._render)

    def sleep(self, level: int = 1) -> None:
        """Give the GPU memory back while the engine is not needed; `extra_kwargs` must enable it.

        Args:
            level: 1 keeps the weights in main memory, 2 drops them.

        Raises:
            ConfigError: if the engine was started without `enable_sleep_mode`.
        """
        if not (self.extra_kwargs or {}).get("enable_sleep_mode"):
            raise ConfigError("This engine cannot sleep.", "Set `extra_kwargs={'enable_sleep_mode': True}`.")
        self._model.sleep(level=level)

    def wake_up(self) -> None:
        """Take the memory again after `sleep`."""
        self._model.wake_up()

    @property
    def structured_output_formats(self) -> frozenset[str]:
        """The formats of structured output the engine takes, for Tasks that can use one."""
        return frozenset(FORMATS)

    @property
    def request_identity(self) -> dict[str, Any]:
        """The settings that change answers, for the key under which a reply is stored."""
        template = self.chat_template
        extra = self.extra_kwargs or {}
        return {
            "chat_template": hashlib.sha256(template.encode()).hexdigest() if template else None,
            "dtype": self.dtype,
            "quantization": self.quantization,
            "revision": self.revision,
            "seed": self.seed,
            "tokenizer": self.tokenizer,
            "tokenizer_revision": self.tokenizer_revision,
            **{name: extra[name] for name in _CHANGES_ANSWERS if name in extra},
        }

    def prepare_input(self, input: "StandardInput | str") -> str:
        """The prompt for a chat, with its system message where the model reads it."""
        if isinstance(input, str):
            return input
        if self._system_role and not self._system_role.is_heard:
            input = fold_system(input)
        return str(self.apply_magpie_pre_query_template(self._render(input) if input else "", input))

    @validate_call
    def generate(
        self,
        inputs: list[Any],
        num_generations: int = 1,
        max_new_tokens: int = 128,
        presence_penalty: float = 0.0,
        frequency_penalty: float = 0.0,
        repetition_penalty: float = 1.0,
        temperature: float = 1.0,
        top_p: float = 1.0,
        top_k: int = -1,
        min_p: float = 0.0,
        logprobs: PositiveInt | None = None,
        stop: list[str] | None = None,
        stop_token_ids: list[int] | None = None,
        include_stop_str_in_output: bool = False,
        skip_special_tokens: bool = True,
        seed: int | None = None,
        extra_sampling_params: dict[str, Any] | None = None,
        echo: bool = False,
    ) -> list[Any]:
        """Generate answers to several inputs side by side.

        Args:
            inputs: chats in the OpenAI format, chats with the structured output wanted, or plain
                prompts.
            num_generations: the number of answers per input. Defaults to `1`.
            max_new_tokens: the most tokens of an answer. Defaults to `128`.
            presence_penalty: penalty for tokens that are in the answer already. Defaults to `0.0`.
            frequency_penalty: penalty that grows with how often they are. Defaults to `0.0`.
            repetition_penalty: penalty for tokens in the prompt or the answer. Defaults to `1.0`.
            temperature: the temperature of the sampling. Defaults to `1.0`.
            top_p: the share of the probability to sample from. Defaults to `1.0`.
            top_k: the number of tokens to sample from, `-1` for all. Defaults to `-1`.
            min_p: the least probability, relative to the greatest. Defaults to `0.0`.
            logprobs: the number of log probabilities per token. Defaults to `None`.
            stop: strings that end an answer. Defaults to `None`.
            stop_token_ids: tokens that end an answer. Defaults to `None`.
            include_stop_str_in_output: whether the string that ended it is in the answer.
                Defaults to `False`.
            skip_special_tokens: whether special tokens are left out of the text. Defaults to `True`.
            seed: seed of the sampling, for answers that can be had again. Defaults to `None`.
            extra_sampling_params: further arguments of vLLM's `SamplingParams`. Defaults to `None`.
            echo: whether the prompt is put before the answer. Defaults to `False`.

        Returns:
            One dictionary per input, with a `finish_reason` per answer.

        Raises:
            RequestFailed: if vLLM refuses an input, such as one too long for its context.
            EngineGone: if the engine has ended.
        """
        sampling = {
            "n": num_generations,
            "max_tokens": max_new_tokens,
            "presence_penalty": presence_penalty,
            "frequency_penalty": frequency_penalty,
            "repetition_penalty": repetition_penalty,
            "temperature": temperature,
            "top_p": top_p,
            "top_k": top_k,
            "min_p": min_p,
            "logprobs": logprobs,
            "prompt_logprobs": logprobs if echo else None,
            "stop": stop,
            "stop_token_ids": stop_token_ids,
            "include_stop_str_in_output": include_stop_str_in_output,
            "skip_special_tokens": skip_special_tokens,
            "seed": seed,
            **(extra_sampling_params or {}),
        }
        pairs = [_split(input) for input in inputs]
        prompts = [self.prepare_input(prompt) for prompt, _ in pairs]
        with vllm_errors():
            results = self._model.generate(
                [
                    {"prompt_token_ids": self._encode(prompt, special_tokens=isinstance(raw, str))}
                    for prompt, (raw, _) in zip(prompts, pairs, strict=True)
                ],
                [self._make_sampling(sampling, wanted) for _, wanted in pairs],
                use_tqdm=False,
            )
        return [
            self._to_output(result, prompt if echo else "")
            for prompt, result in zip(prompts, results, strict=True)
        ]

    def _encode(self, prompt: str, special_tokens: bool) -> list[int]:
        """Token ids; a rendered chat has its special tokens already."""
        ids: list[int] = self._tokenizer.encode(prompt, add_special_tokens=special_tokens)
        limit = self._model.llm_engine.model_config.max_model_len
        if len(ids) >= limit:
            message = f"the prompt has {len(ids)} tokens, and the engine's context is {limit} tokens"
            raise RequestFailed(Fault(FaultKind.BAD_REQUEST, message))
        return ids

    def _make_sampling(self, sampling: dict[str, Any], wanted: Mapping[str, Any] | None) -> Any:
        from vllm import SamplingParams
        from vllm.sampling_params import StructuredOutputsParams

        structured = to_structured_outputs(wanted or self.structured_output)
        # Each request needs its own object: the engine writes into them.
        return SamplingParams(
            **sampling, structured_outputs=StructuredOutputsParams(**structured) if structured else None
        )

    def _to_output(self, result: "RequestOutput", prefix: str) -> "GenerateOutput":
        answers = result.outputs
        count = len(answers)
        output: dict[str, Any] = {
            "generations": [prefix + answer.text for answer in answers],
            "statistics": {
                "input_tokens": [len(result.prompt_token_ids or ())] * count,
                "output_tokens": [len(answer.token_ids) for answer in answers],
                "cached_tokens": [result.num_cached_tokens or 0] * count,
            },
            "finish_reason": [answer.finish_reason for answer in answers],
        }
        if answers and answers[0].logprobs is not None:
            before = self._get_llm_logprobs(result.prompt_logprobs) if result.prompt_logprobs else []
            output["logprobs"] = [before + self._get_llm_logprobs(answer.logprobs) for answer in answers]
        return output

    def _render(self, messages: "StandardInput") -> str:
        # Setting the tokenizer's own template, as distilabel does, is without effect in current vLLM.
        return str(
            self._tokenizer.apply_chat_template(
                messages,
                tokenize=False,
                add_generation_prompt=True,
                chat_template=self.chat_template or self._tokenizer.chat_template,
            )
        )

    def _prepare_structured_output(self, structured_output: Any) -> None:
        """Called by distilabel in `load`; there is nothing to prepare, and the form can be checked."""
        try:
            to_structured_outputs(structured_output)
        except ValueError as error:
            raise ConfigError(f"Wrong `structured_output`: {error}.") from None

    def _set_up_placement(self) -> None:
        """Do for an LLM inside `Recorded` what distilabel does for the LLM of a Task."""
        if script_executed_in_ray_cluster() or not _has_nvidia_driver():
            self.disable_cuda_device_placement = True
        if self._llm_identifier is None:
            self._llm_identifier = f"{self.model}-{os.getpid()}-{id(self)}"
        extra = self.extra_kwargs or {}
        gpus = extra.get("tensor_parallel_size", 1) * extra.get("pipeline_parallel_size", 1)
        self._desired_num_gpus = max(self._desired_num_gpus, gpus)

    def _cleanup_vllm_model(self) -> None:
        if self._model is None:
            return
        from vllm.distributed.parallel_state import cleanup_dist_env_and_memory

        self._model.llm_engine.engine_core.shutdown()
        self._model = None
        cleanup_dist_env_and_memory()


@contextlib.contextmanager
def _engine_in_this_process() -> Iterator[None]:
    """Keep vLLM from starting an engine process, which outlives this one if it is killed, and keeps the GPU.

    A value in the user's environment wins, and other engines that are started later see nothing of it.
    """
    given = os.environ.get(_OWN_PROCESS)
    os.environ.setdefault(_OWN_PROCESS, "0")
    try:
        yield
    finally:
        if given is None:
            os.environ.pop(_OWN_PROCESS, None)


def _has_nvidia_driver() -> bool:
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # not installed, or no driver: either way there is nothing to place
        return False
    return True


def _split(input: "FormattedInput") -> tuple[Any, Mapping[str, Any] | None]:
    return (input[0], input[1]) if isinstance(input, tuple) else (input, None)
