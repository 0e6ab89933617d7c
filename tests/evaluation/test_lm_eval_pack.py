"""The task pack in the real lm-eval: each row has its own system message, and a dropped one is found."""

import json
from pathlib import Path

import pytest
from jinja2 import TemplateError
from lm_eval import simple_evaluate
from lm_eval.api.model import LM
from lm_eval.loggers import EvaluationTracker
from lm_eval.tasks import TaskManager

from sysgen_distilabel.chat_templates import render_template
from sysgen_distilabel.errors import InputError, RunError
from sysgen_distilabel.evaluation.lm_eval_pack import write_pack
from sysgen_distilabel.evaluation.rendered_prompts import check_prompts
from sysgen_distilabel.evaluation.results.compare import compare, read_scores
from tests import benchmark_data
from tests.commands import sysgen

TEMPLATES = Path(__file__).parents[1] / "fixtures" / "chat_templates"


class TemplateModel(LM):
    """A model that says the same to everything, and treats its chat template as lm-eval's backends do."""

    tokenizer_name = "template"

    def __init__(self, template, reply):
        super().__init__()
        self.template = (TEMPLATES / f"{template}.jinja").read_text(encoding="utf-8")
        self.reply = reply
        self.prompts = []

    def apply_chat_template(self, chat_history, add_generation_prompt=True):
        try:
            return render_template(self.template, chat_history, bos_token="", eos_token="")
        except TemplateError:
            return self.apply_chat_template([turn for turn in chat_history if turn["role"] != "system"])

    def chat_template(self, chat_template=False):
        return self.template

    def generate_until(self, requests, disable_tqdm=False):
        self.prompts += [request.arguments[0] for request in requests]
        return [self.reply] * len(requests)

    def loglikelihood(self, requests, disable_tqdm=False):
        raise NotImplementedError

    def loglikelihood_rolling(self, requests, disable_tqdm=False):
        raise NotImplementedError


def run_pack(folder, out, template, task="sysgen_s_ifeval", reply="Seven, or so."):
    model = TemplateModel(template, reply)
    tracker = EvaluationTracker(output_path=str(out))
    manager = TaskManager(include_path=str(folder), include_defaults=False)
    results = simple_evaluate(
        model=model, tasks=[task], task_manager=manager, apply_chat_template=True, bootstrap_iters=0,
        evaluation_tracker=tracker,
    )  # fmt: skip
    samples = results.pop("samples")
    tracker.save_results_aggregated(results=results, samples=samples)
    tracker.save_results_samples(task_name=task, samples=samples[task])
    return model, results["results"][task], next(Path(out).rglob("samples_*.jsonl"))


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "checks.py").write_text("mine")
    with pytest.raises(RunError, match="holds something that is not a task pack"):
        write_pack(tmp_path, {"heldout": str(benchmark_data.heldout(tmp_path / "h.jsonl"))})
    assert (tmp_path / "checks.py").read_text() == "mine"


@pytest.fixture
def pack(tmp_path, monkeypatch):
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(tmp_path / "hf"))
    s_ifeval = benchmark_data.s_ifeval(tmp_path / "i.jsonl")
    heldout = benchmark_data.heldout(tmp_path / "h.jsonl")
    packed = write_pack(tmp_path / "pack", {"s-ifeval": str(s_ifeval), "heldout": str(heldout)})
    assert [(name, documents) for name, documents, _ in packed] == [
        ("sysgen_s_ifeval", 4),
        ("sysgen_heldout", 3),
    ]
    assert [len(left_out) for *_, left_out in packed] == [2, 1]
    return tmp_path / "pack"


@pytest.mark.slow
@pytest.mark.parametrize("template", ["qwen2.5", "gemma-3"])
def test_each_row_is_asked_under_its_own_system_message(pack, tmp_path, template):
    model, scores, samples = run_pack(pack, tmp_path / "out", template)
    assert len(model.prompts) == 4
    for number, prompt in enumerate(model.prompts):
        assert f"Rule {number}: use no commas" in prompt and f"What is the number {number}?" in prompt
    assert scores["prompt_level_strict_acc,none"] == 0 and scores["inst_level_strict_acc,none"] == 0.5
    assert check_prompts(samples) == (4, 0, "")


@pytest.mark.slow
def test_a_system_message_that_was_dropped_is_found(pack, tmp_path):
    model, _, samples = run_pack(pack, tmp_path / "out", "gemma-2", "sysgen_heldout", reply="No commas here")
    assert not any("without commas" in prompt for prompt in model.prompts)
    prompts, without, example = check_prompts(samples)
    assert (prompts, without) == (3, 3) and "Write number 0 without commas." in example
    checked = sysgen("evaluate", "check-prompts", samples)
    assert checked.returncode == 4 and "3 of 3 prompts lack their system message" in checked.stderr
    assert read_scores(tmp_path / "out")["sysgen_heldout: prompt_level_strict_acc"].value == 100


def test_rows_that_lm_eval_would_check_at_random_or_the_owners_do_not_score_are_left_out(tmp_path):
    letters = {"let_frequency": 2, "let_relation": "at least"}
    rows = [
        benchmark_data.s_ifeval_row(1, "keywords:letter_frequency", letter="!", **letters),
        benchmark_data.s_ifeval_row(2, "keywords:letter_frequency", letter="a", **letters),
        benchmark_data.s_ifeval_row(
            3, "keywords:letter_frequency", letter="a", **letters | {"let_frequency": 0}
        ),
        benchmark_data.s_ifeval_row(4, "language:response_language", language="de"),
    ]
    data = benchmark_data.write_json_lines(tmp_path / "i.jsonl", rows)
    [(_, documents, left_out)] = write_pack(tmp_path / "pack", {"s-ifeval": str(data)})
    assert documents == 1 and len(left_out) == 3
    assert left_out[-1] == "4: the owners' script does not score it"


def samples_of(tmp_path, *arguments):
    rows = [{"doc": {"system": "Be brief.\n"}, "arguments": argument} for argument in arguments]
    return benchmark_data.write_json_lines(tmp_path / "samples_x.jsonl", rows)


def test_prompts_of_chat_endpoints_are_lists_of_messages(tmp_path):
    chat = json.dumps([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "?"}])
    lost = json.dumps([{"role": "user", "content": "?"}])
    file = samples_of(tmp_path, {"gen_args_0": {"arg_0": chat}}, {"gen_args_0": {"arg_0": [lost]}}, [])
    assert check_prompts(file)[:2] == (3, 2)
    with pytest.raises(InputError, match="no sample of a task"):
        check_prompts(benchmark_data.write_json_lines(tmp_path / "y.jsonl", [{"doc": {"question": "?"}}]))


def results(tmp_path, name, **values):
    content = {
        "results": {
            "mmlu": {"acc,none": values["mmlu"], "acc_stderr,none": 0.01, "alias": "mmlu"},
            "mmlu_law": {"acc,none": 0.1, "acc_stderr,none": 0.01},
            "ifeval": {"prompt_level_strict_acc,none": 0.5, "prompt_level_strict_acc_stderr,none": "N/A"},
            "own": {"exact_match,strict": 0.25, "exact_match_stderr,strict": 0.2},
            "wikitext": {
                "word_perplexity,none": 12.3,
                "word_perplexity_stderr,none": "N/A",
                "bleu,none": 31.0,
            },
        },
        "group_subtasks": {"mmlu": ["mmlu_law"]},
    }
    return benchmark_data.write_json(tmp_path / name / "results_2026.json", content).parent


def test_changes_are_told_from_chance(tmp_path):
    changes = compare(results(tmp_path, "a", mmlu=0.6), results(tmp_path, "b", mmlu=0.65))
    found = {c.name: (round(c.before.value, 1), round(c.difference, 1), c.is_clear) for c in changes}
    assert found == {
        "MMLU": (60, 5, True),
        "IFEval": (50, 0, None),
        "own: exact_match,strict": (25, 0, False),
    }


def test_the_mean_of_the_eight_is_there_if_all_are(tmp_path):
    from sysgen_distilabel.evaluation.results.compare import UNSEEN

    content = {
        task: {metrics[-1]: 0.5, metrics[-1].replace(",", "_stderr,"): 0.08}
        for task, (_, metrics) in UNSEEN.items()
    }
    path = benchmark_data.write_json(tmp_path / "results.json", {"results": content})
    assert read_scores(path)["Avg"].value == 50
    assert read_scores(path)["Avg"].error == pytest.approx(8 / 8**0.5)


def test_what_holds_no_scores_is_refused(tmp_path):
    with pytest.raises(InputError, match="no results in"):
        read_scores(tmp_path)
    with pytest.raises(InputError, match="neither a file nor a folder"):
        read_scores(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no scores"):
        read_scores(benchmark_data.write_json(tmp_path / "results.json", {"results": {}}))
    with pytest.raises(InputError, match="no score in common"):
        compare(
            results(tmp_path, "a", mmlu=0.6),
            benchmark_data.write_json(tmp_path / "r.json", {"results": {"x": {"acc,none": 1}}}),
        )


def test_compare_shows_the_published_changes_beside(tmp_path):
    shown = sysgen("evaluate", "compare", results(tmp_path, "a", mmlu=0.6), results(tmp_path, "b", mmlu=0.5))
    assert shown.returncode == 0, shown.stderr
    assert "-10.00" in shown.stdout and "Table 11" in shown.stdout and "-1.06" in shown.stdout  # LLaMA's MMLU
