"""How likely a model finds an answer that is there already: asked of a vLLM server, or of transformers."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile
from typing import Any, Final, Protocol

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.extras import missing_extra
from sysgen_distilabel.llms.openai_client import find_addresses
from sysgen_distilabel.measures.lift import Likelihood

_AT_ONCE: Final = 32

Chat = Sequence[dict[str, Any]]
"""A conversation that ends with the answer to be measured."""


class Likelihoods(Protocol):
    """Tells how likely a model finds the last message of each conversation, after those before it."""

    def measure(self, chats: Sequence[Chat]) -> list[Likelihood]:
        """The likelihoods, in the order of the conversations; the end of the turn is not counted."""
        ...

    def close(self) -> None:
        """Let go of the model or the connection."""
        ...


class ServerLikelihoods:
    """The likelihoods of a vLLM server, from its log-probabilities of prompts: one prefill for each.

    Args:
        base_url: of the server, with `/v1`.
        model: the name it is served under.
        api_key: the key, else that of the environment.
    """

    def __init__(self, base_url: str, model: str, api_key: str | None = None) -> None:
        self._address = find_addresses(base_url, api_key)[0]
        self._client = self._address.make_client()
        self._model = model

    def measure(self, chats: Sequence[Chat]) -> list[Likelihood]:
        """The likelihoods, many requests at once.

        Raises:
            RequestFailed: if the server fails.
            ConfigError: if it does not give log-probabilities of prompts, as vLLM does.
        """
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self._measure, chats))

    def _measure(self, chat: Chat) -> Likelihood:
        try:
            prompt = self._client.post(
                f"{self._client.base_url}".removesuffix("v1/") + "tokenize",
                body={"model": self._model, "messages": chat[:-1], "add_generation_prompt": True},
                cast_to=dict[str, Any],
            )["tokens"]
            reply = self._client.chat.completions.create(
                model=self._model,
                messages=list(chat),  # type: ignore[arg-type]
                max_tokens=1,
                temperature=0.0,
                extra_body={
                    "prompt_logprobs": 0,
                    "add_generation_prompt": False,
                    "continue_final_message": True,
                },
            )
        except Exception as error:
            raise self._address.to_failure(error) from None
        tokens = getattr(reply, "prompt_logprobs", None)
        if not tokens:
            raise ConfigError(
                f"{self._address.shown} does not say how likely a prompt is.",
                "MeasureLift needs a vLLM server (`prompt_logprobs`), or `base_url: null` for transformers.",
            )
        return _from_entries(tokens, prompt)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _from_entries(entries: list[dict[str, Any] | None], prompt: list[int]) -> Likelihood:
    """vLLM's entry for each token, of which the first has none, without those of the prompt."""
    chosen = [next(iter(entry.items())) if entry else ("", None) for entry in entries]
    # The answer's first letters may have become one token with the end of the prompt.
    shared = zip(chosen[1:], prompt[1:], strict=False)
    known = 1 + sum(1 for _ in takewhile(lambda pair: int(pair[0][0]) == pair[1], shared))
    values = [float(value["logprob"]) for _, value in chosen[known:] if value]
    return Likelihood(sum(values), len(values))


class LocalLikelihoods:
    """The likelihoods of a small model in this process, by transformers; on a CPU unless torch finds a GPU.

    Args:
        model: name on the Hub or path of a model with a chat template.
    """

    def __init__(self, model: str) -> None:
        try:
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer
        except ImportError as error:
            raise missing_extra("MeasureLift without a server", "train", "torch and transformers") from error
        self._torch = torch
        device = "cuda" if torch.cuda.is_available() else "cpu"
        self._tokenizer = AutoTokenizer.from_pretrained(model)
        self._model = AutoModelForCausalLM.from_pretrained(model).to(device).eval()

    def measure(self, chats: Sequence[Chat]) -> list[Likelihood]:
        """The likelihoods, one forward pass for each."""
        return [self._measure(chat) for chat in chats]

    def _measure(self, chat: Chat) -> Likelihood:
        prompt = self._tokenise(chat[:-1], add_generation_prompt=True)
        ids = self._tokenise(chat, continue_final_message=True)
        known = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(ids, prompt, strict=False)))
        given = self._torch.tensor([ids], device=self._model.device)
        with self._torch.inference_mode():
            logits = self._model(given).logits[0, :-1].float()
        chosen = logits.log_softmax(-1).gather(1, given[0, 1:, None])[known - 1 :, 0]
        return Likelihood(float(chosen.sum()), len(chosen))

    def _tokenise(self, chat: Chat, **how: bool) -> list[int]:
        text = self._tokenizer.apply_chat_template(list(chat), tokenize=False, **how)
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def close(self) -> None:
        """Let go of the model."""
        self._model = None
