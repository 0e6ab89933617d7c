"""Everything that is published of a run, laid out as in the repository."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from sysgen_distilabel.errors import HubError
from sysgen_distilabel.hub.hub_target import Target
from sysgen_distilabel.hub.scrub import Scrubber
from sysgen_distilabel.hub.shards import list_models, name_shards, scrub_shard
from sysgen_distilabel.report.card.card_examples import find_examples
from sysgen_distilabel.report.card.card_facts import (
    SUBSET_MEANINGS,
    Facts,
    Source,
    detect_languages,
    read_subsets,
)
from sysgen_distilabel.report.card.render_card import render_dataset_card
from sysgen_distilabel.runs.row_counts import explain_rejected
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.simulated_notice import notice_of_llm

CARD: Final = "README.md"
_REJECTED_ON_PAGE: Final = 8
_ACCEPTED_ON_PAGE: Final = 40


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is to be in the repository.

    Attributes:
        files: local files by their path in the repository, the card among them.
        facts: what the card tells.
        shards: the parquet files of each subset.
    """

    files: dict[str, Path]
    facts: Facts
    shards: dict[str, list[Path]]

    @property
    def card(self) -> Path:
        """The card."""
        return self.files[CARD]


def choose_subsets(run: RunDirectory, wanted: Sequence[str]) -> list[str]:
    """The subsets to publish: those wanted, by default every one that is there.

    Raises:
        HubError: one is not there, or there is no accepted row.
    """
    there = {subset.name: subset.rows for subset in read_subsets(run.dataset)}
    for name in wanted:
        if name not in SUBSET_MEANINGS:
            raise HubError(f"There is no subset '{name}'.", f"Subsets are {', '.join(SUBSET_MEANINGS)}.")
        if name not in there:
            raise HubError(f"The run in {run.path} has no subset '{name}'.", f"It has {', '.join(there)}.")
    chosen = [name for name in there if name in wanted or not wanted]
    if not any(there[name] for name in chosen if name != "rejected"):
        why = "" if there.get("accepted") else f" {explain_rejected(run.read_report())}"
        hint = "Look at its report.html."
        raise HubError(f"The run in {run.path} has no accepted row to publish.{why}", hint)
    return chosen


def find_stand_ins(run: RunDirectory, subsets: Sequence[str]) -> HubError | None:
    """Why data that no real model wrote or judged is not published, whichever of the run's files says so."""
    report = run.read_report()
    config = run.read_config()
    notices = [report["simulation_notice"]]
    for choice in (config, *config.get("task_engines", {}).values()):
        notices.append(notice_of_llm(choice.get("llm")))
    for name in list_models(
        [file for subset in subsets for file in name_shards(run.dataset, subset).values()]
    ):
        notices.append(notice_of_llm(name))
    if notice := next(filter(None, notices), ""):
        return HubError(f"Simulated data is not published. {notice}", "Run it with a language model first.")
    if "preferences" in subsets and (report.get("preferences") or {}).get("judge_notice"):
        return HubError(
            "Preference pairs that a simulated judge chose are not published.",
            "Have a model judge them, or publish the others with --subset accepted --subset rejected.",
        )
    return None


def prepare(
    run: RunDirectory,
    target: Target,
    subsets: Sequence[str],
    languages: Sequence[str],
    licence: str,
    source: Source,
) -> Bundle:
    """Write everything but the data anew into `hub/` of the run directory, without local paths and secrets.

    Args:
        run: the finished run.
        target: where it goes.
        subsets: what is published of it.
        languages: ISO codes; empty to detect them.
        licence: the licence it is published under.
        source: where its rows come from.
    """
    folder = run.path / "hub"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    scrubber = Scrubber.of_this_machine(run.path)
    shards = {
        path: scrub_shard(file, folder / path, scrubber.text)
        for subset in subsets
        for path, file in name_shards(run.dataset, subset).items()
    }
    report = scrubber.data(run.read_report())
    report.pop("files", None)  # of the dataset here, not of what is published of it
    files, config, provenance = _write_records(run, folder, report, scrubber)
    plots = _write_page_and_plots(run, folder, report, subsets, scrubber)
    files += ["report.html", *plots]
    facts = Facts(
        subsets=read_subsets(run.dataset, subsets),
        languages=languages or detect_languages(run.dataset),
        licence=licence,
        source=source,
        config=config,
        provenance=provenance,
        plots=[Path(plot).stem for plot in plots],
        files=[file for file in files if file not in plots],
    )
    examples = find_examples(run.dataset) if "accepted" in subsets else ([], None)
    card = render_dataset_card(report, target.repo_id, facts, *examples, revision=target.revision or "")
    (folder / CARD).write_text(card, encoding="utf-8")
    return Bundle(
        {**shards, **{name: folder / name for name in [*files, CARD]}},
        facts,
        {
            subset: [file for path, file in shards.items() if path.startswith(f"{subset}/")]
            for subset in subsets
        },
    )


def _write_records(
    run: RunDirectory, folder: Path, report: Mapping[str, Any], scrubber: Scrubber
) -> tuple[list[str], dict[str, Any], dict[str, Any]]:
    """Write the report, the settings, the pipeline and the provenance."""
    config = scrubber.data(run.read_config())
    provenance = scrubber.data(run.read_provenance())
    texts = {
        run.report_file.name: json.dumps(report, indent=2, ensure_ascii=False) + "\n",
        run.config_file.name: yaml.safe_dump(config, sort_keys=False, allow_unicode=True),
        run.provenance_file.name: json.dumps(provenance, indent=2) + "\n",
    }
    if pipeline := scrubber.data(run.read_pipeline()):
        texts[run.pipeline_file.name] = yaml.safe_dump(pipeline, sort_keys=False, allow_unicode=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return list(texts), config, provenance


def _write_page_and_plots(
    run: RunDirectory, folder: Path, report: Mapping[str, Any], subsets: Sequence[str], scrubber: Scrubber
) -> list[str]:
    """Write the page of the report and its plots; it shows a sample of the rows that are published only."""
    from sysgen_distilabel.report.page.plots import can_draw, save_plots
    from sysgen_distilabel.report.page.report_page import render_report_page
    from sysgen_distilabel.report.page.row_view import sample_rows

    accepted = _ACCEPTED_ON_PAGE if "accepted" in subsets else 0
    rows = sample_rows(run.dataset, accepted, _REJECTED_ON_PAGE if "rejected" in subsets else 0)
    sample = [replace(row, detail=scrubber.text(row.detail)) for row in rows]
    (folder / "report.html").write_text(
        render_report_page(report, sample), encoding="utf-8", errors="replace"
    )
    plots = save_plots(report, folder / "plots") if can_draw() else []
    return [f"plots/{plot.name}" for plot in plots]
