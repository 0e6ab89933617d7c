"""`sysgen`: data in, a Distiset out, as a run of the command line and without leaving anything."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from datasets import Dataset, DatasetDict

from sysgen_distilabel import ConfigError, InputError, Recorded, RunConfig, RunError, SimulatedLLM, sysgen
from sysgen_distilabel.llms.llm_fields import name_llm
from sysgen_distilabel.workflows.run import run
from tests.commands import ROOT

ROWS = [{"question": f"What is {i} + {i}?", "answer": f"It is {2 * i}."} for i in range(12)]


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


def questions(distiset, subset="accepted"):
    return sorted(row["messages"][0]["content"] for row in distiset[subset]["train"])


@pytest.mark.parametrize("kind", ["list", "dataset", "path"])
def test_any_data_becomes_a_distiset_and_nothing_is_left(kind, tmp_path):
    path = tmp_path / "rows.jsonl"
    Dataset.from_list(ROWS).to_json(path)
    data = {"list": ROWS, "dataset": Dataset.from_list(ROWS), "path": path}[kind]
    distiset = sysgen(data, llm=SimulatedLLM())
    assert list(distiset) == ["accepted", "rejected"]
    assert questions(distiset) == sorted(row["question"] for row in ROWS)
    assert distiset["rejected"]["train"].num_rows == 0
    assert all(row["model_name"] == "simulated" for row in distiset["accepted"]["train"])
    assert not list((tmp_path / "temporary").glob("sysgen-*"))


def test_a_row_without_a_conversation_is_rejected_not_lost():
    distiset = sysgen([*ROWS, {"question": "", "answer": ""}], llm="simulated", progress=False)
    assert distiset["accepted"]["train"].num_rows == len(ROWS)
    assert distiset["rejected"]["train"]["outcome"] == ["bad_input"]


def test_with_an_output_it_is_a_run_that_goes_on(tmp_path):
    output = tmp_path / "out"
    first = sysgen(ROWS, llm=SimulatedLLM(truncated_rate=0.4), output=output)
    assert first["rejected"]["train"].num_rows
    before = (output / "report.json").read_bytes()
    again = sysgen(Dataset.from_list(ROWS), llm=SimulatedLLM(truncated_rate=0.4), output=output)
    assert questions(again) == questions(first) and (output / "report.json").read_bytes() == before
    asked = sysgen(
        ROWS, llm=SimulatedLLM(truncated_rate=0.4), output=output, retry=["truncated_reply"], progress=False
    )
    assert set(questions(first)) < set(questions(asked))
    assert asked.pipeline_path == output / "pipeline.yaml"


def test_its_directory_is_that_of_the_command_line(tmp_path):
    path = tmp_path / "rows.jsonl"
    Dataset.from_list(ROWS).to_json(path)
    sysgen(ROWS, llm=SimulatedLLM(seed=3), output=tmp_path / "out", max_attempts=2)
    config = RunConfig(input=str(path), llm="simulated", llm_args={"seed": 3}, max_attempts=2)
    assert run(config, tmp_path / "out", resume="always").was_finished
    with pytest.raises(RunError, match="the rows of the input have changed"):
        sysgen(ROWS[:5], llm=SimulatedLLM(seed=3), output=tmp_path / "out", max_attempts=2)


def test_settings_come_from_a_preset_and_arguments_win(tmp_path):
    sysgen(ROWS, llm="simulated", output=tmp_path / "out", config="keep-more", max_attempts=7, limit=3)
    written = (tmp_path / "out" / "config.yaml").read_text()
    assert "repair: true" in written and "max_attempts: 7" in written and "limit: 3" in written


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"llm": "simulated", "max_atempts": 2}, "'max_atempts'"),
        ({"llm": "simulated", "input": "x.jsonl"}, "`input` is a setting of the command line"),
        ({"llm": SimulatedLLM(), "llm_args": {"seed": 1}}, "Set them on the instance"),
        ({"llm": Recorded(llm=SimulatedLLM())}, "not wrapped in Recorded"),
        ({"llm": 5}, "A int is no LLM of distilabel"),
        ({"llm": SimulatedLLM}, r"SimulatedLLM is a class\. Give an instance"),
        ({"llm": "Qwen/Qwen3-0.6B"}, r"'Qwen/Qwen3-0\.6B' is no LLM class\. A model is named as `model`"),
        ({}, "choose one engine"),
        ({"llm": "simulated", "config": "no-such-preset"}, "no-such-preset"),
    ],
)
def test_what_cannot_be_is_a_config_error(arguments, problem):
    with pytest.raises(ConfigError, match=problem):
        sysgen(ROWS, **arguments)


@pytest.mark.parametrize("data", [[], [{"a": 1}], DatasetDict(train=Dataset.from_list(ROWS)), iter(ROWS)])
def test_what_holds_no_conversation_is_an_input_error(data, tmp_path):
    with pytest.raises(InputError):
        sysgen(data, llm="simulated")
    assert not list((tmp_path / "temporary").glob("sysgen-*"))


class Other(SimulatedLLM):
    pass


def test_an_llm_is_its_import_path_and_the_fields_that_were_set():
    assert name_llm(SimulatedLLM(seed=4)) == ("simulated", {"seed": 4})
    changed = Other()
    changed.generation_kwargs = {"temperature": 0.1}
    assert name_llm(changed) == (f"{__name__}.Other", {"generation_kwargs": {"temperature": 0.1}})

    class Local(SimulatedLLM):
        pass

    with pytest.raises(ConfigError, match="cannot be imported"):
        name_llm(Local())


def test_a_script_needs_nothing_around_it(tmp_path):
    """Under a start method that copies nothing, a script that is imported again must not run again."""
    script = tmp_path / "script.py"
    script.write_text(
        "from sysgen_distilabel import SimulatedLLM, sysgen\n"
        f"print(sysgen({ROWS!r}, llm=SimulatedLLM())['accepted'].num_rows)\n"
    )
    process = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, cwd=ROOT, env={**os.environ}
    )
    assert process.returncode == 0, process.stderr
    assert process.stdout.strip() == f"{{'train': {len(ROWS)}}}"
    assert f"{len(ROWS)} accepted, 0 rejected; " in process.stderr
    assert "Warning" not in process.stderr and "Step 'None'" not in process.stderr
    assert Path(ROOT / "out").exists() is False
