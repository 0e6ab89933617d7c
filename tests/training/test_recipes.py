"""The training scripts run for real on a tiny model, and what they train is better for it.

Run by `make test-torch`. The data is the simulated engine's, so the numbers show that training works
and not how good SysGen is.
"""

import json
from importlib import import_module

import pytest
import torch

from examples.train import distill, dpo, sft
from examples.train.loss import measure_loss
from sysgen_distilabel.export.arms import Arm
from sysgen_distilabel.export.plan import Options, make_plan
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.export.write_export import write_export
from sysgen_distilabel.llms.simulated import SimulatedLLM
from tests.example_rows import example_conversations, run_phases
from tests.tiny_models import NO_SYSTEM_TEMPLATE, build_tiny_model

SMALL = [
    *("--use_cpu", "true", "--bf16", "false", "--gradient_checkpointing", "false"),
    *("--report_to", "none", "--disable_tqdm", "true", "--save_strategy", "no", "--logging_strategy", "no"),
]
REPORT = {
    "simulation_notice": "Made by rules.",
    "rows": {"input": 100, "accepted": 100, "rejected": {}},
}


def make_rows(first, last):
    rows = run_phases(SimulatedLLM(), example_conversations(last)[first:])
    accepted = [row for row in rows if row["outcome"] == "accepted"]
    return [row | {"source_id": str(place)} for place, row in enumerate(accepted)]


@pytest.fixture(scope="module")
def rows():
    return make_rows(0, 44)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(build_tiny_model(tmp_path_factory.mktemp("models") / "tiny", hidden=32))


def export(rows, output, model, layout=Format.TRL_PROMPT_COMPLETION, **options):
    plan = make_plan(Options(layout=layout, tokenizer=model, max_length=2048, **options))
    write_export(rows, plan, output, REPORT)
    return output


def make_pairs(rows):
    return [
        {
            "prompt": row["aligned_messages"][:2],
            "chosen": row["aligned_messages"][2:3],
            "rejected": row["messages"][1:2],
            "source_id": row["source_id"],
            "pair_kind": "original",
        }
        for row in rows
    ]


def train(script, data, output, *arguments):
    torch.manual_seed(0)
    script.main([str(data), "--output_dir", str(output), *SMALL, *arguments])
    return output


def at_once(learning_rate):
    """One step that counts: the settings would have it warm up first."""
    return ["--max_steps", "1", "--warmup_steps", "0", "--learning_rate", learning_rate]


def weights(model):
    from safetensors.torch import load_file

    return load_file(f"{model}/model.safetensors")


def has_learnt(before, after):
    old, new = weights(before), weights(after)
    return any(not torch.equal(old[name], new[name]) for name in old)


def test_training_on_aligned_responses_beats_training_on_the_originals(rows, model, tmp_path):
    """The paper's ablation in small: only the arm differs, and held-out conversations decide."""
    held_out = export(make_rows(44, 55), tmp_path / "held-out", model)
    export(rows, tmp_path / "data", model, arms=(Arm.SYSGEN, Arm.NONE))
    losses = {"untrained": measure_loss(model, held_out)}
    for arm in (Arm.SYSGEN, Arm.NONE):
        trained = train(
            sft,
            tmp_path / "data" / arm,
            tmp_path / arm,
            *("--max_steps", "8", "--warmup_steps", "1", "--learning_rate", "1e-2"),
        )
        losses[arm.value] = measure_loss(str(trained), held_out)
    print(losses)
    assert losses["sysgen"] < losses["none"] < losses["untrained"]


def test_the_settings_are_the_papers_unless_told_otherwise(rows, model, tmp_path):
    data = export(rows[:8], tmp_path / "data", model)
    output = train(sft, data, tmp_path / "out", "--max_steps", "1")
    used = torch.load(output / "training_args.bin", weights_only=False)
    assert (used.learning_rate, used.per_device_train_batch_size, used.gradient_accumulation_steps) == (
        1e-6,
        4,
        2,
    )
    assert (used.warmup_steps, used.num_train_epochs, used.max_length) == (10, 5, 2048)
    assert used.completion_only_loss is True
    card = (output / "README.md").read_text(encoding="utf-8")
    assert "> **Simulated.** Made by rules." in card and "| learning_rate | 1e-06 |" in card
    assert "placeholder" not in card and str(tmp_path) not in card


def test_whole_conversations_train_on_answers_alone_and_keep_the_models_template(rows, model, tmp_path):
    data = export(rows[:8], tmp_path / "data", model, Format.MESSAGES)
    assert "{%- generation -%}" in (data / "chat_template.jinja").read_text()
    output = train(sft, data, tmp_path / "out", *at_once("1e-2"))
    assert has_learnt(model, output)
    before = (tmp_path / "out" / "chat_template.jinja").read_text()
    assert "generation -%}" not in before and "<|start|>" in before


@pytest.mark.parametrize("system_role", ["native", "fold"])
def test_a_student_without_a_system_role_is_trained_and_keeps_its_repaired_template(
    rows, model, tmp_path, system_role
):
    from transformers import AutoTokenizer

    student = build_tiny_model(tmp_path / "student", hidden=32)
    (student / "chat_template.jinja").write_text(NO_SYSTEM_TEMPLATE, encoding="utf-8")
    data = export(rows[:8], tmp_path / "data", str(student), system_role=system_role)
    output = train(sft, data, tmp_path / "out", *at_once("1e-2"))
    assert has_learnt(student, output)
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}]
    tokenizer = AutoTokenizer.from_pretrained(output)
    if system_role == "native":
        text = tokenizer.apply_chat_template(messages, tokenize=False)
        assert text == "<|start|>system\nBe kind.<|end|>\n<|start|>user\nHello<|end|>\n"
    else:
        assert tokenizer.get_chat_template() == NO_SYSTEM_TEMPLATE


def test_preference_pairs_train_with_dpo(rows, model, tmp_path):
    data = export(make_pairs(rows[:8]), tmp_path / "pairs", model, Format.PREFERENCES)
    output = train(dpo, data, tmp_path / "out", *at_once("1e-3"))
    assert has_learnt(model, output)
    assert "(DPO)" in (output / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["sft", "dpo"])
def test_trls_own_script_reads_the_settings_in_the_export(rows, model, tmp_path, command, monkeypatch):
    """As the card says: `trl sft --config sft.yaml` in the directory of the export."""
    layout = Format.PREFERENCES if command == "dpo" else Format.TRL_PROMPT_COMPLETION
    data = export(make_pairs(rows[:8]) if command == "dpo" else rows[:8], tmp_path / "data", model, layout)
    monkeypatch.chdir(data)
    script = import_module(f"trl.scripts.{command}")
    arguments = ["--config", f"{command}.yaml", "--max_steps", "1", *SMALL]
    script.main(*script.make_parser().parse_args_and_config(arguments))
    assert (data / "model" / "model.safetensors").exists()


def test_a_teacher_distils_into_a_student(rows, model, tmp_path):
    teacher = build_tiny_model(tmp_path / "teacher", hidden=64)
    data = export(rows[:8], tmp_path / "data", model)
    output = train(
        *(distill, data, tmp_path / "out", *at_once("1e-3")),
        *("--teacher_model_name_or_path", str(teacher), "--max_completion_length", "16"),
    )
    assert has_learnt(model, output)


def test_the_tokens_that_are_learnt_are_the_answer_and_its_end(rows, model, tmp_path):
    """What TRL makes of an exported line: labels on the answer and the end token, and on nothing else."""
    from transformers import AutoTokenizer
    from trl import SFTConfig, SFTTrainer

    data = export(rows[:4], tmp_path / "data", model)
    line = json.loads((data / "train.jsonl").read_text().splitlines()[0])
    trainer = SFTTrainer(
        model=model,
        args=SFTConfig(output_dir=str(tmp_path / "out"), use_cpu=True, bf16=False, max_length=2048),
        train_dataset=sft.load_export(data),
    )
    row = trainer.train_dataset[0]
    tokenizer = AutoTokenizer.from_pretrained(model)
    learnt = (
        [token for token, flag in zip(row["input_ids"], row["completion_mask"], strict=True) if flag]
        if "completion_mask" in row
        else [token for token in row["labels"] if token != -100]
    )
    assert tokenizer.decode(learnt) == line["completion"][0]["content"] + "<|end|>\n"
    assert line["prompt"][0]["content"] in tokenizer.decode(row["input_ids"])
