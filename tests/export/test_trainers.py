"""The settings name what each trainer has, and say what the paper says.

Axolotl and LLaMA-Factory install beside neither each other nor this package, so their settings are held
against the names of their fields (`fixtures/trainers`), read from the schemas of the versions named there.
TRL's are parsed by TRL itself in `tests/training`.
"""

import json

import pytest
import yaml

from sysgen_distilabel.export.hyper_parameters import Setup
from sysgen_distilabel.export.trained_chat import make_chat
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.export.trainers import write_settings
from tests.chat_tokenizers import build_tokenizer
from tests.commands import ROOT

FIELDS = {
    trainer: {kind: set(names.split()) for kind, names in kinds.items()}
    for trainer, kinds in json.loads((ROOT / "tests/fixtures/trainers/fields.json").read_text()).items()
}
AXOLOTL, LLAMAFACTORY = FIELDS["axolotl 0.21.0"], FIELDS["llamafactory 0.9.5"]


def settings(layout, name="phi-4", new=False, **changes):
    tokenizer = build_tokenizer(name)
    fields = {
        "layout": layout,
        "model": "ORG/NAME",
        "chat": make_chat(name, tokenizer, tokenizer.get_chat_template()),
        "template_is_new": new,
        "max_length": 4096,
        "has_system": True,
    }
    texts = write_settings(Setup(**{**fields, **changes}))
    return {file: yaml.safe_load(text) for file, text in texts.items()}


@pytest.mark.parametrize("new", [True, False])
def test_axolotl(new):
    config = settings(Format.AXOLOTL, new=new)["axolotl.yaml"]
    (dataset,) = config["datasets"]
    assert set(config) <= AXOLOTL["config"] and set(dataset) <= AXOLOTL["dataset"]
    assert (config["learning_rate"], config["micro_batch_size"]) == (1e-6, 4)
    assert (config["gradient_accumulation_steps"], config["warmup_steps"], config["num_epochs"]) == (2, 10, 5)
    assert config["sequence_len"] == 4096 and dataset["roles_to_train"] == ["assistant"]
    for place in (config, dataset):
        assert place["chat_template"] == ("jinja" if new else "tokenizer_default")
        assert place.get("chat_template_jinja") == ("chat_template.jinja" if new else None)


def test_axolotl_is_told_of_an_end_token_that_is_not_the_eos_token():
    assert settings(Format.AXOLOTL, "gemma-3")["axolotl.yaml"]["eot_tokens"] == ["<end_of_turn>"]
    assert "eot_tokens" not in settings(Format.AXOLOTL, "phi-4")["axolotl.yaml"]


@pytest.mark.parametrize("layout", [Format.LLAMAFACTORY, Format.SHAREGPT, Format.ALPACA])
def test_llamafactory(layout):
    files = settings(layout)
    config, (dataset,) = files["llamafactory.yaml"], files["dataset_info.json"].values()
    assert set(config) <= LLAMAFACTORY["arguments"]
    described = set(dataset["columns"]) | set(dataset.get("tags", ())) | {"formatting"}
    assert described <= LLAMAFACTORY["dataset"]
    assert list(files["dataset_info.json"]) == [config["dataset"]] and dataset["file_name"] == "train.jsonl"
    assert (config["learning_rate"], config["per_device_train_batch_size"]) == (1e-6, 4)
    assert (config["warmup_steps"], config["num_train_epochs"], config["cutoff_len"]) == (10, 5, 4096)


TEMPLATES = {
    "phi-4": "phi4",
    "qwen2.5": "qwen",
    "gemma-2": "gemma2",
    "mistral": "mistral",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_llamafactory_knows_the_template_by_a_name_of_its_own(name):
    config = settings(Format.LLAMAFACTORY, name, has_system=False)["llamafactory.yaml"]
    assert config["template"] == TEMPLATES[name]


CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
INST = (
    "{% for m in messages %}{% if m.role == 'user' %}<s>[INST] {{ m.content }} [/INST]"
    "{% else %}{{ m.content }}</s>{% endif %}{% endfor %}"
)
LLAMA_3 = (
    "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
    "{{ m.content }}<|eot_id|>{% endfor %}"
)


@pytest.mark.parametrize(
    ("name", "template", "has_system", "expected"),
    [
        ("qwen2.5", CHATML, True, None),  # `qwen` has a system message of its own
        ("qwen2.5", None, True, "qwen"),
        ("qwen3", None, True, None),
        ("mistral", INST, False, None),
        ("mistral", None, True, None),  # its own has the system message in another turn
        ("llama-3.1", LLAMA_3, True, "llama3"),
        ("llama-3.1", None, True, None),  # its own begins with a date
        ("solar", None, True, None),
    ],
)
def test_llamafactorys_template_is_named_only_if_it_writes_the_same(name, template, has_system, expected):
    tokenizer = build_tokenizer(name, template)
    chat = make_chat(name, tokenizer, tokenizer.get_chat_template())
    setup = Setup(Format.LLAMAFACTORY, "ORG/NAME", chat, False, 4096, has_system)
    text = write_settings(setup)["llamafactory.yaml"]
    assert yaml.safe_load(text).get("template") == expected
    assert ("it reads the tokenizer's" in text) is (expected is None)


def test_llamafactory_reads_a_repaired_template_from_the_tokenizer():
    assert "template" not in settings(Format.LLAMAFACTORY, "gemma-2", new=True)["llamafactory.yaml"]


def test_without_a_model_there_is_a_place_for_its_name():
    config = settings(Format.AXOLOTL, model="", chat=None)["axolotl.yaml"]
    assert config["base_model"] == "ORG/NAME-OF-THE-MODEL-TO-TRAIN"
