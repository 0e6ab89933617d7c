"""The directory of a proof: laid out and resumed like that of a run, arm by arm."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.inputs.source_ids import hash_content
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.workflows.prove.recipe import ProveArm, Recipe

_MAY_GROW: Final = ("arms", "seeds", "keep", "answers_at_once")
"""Settings that may differ when a proof goes on: no training and no answer that is there depends on them."""


class ProofDirectory(RunDirectory):
    """The files of one proof; see `RunDirectory`.

    Attributes:
        config_file: the recipe, everything resolved; `sysgen prove --config` takes it.
        report_file: the figures.
        table: the table as Markdown.
        page: the page with the plots.
        data: what the arms are trained on.
        held_out: the rows of the runs that are kept out of training.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.config_file = path / "prove.yaml"
        self.report_file = path / "prove.json"
        self.table = path / "prove.md"
        self.page = path / "prove.html"
        self.data = path / "data"
        self.held_out = path / "heldout"

    def arm(self, arm: ProveArm, seed: int) -> Path:
        """Where the weights, the answers and the logs of one model are."""
        return self.path / "arms" / f"{arm}-{seed}"

    def model(self, arm: ProveArm, seed: int) -> Path:
        """The weights of one model, while they are kept."""
        return self.arm(arm, seed) / "model"

    def settle(self, recipe: Recipe, runs: Sequence[RunDirectory]) -> Recipe:
        """Begin a proof, or make sure that this is the one that was begun here, and go on with its steps.

        Raises:
            RunError: if the directory holds another proof, or something else.
        """
        files = [run.read_report().get("files") for run in runs]
        provenance = {"input": {"fingerprint": hash_content({"runs": files})}, "prompts": {}}
        if self.exists():
            begun = self.read_config()
            recipe = recipe if recipe.steps else recipe.model_copy(update={"steps": begun["steps"]})
            free = _MAY_GROW if begun["steps"] else (*_MAY_GROW, "steps")  # they follow from the data
            self.check(_dump(recipe) | {name: begun[name] for name in free}, provenance, "if_possible")
        self.start(_dump(recipe), provenance)
        return recipe


def _dump(recipe: Recipe) -> dict[str, Any]:
    """The recipe as it is compared; proofs that are older than unseen tasks have no word of them."""
    return recipe.model_dump(mode="json", exclude=None if recipe.unseen else {"unseen"})
