"""A Llama with random weights and a tokenizer of its own, built in seconds and without downloads."""

import json

from sysgen_distilabel.simulated_notice import TEST_ENGINE
from tests.commands import EXAMPLES

NAME = TEST_ENGINE

# Like Gemma's: the template refuses a system message.
NO_SYSTEM_TEMPLATE = (
    "{% for message in messages %}{% if message.role == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}"
    "<|start|>{{ message.role }}\n{{ message.content }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)


def build_tiny_model(directory, hidden=64, layers=2):
    """Write a model that vLLM can serve; its chats begin with the token its tokenizer adds by itself."""
    import torch
    from tokenizers.processors import TemplateProcessing

    from examples.tiny_model.tokenizer import train_tokenizer
    from examples.tiny_model.train import make_model

    tokenizer = train_tokenizer(_example_texts(), vocabulary=1024)
    start = tokenizer.convert_tokens_to_ids("<|start|>")
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single="<|start|> $A", special_tokens=[("<|start|>", start)]
    )
    torch.manual_seed(0)
    make_model(tokenizer, hidden, layers).save_pretrained(directory)
    tokenizer.save_pretrained(directory)
    return directory


def _example_texts():
    lines = (EXAMPLES / "messages.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines:
        for message in json.loads(line)["messages"]:
            yield f"<|start|>{message['role']}\n{message['content']}\n~~~~"
