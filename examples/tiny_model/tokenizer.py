"""A tokenizer that has the constant text of the Tasks' prompts as a few long tokens.

The prompts of SysGen are a thousand tokens of instructions around little that varies. A model of a
few million parameters need not read instructions that never change: for its tokenizer, a hundred
letters of them are one word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from sysgen_distilabel.llms import SimulatedLLM
from sysgen_distilabel.tasks import GenerateSystemMessage, VerifyFunctionalities

CHAT_TEMPLATE: Final = (
    "{% for message in messages %}<|start|>{{ message.role }}\n{{ message.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)

_SPECIAL_TOKENS: Final = ["<|pad|>", "<|start|>", "<|end|>"]
_SENTINEL: Final = "\x01"
_VARYING: Final = re.compile(rf"(?:~{{4,}}\n)?(?:\d+\. )?(?:<<\w+>>)?{_SENTINEL}(?:<</\w+>>)?(?:\n~{{4,}})?")
_SHORTEST_BLOCK: Final = 24
_TOKEN_LENGTH: Final = 150
"""The library that vLLM uses for grammars takes no tokens of more than about 250 bytes."""


def train_tokenizer(
    texts: Iterable[str], vocabulary: int, chat_template: str = CHAT_TEMPLATE
) -> PreTrainedTokenizerFast:
    """Train a byte-level BPE tokenizer, without any download.

    Args:
        texts: what the rest of the vocabulary is learnt from.
        vocabulary: the number of tokens, without those for the constant text.
        chat_template: the jinja template of the model.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=vocabulary,
            special_tokens=_SPECIAL_TOKENS,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    tokenizer.add_tokens([AddedToken(block, normalized=False) for block in find_constant_text()])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|end|>",
        pad_token="<|pad|>",
        chat_template=chat_template,
        clean_up_tokenization_spaces=False,
    )


def find_constant_text() -> list[str]:
    """The stretches of the prompts that are the same for every row, cut into tokens."""
    turns = [{"role": role, "content": _SENTINEL} for role in ("user", "assistant")]
    phrases = [{"functionality": "Role", "text": _SENTINEL}]
    prompts = [
        GenerateSystemMessage(llm=SimulatedLLM()).format_input({"messages": turns}),
        VerifyFunctionalities(llm=SimulatedLLM()).format_input({"phrases": phrases}),
        VerifyFunctionalities(llm=SimulatedLLM(), verdict_per="phrase").format_input({"phrases": phrases}),
    ]
    blocks = {
        block
        for prompt in prompts
        for message in prompt
        for block in _VARYING.split(message["content"])
        if len(block) >= _SHORTEST_BLOCK
    }
    return sorted({token for block in blocks for token in _cut(block)})


def _cut(block: str) -> list[str]:
    """The block in pieces of one length, so that prompts which begin alike have tokens in common.

    The last piece is longer rather than short, as a short one might occur in other text.
    """
    starts = range(0, max(1, len(block) - _SHORTEST_BLOCK), _TOKEN_LENGTH)
    ends = [*starts[1:], len(block)]
    return [block[start:end] for start, end in zip(starts, ends, strict=True)]
