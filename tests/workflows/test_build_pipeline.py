"""Our Steps and Tasks in pipelines other than `sysgen run`: the host's own, YAML, the host's command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from datasets import Dataset
from distilabel.models.llms.base import LLM
from distilabel.models.llms.utils import prepare_output
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts

from pipelines.sysgen import pipeline as written_out
from sysgen_distilabel.host.pipeline import SysGenPipeline
from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.recorded.recorded_llm import Recorded
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.steps import ComposeSystemMessage, FilterTags, LoadConversations, SplitByOutcome
from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities
from sysgen_distilabel.workflows.build_pipeline import build_pipeline
from tests.commands import EXAMPLES, ROOT, write_rows
from tests.patience import PATIENCE

MESSAGES = [{"role": "user", "content": "2 + 2?"}, {"role": "assistant", "content": "4"}]
DISTILABEL = Path(sys.executable).with_name("distilabel")


class ConstantLLM(LLM):
    """Another LLM class, which knows nothing of us."""

    text: str = "<<Role>>You are a tutor.<</Role>>"

    @property
    def model_name(self):
        return "constant"

    def generate(self, inputs, num_generations=1):
        """Generate.

        Args:
            inputs: the prompts.
            num_generations: how many.
        """
        return [prepare_output([self.text] * num_generations, [1], [1]) for _ in inputs]


class RefusingLLM(ConstantLLM):
    """An engine nobody listens at."""

    def generate(self, inputs, num_generations=1):
        """Refuse.

        Args:
            inputs: the prompts.
            num_generations: how many.
        """
        raise ConnectionRefusedError("nobody listens")


def full_dag(llm=SimulatedLLM, source=None):
    load = LoadConversations(source=str(source or EXAMPLES / "mixed.jsonl"))
    leaves = [SplitByOutcome(name=kind, keep=kind) for kind in ("accepted", "rejected")]
    steps = [
        GenerateSystemMessage(llm=llm()),
        FilterTags(),
        VerifyFunctionalities(llm=llm()),
        ComposeSystemMessage(),
        GenerateAlignedResponse(llm=llm()),
    ]
    load >> steps[0] >> steps[1] >> steps[2] >> steps[3] >> steps[4] >> leaves


@pytest.mark.slow
@pytest.mark.usefixtures("stock_distilabel")
def test_one_task_in_a_plain_pipeline_with_another_llm(tmp_path):
    with Pipeline(name="alone", cache_dir=tmp_path) as pipeline:
        load = LoadDataFromDicts(data=[{"messages": MESSAGES, "mine": n} for n in range(3)])
        load >> GenerateSystemMessage(llm=ConstantLLM())
    rows = pipeline.run(use_cache=False)["default"]["train"]
    assert rows["annotated_system_message"][:] == ["<<Role>>You are a tutor.<</Role>>"] * 3
    assert rows["mine"][:] == [0, 1, 2] and rows["model_name"][:] == ["constant"] * 3


@pytest.mark.slow
@pytest.mark.usefixtures("stock_distilabel")
def test_the_whole_dag_in_a_plain_pipeline_equals_ours(tmp_path):
    results = []
    for kind in (Pipeline, SysGenPipeline):
        with kind(name="whole", cache_dir=tmp_path / kind.__name__) as pipeline:
            full_dag()
        results.append(pipeline.run(use_cache=False))
    host, ours = ({name: rows["train"].to_list() for name, rows in result.items()} for result in results)
    assert set(host) == {"accepted", "rejected"} and host == ours
    assert len(ours["accepted"]) + len(ours["rejected"]) == 60


@pytest.mark.slow
@pytest.mark.usefixtures("stock_distilabel")
def test_a_plain_pipeline_survives_a_start_of_rejected_rows_only(tmp_path):
    """The host's own writer takes its types from the first 50 rows and fails at the very end."""
    rows = [{"question": "q", "answer": " "}] * 80 + [
        {"question": f"q {n}", "answer": "a"} for n in range(80)
    ]
    source = tmp_path / "rows.parquet"
    Dataset.from_list(rows).to_parquet(source)
    with Pipeline(name="late", cache_dir=tmp_path) as pipeline:
        load = LoadConversations(source=str(source), batch_size=20)
        steps = [GenerateSystemMessage(llm=SimulatedLLM()), FilterTags()]
        load >> steps[0] >> steps[1]
    result = pipeline.run(use_cache=False)["default"]["train"]
    assert result["outcome"][:] == ["bad_input"] * 80 + ["pending"] * 80
    assert result[100]["phrases"] and result[0]["phrases"] == []


def test_a_dataset_in_memory_is_an_input(tmp_path):
    dataset = Dataset.from_list([{"question": "What is 2 + 2?", "answer": "4"}] * 2)
    with SysGenPipeline(name="memory", cache_dir=tmp_path) as pipeline:
        LoadConversations(dataset=dataset) >> GenerateSystemMessage(llm=SimulatedLLM())
    assert pipeline.run()["default"]["train"].num_rows == 2


def without_noise(dump):
    """What a dump says about steps, without names of files and what the host computes."""
    return [
        {key: value for key, value in step["step"].items() if key != "runtime_parameters_info"}
        for step in dump["pipeline"]["steps"]
    ]


def test_the_yaml_and_the_script_are_one_pipeline():
    from_yaml = SysGenPipeline.from_yaml(ROOT / "pipelines" / "sysgen.yaml")
    assert without_noise(from_yaml.dump()) == without_noise(written_out.dump())
    assert from_yaml.dump()["pipeline"]["connections"] == written_out.dump()["pipeline"]["connections"]


def test_the_yaml_of_a_run_reads_back_as_the_same_pipeline(tmp_path):
    config = RunConfig(
        input=str(EXAMPLES / "mixed.jsonl"),
        llm="simulated",
        llm_args={"seed": 3},
        generation_kwargs={"verify_functionalities": {"temperature": 0.0}},
        repair=True,
        verdict_per="phrase",
    )
    pipeline = build_pipeline(config)
    pipeline.save(tmp_path / "pipeline.yaml", format="yaml")
    again = SysGenPipeline.from_yaml(tmp_path / "pipeline.yaml")
    assert without_noise(again.dump()) == without_noise(pipeline.dump())
    verify = again.dag.get_step("verify_functionalities")["step"]
    assert verify.verdict_per == "phrase" and verify.llm.llm.seed == 3
    assert verify.llm.get_generation_kwargs() == {"temperature": 0.0}


@pytest.mark.slow
def test_distilabels_command_line_runs_the_yaml(tmp_path):
    process = subprocess.run(
        [DISTILABEL, "pipeline", "run", "--config", ROOT / "pipelines" / "sysgen.yaml", "--ignore-cache",
         "--param", "generate.llm.llm.seed=7", "--param", f"load.source={EXAMPLES / 'mixed.jsonl'}"],
        cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE,
        env={**os.environ, "DISTILABEL_CACHE_DIR": str(tmp_path), "DISTILABEL_LOG_LEVEL": "ERROR"},
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    (dumped,) = tmp_path.rglob("pipeline.yaml")
    steps = yaml.safe_load(dumped.read_text())["pipeline"]["steps"]
    assert steps[1]["step"]["llm"]["llm"]["seed"] == 7
    files = sorted(path.parent.name for path in tmp_path.rglob("steps_outputs/*/*.parquet"))
    assert files == ["accepted", "rejected"]


@pytest.mark.slow
def test_the_script_runs(tmp_path):
    process = subprocess.run(
        [sys.executable, "pipelines/sysgen.py"], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE,
        env={**os.environ, "DISTILABEL_CACHE_DIR": str(tmp_path)},
    )  # fmt: skip
    assert process.returncode == 0 and "accepted" in process.stdout, process.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("stock_distilabel")
def test_a_dead_engine_ends_as_reasons_in_a_plain_pipeline(tmp_path):
    """Distilabel turns the error of a batch into imputed rows; ours say why, and none is missing."""

    def dead_engine():
        return Recorded(llm=RefusingLLM(), patience=0, backoff=0, breaker_threshold=3)

    with Pipeline(name="dead", cache_dir=tmp_path) as pipeline:
        full_dag(dead_engine, write_rows(tmp_path / "rows.jsonl", 30))
    result = pipeline.run(use_cache=False)
    rows = [row for subset in result.values() for row in subset["train"].to_list()]
    assert len(rows) == 30 and {row["outcome"] for row in rows} == {"task_error"}
