"""Where rows were lost is told in the order of the steps of the run itself."""

from collections import Counter

import pytest

from sysgen_distilabel.report.figures.attrition import trace_attrition
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.build_pipeline import build_pipeline
from sysgen_distilabel.workflows.run import run
from tests.commands import write_rows

LOST = Counter(
    {("", "accepted"): 5, ("sample_conditions", "task_error"): 2, ("compile_constraints", "task_error"): 1}
)


def stages(counts, **settings):
    config = RunConfig(input="x", llm="simulated", **settings)
    return trace_attrition(counts, list(build_pipeline(config).dag))


def test_losses_stand_where_the_step_stands_in_the_pipeline():
    found = stages(LOST, constraints="mark", variety={"conditions": {"personas": ["a nurse"]}})
    names = [stage.step for stage in found]
    assert names.index("sample_conditions") < names.index("generate_system_message")
    assert names.index("compile_constraints") < names.index("generate_aligned_response")
    assert [found[0].rows_in, found[-1].rows_out, found[-1].reached] == [8, 5, "accepted"]


def test_a_step_that_is_not_known_to_the_pipeline_is_still_counted():
    found = stages(Counter({("", "accepted"): 1, ("a_step_of_yours", "task_error"): 2}))
    assert (found[-1].step, found[-1].rows_in, found[-1].rows_out) == ("a_step_of_yours", 3, 1)


@pytest.mark.slow
def test_the_run_directory_knows_the_order_of_its_steps(tmp_path):
    config = RunConfig(input=str(write_rows(tmp_path / "rows.jsonl", 3)), llm="simulated", constraints="mark")
    directory = run(config, tmp_path / "run").directory
    assert directory.step_names() == list(build_pipeline(config).dag)
    assert directory.read_report()["attrition"][-1]["step"] == "generate_aligned_response"
