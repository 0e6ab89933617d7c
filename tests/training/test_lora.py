"""An arm trained by an adapter leaves a whole model, in which only what was adapted has changed."""

import json

import pytest
from transformers import AutoModelForCausalLM

from sysgen_distilabel.workflows.prove.training import Job, read_trained, train
from tests.tiny_models import build_tiny_model

CHAT = {"prompt": [{"role": "user", "content": "Name a colour."}]}
ROWS = {
    False: [CHAT | {"completion": [{"role": "assistant", "content": f"Blue {n}."}]} for n in range(6)],
    True: [
        CHAT
        | {
            "chosen": [{"role": "assistant", "content": f"Blue {n}."}],
            "rejected": [{"role": "assistant", "content": "It depends."}],
        }
        for n in range(4)
    ],
}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(build_tiny_model(tmp_path_factory.mktemp("models") / "tiny", hidden=32))


@pytest.mark.parametrize("preferences", [False, True])
def test_the_adapter_is_merged_into_the_model(model, preferences, tmp_path):
    data = tmp_path / "train.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in ROWS[preferences]))
    job = Job(
        checkpoint=model, tokenizer=model, data=str(data), output=str(tmp_path / "model"),
        preferences=preferences, steps=2, seed=0, learning_rate=1e-2, tokens_per_step=256, accumulation=2,
        pairs_per_step=2, max_length=128, method="lora", lora_rank=4,
    )  # fmt: skip
    trained = train(job)
    assert read_trained(tmp_path / "model") == trained and trained.steps == 2
    assert not list((tmp_path / "model").glob("adapter*"))
    before, after = (
        AutoModelForCausalLM.from_pretrained(place).state_dict() for place in (model, tmp_path / "model")
    )
    changed = {name for name in before if not before[name].equal(after[name])}
    assert before.keys() == after.keys()
    assert changed and all("_proj" in name for name in changed)
