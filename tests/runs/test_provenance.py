"""A run hashes the prompts it uses, and no others."""

import json

import pytest

from sysgen_distilabel.errors import RunError
from sysgen_distilabel.llms.simulated import SimulatedLLM
from sysgen_distilabel.runs.provenance import hash_prompts
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.tasks import JudgePair
from sysgen_distilabel.workflows.build_pipeline import build_pipeline, used_templates
from sysgen_distilabel.workflows.run import run
from tests.commands import write_rows


def templates_of(**settings):
    return used_templates(build_pipeline(RunConfig(input="x", llm="simulated", **settings)))


def test_each_task_declares_what_its_prompts_are_made_of():
    plain = templates_of()
    assert {"generate_system_message.jinja2", "verify_functionalities.jinja2"} <= set(plain)
    assert not {"score_rubric.jinja2", "conflicting_turn.jinja2", "judges/alignment.jinja2"} & set(plain)
    assert "conflicting_turn.jinja2" in templates_of(variety={"conflicting_share": 0.5})
    assert "judges/alignment.jinja2" in templates_of(variety={"response_candidates": 2})
    judge = JudgePair(llm=SimulatedLLM(), questions=["paper"])
    assert set(hash_prompts(judge.templates)) == {"judges/pair_paper.jinja2"}


@pytest.mark.slow
def test_only_a_changed_prompt_of_the_run_keeps_it_from_being_resumed(tmp_path):
    config = RunConfig(input=str(write_rows(tmp_path / "rows.jsonl", 3)), llm="simulated")
    directory = run(config, tmp_path / "run").directory
    provenance = directory.read_provenance()
    provenance["prompts"]["score_rubric.jinja2"] = "of another version"
    directory.provenance_file.write_text(json.dumps(provenance))
    assert run(config, tmp_path / "run").was_finished
    provenance["prompts"]["generate_system_message.jinja2"] = "of another version"
    directory.provenance_file.write_text(json.dumps(provenance))
    with pytest.raises(RunError, match=r"changed the prompt generate_system_message\.jinja2"):
        run(config, tmp_path / "run")
