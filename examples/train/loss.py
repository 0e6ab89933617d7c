"""Mean loss per token of a model on the completions of an export: how well it expects aligned responses.

python -m examples.train.loss student data --hold-out 0.2
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from sysgen_distilabel import is_held_out


def main() -> None:
    """Print the loss."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="a directory or a Hub id")
    parser.add_argument("export", type=Path, help="an export of the format trl-prompt-completion")
    parser.add_argument("--hold-out", type=float, default=1.0, help="only rows held out at this share")
    options = parser.parse_args()
    print(f"{measure_loss(options.model, options.export, options.hold_out):.4f}")


@torch.inference_mode()
def measure_loss(model_name: str, export: Path, hold_out: float = 1.0) -> float:
    """The mean of the negative log probability of every completion token, its end token included.

    Args:
        model_name: the model; its own chat template is used.
        export: a directory with `train.jsonl` of `prompt` and `completion`.
        hold_out: only rows that an export with `--hold-out` at this share leaves out; at 1 all rows.
    """
    tokenizer = AutoTokenizer.from_pretrained(model_name)
    model = AutoModelForCausalLM.from_pretrained(model_name).eval()
    total, tokens = 0.0, 0
    with (export / "train.jsonl").open(encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            if not is_held_out(line["source_id"], hold_out):
                continue
            prompt = tokenizer.apply_chat_template(
                line["prompt"], add_generation_prompt=True, return_dict=True
            )["input_ids"]
            whole = tokenizer.apply_chat_template(line["prompt"] + line["completion"], return_dict=True)
            ids = torch.tensor([whole["input_ids"]], device=model.device)
            logits = model(ids).logits[0, len(prompt) - 1 : -1]
            losses = torch.nn.functional.cross_entropy(logits, ids[0, len(prompt) :], reduction="sum")
            total, tokens = total + losses.item(), tokens + len(logits)
    return total / tokens


if __name__ == "__main__":
    main()
