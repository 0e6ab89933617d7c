"""Our card for the Distiset of a pipeline that somebody composed; its `push_to_hub` does the rest."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from distilabel.distiset import Distiset

from sysgen_distilabel.columns import MODEL_NAME, OUTCOME, PHRASES
from sysgen_distilabel.errors import HubError
from sysgen_distilabel.hub.merge_cards import merge_card
from sysgen_distilabel.hub.scrub import Scrubber
from sysgen_distilabel.hub.shards import scrub_batch, tells_of_the_run
from sysgen_distilabel.outcome import REASONS, Outcome
from sysgen_distilabel.report.card.card_examples import EXAMPLE_COLUMNS, Example, WholeRow, choose_examples
from sysgen_distilabel.report.card.card_facts import Facts, Subset, name_types
from sysgen_distilabel.report.card.card_templates import CITATION
from sysgen_distilabel.report.card.render_card import render_dataset_card
from sysgen_distilabel.report.figures.phrase_figures import PhraseFigures
from sysgen_distilabel.simulated_notice import notice_of_llm

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa
    from huggingface_hub import DatasetCard

_ROWS_PER_BATCH: Final = 2048


def with_card(distiset: Distiset, license: str | None = None, languages: Sequence[str] = ()) -> Distiset:
    """The same Distiset, which `push_to_hub` and `save_to_disk` give our card.

    Its `pipeline.yaml` is scrubbed of secrets and local paths, and so are the names of models in its rows;
    the log, full of both, is left out.

    Args:
        distiset: what the pipeline has returned.
        license: licence identifier of the Hub.
        languages: ISO codes.

    Raises:
        HubError: no language model wrote the data.
    """
    carded = SysGenDistiset(distiset)
    carded.terms = {"licence": license or "", "languages": list(languages)}
    carded._citations = distiset.citations
    carded._artifacts_path = distiset.artifacts_path
    scrubber = Scrubber.of_this_machine()
    if distiset.pipeline_path:
        carded.pipeline_path = _scrub_pipeline(Path(distiset.pipeline_path), scrubber)
    figures = _count(carded)
    for name in figures["models"]:
        if notice := notice_of_llm(name):
            raise HubError(
                f"Simulated data is not published. {notice}", "Run it with a language model first."
            )
    carded.figures = {**figures, "models": scrubber.data(figures["models"])}
    for name, subset in carded.items():
        carded[name] = _scrub_subset(subset, scrubber)
    return carded


class SysGenDistiset(Distiset):
    """A Distiset with our card; made by `with_card`.

    Attributes:
        terms: licence and languages.
        figures: what is known of the rows, with the keys of `report.json`.
    """

    terms: Mapping[str, Any]
    figures: Mapping[str, Any]

    def _get_card(
        self,
        repo_id: str,
        token: str | None = None,
        include_script: bool = False,
        filename_py: str | None = None,
    ) -> DatasetCard:
        """Distilabel's hook: merges our card into what is on the Hub, where distilabel wrote `configs`."""
        from huggingface_hub import DatasetCard, hf_hub_download

        theirs = ""
        if token:
            readme = hf_hub_download(repo_id, "README.md", repo_type="dataset", token=token)
            theirs = Path(readme).read_text(encoding="utf-8")
        rendered = render_dataset_card(
            self.figures,
            repo_id,
            _gather(self),
            *_find_examples(self),
            citations=self._other_citations(),
            with_configs=False,
        )
        return DatasetCard(merge_card(rendered, theirs))

    def _other_citations(self) -> list[str]:
        """What distilabel has collected from the Steps, but for our own."""
        own = "".join(CITATION.split())
        entries = {"".join(entry.split()): entry for entry in self.citations or []}
        return [entry for squeezed, entry in entries.items() if squeezed != own]


def _gather(distiset: SysGenDistiset) -> Facts:
    """What the card tells of the subsets."""
    subsets = []
    for name in distiset:
        splits = _splits(distiset, name)
        types = name_types(splits[0].features.arrow_schema)
        subsets.append(Subset(name, sum(split.num_rows for split in splits), types))
    return Facts(subsets, **distiset.terms)


def _count(distiset: Distiset) -> dict[str, Any]:
    """The figures of a card that follow from the columns there are, as in `report.json`."""
    outcomes, models, phrases = Counter[str](), Counter[str](), PhraseFigures()
    tagged_rows = 0
    for name in distiset:
        for batch in _scan(distiset, name, (OUTCOME, MODEL_NAME, PHRASES)):
            columns = batch.schema.names
            if OUTCOME in columns:
                outcomes.update(batch.column(OUTCOME).to_pylist())
            if MODEL_NAME in columns:
                models.update(model or "" for model in batch.column(MODEL_NAME).to_pylist())
            if PHRASES in columns:
                phrases.add(batch.column(PHRASES), accepted=name != "rejected")
                tagged_rows += batch.num_rows
    figures: dict[str, Any] = {"models": {name: rows for name, rows in models.most_common() if name}}
    if outcomes and not outcomes[Outcome.PENDING]:
        known = {outcome.value: outcomes[outcome] for outcome in REASONS if outcomes[outcome]}
        rows = {"input": outcomes.total(), "accepted": outcomes[Outcome.ACCEPTED], "rejected": known}
        figures["rows"] = rows
    if tagged_rows:
        figures["functionalities"] = phrases.summarise()["functionalities"]
    return figures


def _find_examples(distiset: Distiset) -> tuple[list[Example], WholeRow | None]:
    """Examples from the first subset that has all columns they need."""
    for name in distiset:
        if name != "rejected" and set(EXAMPLE_COLUMNS) <= set(_splits(distiset, name)[0].column_names):
            batches = _scan(distiset, name, EXAMPLE_COLUMNS)
            return choose_examples(row for batch in batches for row in batch.to_pylist())
    return [], None


def _splits(distiset: Distiset, name: str) -> list[datasets.Dataset]:
    subset = distiset[name]
    return list(subset.values()) if isinstance(subset, dict) else [subset]


def _scan(distiset: Distiset, name: str, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Those of the columns that a subset has, batch by batch."""
    for split in _splits(distiset, name):
        there = [column for column in columns if column in split.column_names]
        if there and split.num_rows:
            for table in split.select_columns(there).with_format("arrow").iter(_ROWS_PER_BATCH):
                yield from table.combine_chunks().to_batches()


def _scrub_subset(subset: Any, scrubber: Scrubber) -> Any:
    """A subset without local paths in what the pipeline writes about itself; the given one stays as it is."""
    if isinstance(subset, dict):
        return type(subset)({name: _scrub_split(split, scrubber) for name, split in subset.items()})
    return _scrub_split(subset, scrubber)


def _scrub_split(split: datasets.Dataset, scrubber: Scrubber) -> datasets.Dataset:
    import pyarrow as pa

    def scrub(table: pa.Table) -> pa.Table:
        batches = [scrub_batch(batch, scrubber.text) for batch in table.combine_chunks().to_batches()]
        return pa.Table.from_batches(batches, table.schema)

    columns = [name for name in split.column_names if tells_of_the_run(name)]
    tables = split.select_columns(columns).with_format("arrow").iter(_ROWS_PER_BATCH) if columns else ()
    if not any(not scrub(table).equals(table) for table in tables):
        return split
    changed = split.with_format("arrow").map(
        scrub, batched=True, batch_size=_ROWS_PER_BATCH, features=split.features
    )
    return changed.with_format(**split.format)


def _scrub_pipeline(path: Path, scrubber: Scrubber) -> Path:
    """A copy of a pipeline's file without secrets and local paths."""
    copy = Path(tempfile.mkdtemp(prefix="sysgen-")) / path.name
    pipeline = scrubber.data(yaml.safe_load(path.read_text(encoding="utf-8")))
    copy.write_text(yaml.safe_dump(pipeline, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return copy
