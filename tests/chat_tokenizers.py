"""Real tokenizers, built in the test, with the special tokens and the chat template of a known model."""

import json
from pathlib import Path

TEMPLATES = Path(__file__).parent / "fixtures" / "chat_templates"

# BOS, EOS, and what else is special.
SPECIAL_TOKENS = {
    "llama-3.1": ("<|begin_of_text|>", "<|eot_id|>", ["<|start_header_id|>", "<|end_header_id|>"]),
    "qwen2.5": (None, "<|im_end|>", ["<|im_start|>", "<|endoftext|>"]),
    "qwen3": (None, "<|im_end|>", ["<|im_start|>", "<|endoftext|>"]),
    "phi-4": ("<|endoftext|>", "<|im_end|>", ["<|im_start|>", "<|im_sep|>"]),
    "gemma-2": ("<bos>", "<eos>", ["<start_of_turn>", "<end_of_turn>"]),
    "gemma-3": ("<bos>", "<eos>", ["<start_of_turn>", "<end_of_turn>"]),
    "mistral": ("<s>", "</s>", ["[INST]", "[/INST]"]),
    "solar": ("<s>", "</s>", []),
}


def build_tokenizer(name, template=None):
    """The tokenizer of a known model."""
    source = template or (TEMPLATES / f"{name}.jinja").read_text(encoding="utf-8")
    return make_tokenizer(*SPECIAL_TOKENS[name], source)


def make_tokenizer(bos, eos, others, template):
    """A byte-level tokenizer: every byte is a token, and so is every special token."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = {byte: number for number, byte in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    backend = Tokenizer(models.BPE(vocab=alphabet, merges=[]))
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    backend.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=backend,
        bos_token=bos,
        eos_token=eos,
        chat_template=template,
        clean_up_tokenization_spaces=False,
    )
    tokenizer.add_special_tokens({"additional_special_tokens": others})
    return tokenizer


def save_tokenizer(name, directory, template=None):
    """Write such a tokenizer as a model's directory has it, and return the directory."""
    build_tokenizer(name, template).save_pretrained(directory)
    return directory


def save_checkpoint(name, directory, shapes):
    """A model's directory: its tokenizer, its configuration, and weights of which there is only the head."""
    save_tokenizer(name, directory)
    (directory / "config.json").write_text(json.dumps({"model_type": "llama", "vocab_size": 300}))
    tensors = {key: {"dtype": "F32", "shape": shape, "data_offsets": [0, 0]} for key, shape in shapes.items()}
    head = json.dumps({"__metadata__": {"format": "pt"}} | tensors).encode()
    (directory / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head)
    return directory


def spell(tokenizer, text, specials):
    """The tokens a text has to become: the special ones whole, everything else byte by byte."""
    tokens, place = [], 0
    while place < len(text):
        special = next((token for token in specials if text.startswith(token, place)), None)
        if special:
            tokens.append(special)
            place += len(special)
        else:
            byte = text[place]
            tokens += tokenizer.backend_tokenizer.pre_tokenizer.pre_tokenize_str(byte)[0][0]
            place += 1
    return tokens
