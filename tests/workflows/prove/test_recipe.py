"""A recipe is complete before anything is done, and wrong ones say what is wrong."""

import pytest

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.workflows.prove.recipe import ProveArm, load_recipe

LEAST = {"runs": ["out"], "model": "ORG/NAME"}


def test_everything_left_open_is_settled():
    recipe = load_recipe({**LEAST, "arms": ["sysgen", "base"], "seeds": None})
    assert recipe.arms == [ProveArm.BASE, ProveArm.NONE, ProveArm.SYSGEN] and recipe.seeds == 3
    assert recipe.learning_rate == 2e-5 and recipe.preference_learning_rate == pytest.approx(2e-6)
    assert recipe.engine in ("vllm", "transformers")
    assert load_recipe({**LEAST, "method": "lora"}).learning_rate == 2e-4


def test_options_win_over_the_file(tmp_path):
    file = tmp_path / "prove.yaml"
    file.write_text("runs: [out]\nmodel: ORG/NAME\nseeds: 2\nlearning_rate: 0.01\n")
    recipe = load_recipe({"seeds": 5}, file)
    assert (recipe.seeds, recipe.learning_rate) == (5, 0.01)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({}, "'model'"),
        ({"model": "x", "runs": []}, "'runs'"),
        ({**LEAST, "arms": ["preferences"]}, "goes on from `sysgen`"),
        ({**LEAST, "arms": ["nothing"]}, "'arms"),
        ({**LEAST, "tokens_per_step": 1000}, "has to fit into"),
        ({**LEAST, "hold_out": 1.0}, "'hold_out'"),
        ({**LEAST, "colour": "red"}, "'colour'"),
    ],
)
def test_a_wrong_setting_is_named(settings, message):
    with pytest.raises(ConfigError, match=message):
        load_recipe(settings)


def test_a_file_that_is_none_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"gone.yaml cannot be read"):
        load_recipe(LEAST, tmp_path / "gone.yaml")
