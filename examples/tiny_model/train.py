"""Trains, on CPU and from nothing, a language model of one million parameters that answers SysGen's prompts.

    python -m examples.tiny_model.train --output sysgen-tiny-test-engine

It is a test engine: it writes the formats the phases ask for, and understands nothing.
"""

from __future__ import annotations

import argparse
import time
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any, Final

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from examples.tiny_model.conversations import make_conversations
from examples.tiny_model.pairs import Pair, make_pairs
from examples.tiny_model.tokenizer import train_tokenizer
from sysgen_distilabel.simulated_notice import MODEL_MARK, TEST_ENGINE

CONTEXT: Final = 2048

_HEAD: Final = 32
_TOKENS_PER_BATCH: Final = 3072
_RATE: Final = 3e-3
_WARM_UP: Final = 50
_BETWEEN_SIGNS: Final = 20
IGNORED: Final = -100

_CARD: Final = f"""# {TEST_ENGINE}

A language model for testing SysGen on a real engine. It was trained for a few minutes on answers of
the simulated engine, which follow rules: it writes the formats the phases ask for and understands
nothing. Do not publish what it generates as data.
"""

Example = tuple[list[int], int]
"""Token ids, and where the answer begins in them."""


def main() -> None:
    """Make the training pairs, train, and save a directory that vLLM can serve."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path(TEST_ENGINE))
    parser.add_argument("--steps", type=int, default=400, help="batches to learn from")
    parser.add_argument("--conversations", type=int, default=2500)
    parser.add_argument("--hidden", type=int, default=128, help="width; a wider engine is a slower one")
    parser.add_argument("--layers", type=int, default=4)
    options = parser.parse_args()
    torch.manual_seed(0)
    pairs = make_pairs(make_conversations(options.conversations, seed=0))
    tokenizer = train_tokenizer(
        (f"<|start|>{m['role']}\n{m['content']}" for pair in pairs for m in pair.messages + _said(pair)),
        vocabulary=2048,
    )
    examples = [to_example(pair, tokenizer) for pair in pairs]
    model = make_model(tokenizer, options.hidden, options.layers)
    print(f"{len(pairs)} pairs, {len(tokenizer)} tokens, {model.num_parameters():,} parameters", flush=True)
    train(model, examples, options.steps)
    model.save_pretrained(options.output)
    tokenizer.save_pretrained(options.output)
    (options.output / "README.md").write_text(_CARD, encoding="utf-8")


def make_model(tokenizer: PreTrainedTokenizerFast, hidden: int, layers: int) -> LlamaForCausalLM:
    """A Llama with random weights."""
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=-(-len(tokenizer) // 64) * 64,
            hidden_size=hidden,
            intermediate_size=3 * hidden,
            num_hidden_layers=layers,
            num_attention_heads=hidden // _HEAD,
            num_key_value_heads=hidden // _HEAD,
            head_dim=_HEAD,
            max_position_embeddings=CONTEXT,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            **{MODEL_MARK: True},
        )
    )
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model


def to_example(pair: Pair, tokenizer: PreTrainedTokenizerFast) -> Example:
    """The tokens of a prompt and its answer."""
    prompt = tokenizer.apply_chat_template(pair.messages, tokenize=False, add_generation_prompt=True)
    prompt_ids = tokenizer.encode(prompt, add_special_tokens=False)
    answer_ids = tokenizer.encode(pair.answer, add_special_tokens=False)
    return [*prompt_ids, *answer_ids, tokenizer.eos_token_id], len(prompt_ids)


def train(model: LlamaForCausalLM, examples: list[Example], steps: int) -> None:
    """Train on the answers; the learning rate rises for some steps and then falls to nothing."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=_RATE, weight_decay=0.01)
    started = time.monotonic()
    for step, batch in zip(range(1, steps + 1), cycle(make_batches(examples)), strict=False):
        for group in optimizer.param_groups:
            group["lr"] = _RATE * min(step / _WARM_UP, 1 - (step - 1) / steps)
        loss = model(**to_tensors(batch)).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        if step % _BETWEEN_SIGNS == 0 or step == steps:
            print(
                f"step {step} of {steps}, {time.monotonic() - started:.0f} s, loss {loss.item():.3f}",
                flush=True,
            )


def make_batches(examples: list[Example]) -> list[list[Example]]:
    """Batches of about equal numbers of tokens, each of examples about equally long."""
    batches: list[list[Example]] = [[]]
    for example in sorted(examples, key=lambda example: len(example[0])):
        if len(example[0]) * (len(batches[-1]) + 1) > _TOKENS_PER_BATCH:
            batches.append([])
        batches[-1].append(example)
    Random(0).shuffle(batches)
    return batches


def to_tensors(batch: list[Example]) -> dict[str, Any]:
    """Padded tokens, with only the answers to be learnt."""
    width = max(len(ids) for ids, _ in batch)
    return {
        "input_ids": torch.tensor([ids + [0] * (width - len(ids)) for ids, _ in batch]),
        "attention_mask": torch.tensor([[1] * len(ids) + [0] * (width - len(ids)) for ids, _ in batch]),
        "labels": torch.tensor(
            [[IGNORED] * start + ids[start:] + [IGNORED] * (width - len(ids)) for ids, start in batch]
        ),
    }


def _said(pair: Pair) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": pair.answer}]


if __name__ == "__main__":
    main()
