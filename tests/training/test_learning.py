"""A tiny model trained from the formats of TRL learns to say what its system message asks for, and to stop.

The message is one word over and over and the answer is that word, whatever the user says: a model that does
not hear the message, or does not learn its end token, cannot do it.
"""

from importlib import import_module

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from examples.train import dpo, sdft, sft
from sysgen_distilabel.columns import ALL_COLUMNS
from sysgen_distilabel.export.plan import Options, make_plan
from sysgen_distilabel.export.trainer_format import Format
from sysgen_distilabel.export.write_export import write_export
from sysgen_distilabel.rows import complete
from tests.tiny_models import NO_SYSTEM_TEMPLATE, build_tiny_model

SMALL = [
    *("--use_cpu", "true", "--bf16", "false", "--gradient_checkpointing", "false", "--report_to", "none"),
    *("--disable_tqdm", "true", "--save_strategy", "no", "--logging_strategy", "no"),
    *("--gradient_accumulation_steps", "1", "--warmup_steps", "0"),
    *("--lr_scheduler_type", "constant"),
]
LIMIT = ("--max_length", "128")
REPORT = {"simulation_notice": "", "rows": {"input": 1, "accepted": 1, "rejected": {}}}
QUESTIONS = ("Why?", "Who are you?", "What is it?", "Say a word.")


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """The threads of a model this small only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return build_tiny_model(tmp_path_factory.mktemp("models") / "tiny", hidden=64)


@pytest.fixture(scope="module")
def words(base):
    """Words that are one token behind the line break in which a text begins."""
    tokenizer = AutoTokenizer.from_pretrained(base)
    candidates = ("the", "you", "and", "for", "that", "with", "are", "can", "this", "from", "is", "of")
    found = [word for word in candidates if len(tokenizer.tokenize(f"\n{word}")) == 2]
    assert len(found) >= 4
    return found[:4]


def message_of(word):
    return "\n".join([word] * 6)


def make_rows(words):
    rows = []
    for word in words:
        for question in QUESTIONS:
            turns = [{"role": "user", "content": question}, {"role": "assistant", "content": word}]
            row = {
                "source_id": f"{word}-{question}",
                "messages": turns,
                "system_message": message_of(word),
                "aligned_messages": [{"role": "system", "content": message_of(word)}, *turns],
                "outcome": "accepted",
            }
            rows.append(complete(row, ALL_COLUMNS))
    return rows


def make_pairs(words):
    following = dict(zip(words, [*words[1:], words[0]], strict=True))
    return [
        {
            "prompt": row["aligned_messages"][:2],
            "chosen": row["aligned_messages"][2:],
            "rejected": [{"role": "assistant", "content": following[row["messages"][1]["content"]]}],
            "source_id": row["source_id"],
        }
        for row in make_rows(words)
    ]


def export(rows, folder, model, layout, **options):
    plan = make_plan(Options(layout, tokenizer=str(model), max_length=128, **options))
    write_export(rows, plan, folder, REPORT)
    return folder


def train(script, data, output, steps, rate, *more):
    torch.manual_seed(0)
    numbers = ["--max_steps", str(steps), "--learning_rate", str(rate), "--per_device_train_batch_size", "8"]
    script.main([str(data), "--output_dir", str(output), *SMALL, *numbers, *more])
    return output


def say(model, messages):
    """What the model says, and whether it stopped by itself."""
    tokenizer = AutoTokenizer.from_pretrained(model)
    prompt = tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    trained = AutoModelForCausalLM.from_pretrained(model)
    with torch.no_grad():
        ids = trained.generate(**prompt, max_new_tokens=6, do_sample=False)[0, prompt["input_ids"].shape[1] :]
    return tokenizer.decode(ids)


def ask(word, question="Is it so?", fold=False):
    if fold:
        return [{"role": "user", "content": f"{message_of(word)}\n\n{question}"}]
    return [{"role": "system", "content": message_of(word)}, {"role": "user", "content": question}]


@pytest.mark.parametrize("layout", [Format.TRL_PROMPT_COMPLETION, Format.MESSAGES])
@pytest.mark.parametrize("template", ["own", "repaired"])
def test_supervised_fine_tuning(base, words, tmp_path, layout, template):
    model = base
    if template == "repaired":  # it refuses system messages
        model = build_tiny_model(tmp_path / "student", hidden=64)
        (model / "chat_template.jinja").write_text(NO_SYSTEM_TEMPLATE, encoding="utf-8")
    data = export(make_rows(words), tmp_path / "data", model, layout)
    assert (data / "tokenizer").exists() is (template == "repaired")
    trained = train(sft, data, tmp_path / "out", 80, 1e-2, *LIMIT)
    assert {word: say(trained, ask(word)) for word in words} == {word: f"{word}<|end|>" for word in words}


@pytest.fixture(scope="module")
def hearing(base, words, tmp_path_factory):
    """A model that uses the message, which stands in the user turn, or in a turn of its own."""
    folder, models = tmp_path_factory.mktemp("hearing"), {}
    for role in ("native", "fold"):
        data = export(make_rows(words), folder / role, base, Format.TRL_PROMPT_COMPLETION, system_role=role)
        models[role] = train(sft, data, folder / f"{role}-model", 80, 1e-2, *LIMIT)
    return models


def likelihood(model, messages, answer):
    """The log-probability of an answer and its end token."""
    tokenizer = AutoTokenizer.from_pretrained(model)
    asked = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True)
    prompt = asked["input_ids"]
    answered = tokenizer(f"{answer}<|end|>", add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        logits = AutoModelForCausalLM.from_pretrained(model)(torch.tensor([prompt + answered])).logits[0]
    places = range(len(prompt) - 1, len(prompt) + len(answered) - 1)
    shares = logits.log_softmax(-1)
    return sum(shares[place, token].item() for place, token in zip(places, answered, strict=True))


def margin(model, pairs):
    """How much likelier chosen answers are than rejected ones."""
    return sum(
        likelihood(model, pair["prompt"], pair["chosen"][0]["content"])
        - likelihood(model, pair["prompt"], pair["rejected"][0]["content"])
        for pair in pairs
    )


@pytest.mark.parametrize("layout", [Format.PREFERENCES, Format.KTO])
def test_preferences_teach_to_use_the_message(hearing, words, tmp_path, layout, monkeypatch):
    model, pairs = hearing["native"], make_pairs(words)
    data = export(pairs, tmp_path / "data", model, layout)
    if layout is Format.PREFERENCES:
        trained = train(dpo, data, tmp_path / "out", 10, 1e-4, *LIMIT)
    else:
        monkeypatch.chdir(data)
        script = import_module("trl.scripts.kto")
        arguments = ["--config", "kto.yaml", "--max_steps", "10", "--learning_rate", "1e-4", *SMALL, *LIMIT]
        torch.manual_seed(0)
        script.main(*script.make_parser().parse_args_and_config(arguments))
        trained = data / "model"
    assert margin(trained, pairs[::5]) > margin(model, pairs[::5]) + 0.01
    assert {word: say(trained, ask(word)) for word in words} == {word: f"{word}<|end|>" for word in words}


def test_self_distillation_puts_the_message_into_the_weights(hearing, words, tmp_path):
    """TRL's own trainer shows the message to the teacher alone, and the student learns to follow it."""
    from trl.experimental.sdft import sdft_trainer

    model, shown = hearing["fold"], []
    compose = sdft_trainer.DemonstrationTeacherContextBuilder._compose_teacher_prompt

    class Noted(sdft_trainer.DemonstrationTeacherContextBuilder):
        def _compose_teacher_prompt(self, prompt, privileged_context):
            shown.append((prompt, compose(self, prompt, privileged_context)))
            return shown[-1][1]

    data = export(make_rows(words[:1]), tmp_path / "data", model, Format.SDFT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sdft_trainer, "DemonstrationTeacherContextBuilder", Noted)
        trained = train(sdft, data, tmp_path / "out", 30, 3e-3, "--max_completion_length", "4")
    for student, teacher in shown:
        assert words[0] not in student[0]["content"]
        assert teacher == ask(words[0], student[0]["content"], fold=True)
    unseen = [{"role": "user", "content": "Is it so?"}]
    assert say(model, unseen) != say(trained, unseen) == f"{words[0]}<|end|>"
