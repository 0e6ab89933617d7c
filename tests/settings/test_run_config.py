"""Settings: flags over YAML over defaults, and wrong ones explained."""

import pytest
import yaml

from sysgen_distilabel.checks.check_table import CAREFUL, CHECKS
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.resources import find
from sysgen_distilabel.secrets import HIDDEN, redact
from sysgen_distilabel.settings.engine_config import EngineConfig
from sysgen_distilabel.settings.run_config import NOT_IDENTITY, RunConfig, load_config
from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities


def write(tmp_path, text):
    path = tmp_path / "run.yaml"
    path.write_text(text)
    return path


def test_flags_win_over_yaml_and_yaml_over_defaults(tmp_path):
    path = write(
        tmp_path,
        "input: a.jsonl\nllm: simulated\nlimit: 5\nmax_attempts: 2\nllm_args: {seed: 1, latency: 0.1}\n",
    )
    config = load_config(path, {"limit": 7, "repair": None, "llm_args": {"seed": 9}})
    assert (config.limit, config.max_attempts, config.repair) == (7, 2, False)
    assert config.llm_args == {"seed": 9, "latency": 0.1}


def test_another_llm_does_not_inherit_the_arguments_of_the_first(tmp_path):
    path = write(tmp_path, "input: a.jsonl\nllm: some.OtherLLM\nllm_args: {model: x}\n")
    assert load_config(path, {"llm": "simulated", "llm_args": {"seed": 9}}).llm_args == {"seed": 9}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("input: a\nllm: simulated\nrepiar: true", "there is no setting 'repiar'"),
        ("input: a\nllm: simulated\nlimit: none", "'limit'"),
        ("input: a\nllm: simulated\ngeneration_kwargs: {respond: {}}", "generation_kwargs"),
        ("input: a\nllm: simulated\nchecks: {copiez: drop}", "no check 'copiez'"),
        ("input: a\nllm: simulated\nchecks: {loops: drop}", "off, mark, reject"),
        ("input: a\nllm: simulated\nequivalent: judge\nchecks: off", "needs the check `answers`"),
        ("input: a\nllm: simulated\nmeasure_lift: 0.1", "asks a vLLM server"),
        ("input: a", "either `model` or `llm`"),
        ("input: a\nllm: simulated\nmodel: m", "either `model` or `llm`"),
        ("input: a\nllm: simulated\nbase_url: http://x", "need a `model`"),
        ("input: a\nmodel: m\nllm_args: {seed: 1}", "use `engine_args`"),
        ("input: a\nmodel: m\nbase_url: http://x\nengine_args: {dtype: auto}", "engine that the run starts"),
        ("input: a\nmodel: m\ntask_engines: {verify_functionalities: {model: v}}", "`model` and `base_url`"),
        ("llm: simulated", "'input'"),
        ("- a list", "no settings"),
        ("input: [", "not YAML"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path, text, named):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as raised:
        load_config(path, {})
    assert named in str(raised.value) and str(path) in str(raised.value)
    assert raised.value.hint and "\n" not in str(raised.value)


def test_a_flag_for_one_kind_of_engine_replaces_the_other_kind_in_the_file(tmp_path):
    served = write(tmp_path, "input: a\nmodel: m\nbase_url: http://x\n")
    assert load_config(served, {"llm": "simulated"}).model is None
    other = write(tmp_path, "input: a\nllm: simulated\nllm_args: {seed: 1}\n")
    chosen = load_config(other, {"model": "m"})
    assert (chosen.model, chosen.llm, chosen.llm_args) == ("m", None, {})


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"There is no config file .*absent\.yaml"):
        load_config(tmp_path / "absent.yaml", {})


def test_a_column_to_keep_that_has_the_name_of_one_of_ours_is_told_before_anything_is_read():
    with pytest.raises(ConfigError, match=r"'keep_columns': messages: the dataset has columns of this name"):
        load_config(None, {"input": "a", "llm": "simulated", "keep_columns": ["topic", "messages"]})


def test_every_setting_is_documented_and_those_outside_the_identity_exist():
    for name in RunConfig.model_fields:
        assert f"        {name}: " in RunConfig.__doc__ + EngineConfig.__doc__
    assert set(NOT_IDENTITY) <= set(RunConfig.model_fields)


@pytest.mark.parametrize(
    "preset", sorted(find("pipelines/presets").glob("*.yaml")), ids=lambda path: path.stem
)
def test_presets_are_valid(preset):
    load_config(preset, {"input": "a.jsonl", "llm": "simulated"})


def test_the_careful_preset_is_the_default():
    given = {"input": "a.jsonl", "llm": "simulated"}
    path = find("pipelines/presets/careful.yaml")
    assert load_config(path, given) == RunConfig(**given)
    written = yaml.safe_load(path.read_text())["checks"]
    assert written == {name: policy for name, policy in CAREFUL.items() if not CHECKS[name].needs}


@pytest.mark.parametrize("text", ["off", '"off"', "{copies: off, loops: off}"])
def test_checks_can_be_off_as_yaml_writes_it(tmp_path, text):
    path = write(tmp_path, f"input: a.jsonl\nllm: simulated\nchecks: {text}\n")
    checks = load_config(path, {}).checks
    assert (checks["copies"], checks["loops"]) == ("off", "off")


def test_the_paper_preset_is_the_default_but_for_what_the_docs_name():
    given = {"input": "a.jsonl", "llm": "simulated"}
    preset = load_config(find("pipelines/presets/paper.yaml"), given)
    defaults = {
        "generate_system_message": GenerateSystemMessage.sampling,
        "verify_functionalities": VerifyFunctionalities.sampling,
        "generate_aligned_response": GenerateAlignedResponse.sampling,
    }
    assert preset.generation_kwargs == defaults
    changed = {
        "structured_outputs": "off",
        "checks": "off",
        "prompts": "paper",
        "existing_system": "replace",
        "phrase_order": "canonical",
    }
    assert preset == RunConfig(**given, **changed, generation_kwargs=defaults)


def test_secrets_are_hidden_however_deep():
    shown = redact(
        {"llm_args": {"api_key": "k", "default_headers": [{"Authorization": "b"}], "max_new_tokens": 3}}
    )
    assert shown == {
        "llm_args": {"api_key": HIDDEN, "default_headers": [{"Authorization": HIDDEN}], "max_new_tokens": 3}
    }
    assert "k" not in yaml.safe_dump(redact({"hf_token": "k"})).split(": ")[1]
