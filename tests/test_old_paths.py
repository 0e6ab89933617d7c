"""What was written for an earlier version still works, and says what to write instead."""

import subprocess
import sys
from importlib import import_module

import pytest
import yaml
from distilabel.pipeline import Pipeline

import sysgen_distilabel
from sysgen_distilabel.old_paths import OLD_MODULES, with_new_names
from sysgen_distilabel.settings.run_config import RunConfig, load_config
from sysgen_distilabel.workflows.run import run
from tests.commands import ROOT, write_rows


def forget(*names):
    for name in names:
        sys.modules.pop(name, None)


@pytest.mark.parametrize("old", OLD_MODULES)
def test_an_old_module_has_the_names_of_the_new_one(old):
    forget(old)
    with pytest.warns(FutureWarning, match=OLD_MODULES[old]):
        module = import_module(old)
    new = import_module(OLD_MODULES[old])
    public = [name for name in sysgen_distilabel.__all__ if hasattr(new, name)]
    assert all(getattr(module, name) is getattr(sysgen_distilabel, name) for name in public)
    with pytest.raises(AttributeError):
        getattr(module, "nothing_of_this_name")  # noqa: B009


def test_no_old_module_hides_a_name_of_the_front_door():
    assert not {old.rpartition(".")[2] for old in OLD_MODULES} & set(sysgen_distilabel.__all__)


def test_what_never_was_is_no_module():
    with pytest.raises(ModuleNotFoundError):
        import_module("sysgen_distilabel.never_was")


def test_old_imports_work_in_a_fresh_process():
    code = "from sysgen_distilabel.pipeline import SysGenPipeline; print(SysGenPipeline.__name__)"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout == "SysGenPipeline\n"
    assert "is now sysgen_distilabel.host.pipeline" in process.stderr


def test_a_pipeline_in_yaml_of_an_earlier_version_loads(tmp_path):
    text = (ROOT / "pipelines" / "sysgen.yaml").read_text()
    old = text.replace(
        "module: sysgen_distilabel, name: Recorded", "module: sysgen_distilabel.llms.recorded, name: Recorded"
    )
    assert old != text
    (tmp_path / "old.yaml").write_text(old)
    forget("sysgen_distilabel.llms.recorded")
    with pytest.warns(FutureWarning, match="recorded_llm"):
        pipeline = Pipeline.from_yaml(tmp_path / "old.yaml")
    assert isinstance(pipeline.dag.get_step("verify")["step"].llm, sysgen_distilabel.Recorded)


def test_settings_under_old_names_are_read(tmp_path):
    (tmp_path / "run.yaml").write_text(yaml.safe_dump({"harder_data": {"candidates": 3}}))
    config = load_config(tmp_path / "run.yaml", {"input": "x", "llm": "simulated"})
    assert config.variety.candidates == 3


def test_a_run_that_was_started_under_old_names_is_resumed(tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", 3)
    config = RunConfig(input=str(rows), llm="simulated", variety={"candidates": 2})
    directory = run(config, tmp_path / "out").directory
    text = directory.config_file.read_text()
    directory.config_file.write_text(text.replace("variety:", "harder_data:"))
    assert "harder_data:" in directory.config_file.read_text()
    assert run(config, tmp_path / "out", resume="always").was_finished
    assert directory.read_config()["variety"]["candidates"] == 2


@pytest.mark.parametrize(("kept", "turns"), [(True, "last"), (False, "regenerate")])
def test_the_old_setting_for_earlier_turns_is_one_of_turns(kept, turns):
    assert with_new_names({"keep_earlier_turns": kept}) == {"turns": turns}
    assert RunConfig(input="x", llm="simulated", keep_earlier_turns=kept).turns == turns
