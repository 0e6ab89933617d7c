"""What a dataset card tells beside the figures of the report: subsets, columns and how it was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.columns import ALL_COLUMNS, MESSAGES, REVIEW_MEANINGS
from sysgen_distilabel.inputs.parquet_rows import scan_subset
from sysgen_distilabel.measures.languages import guess_language

if TYPE_CHECKING:
    import pyarrow as pa

SUBSET_MEANINGS: Final[dict[str, str]] = {
    "accepted": "rows with a system message and the answers given under it; train on these",
    "rejected": "all other rows of the input, each with the reason it was rejected for",
    "review": "rows that people reviewed, with what they changed",
    "preferences": "pairs of a chosen and a rejected response to the same prompt",
}
"""The subsets that are published, in their order, and what they hold."""

_LANGUAGE_SAMPLE: Final = 4096
_LEAST_SHARE: Final = 0.02


@dataclass(frozen=True, slots=True)
class Subset:
    """A subset as it is in the files.

    Attributes:
        name: its name.
        rows: its number of rows.
        columns: the type of each column.
        files: where its rows are; empty where distilabel writes them.
    """

    name: str
    rows: int
    columns: Mapping[str, str]
    files: Sequence[Path] = ()

    @property
    def meaning(self) -> str:
        """What it holds."""
        return SUBSET_MEANINGS.get(self.name, "")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the conversations come from.

    Attributes:
        dataset: repo id of a Hub dataset, else empty.
        revision: its commit.
        licences: its licences as the Hub knows them.
        is_shown: whether the Hub shows it, so that no licence means that it names none.
    """

    dataset: str = ""
    revision: str = ""
    licences: tuple[str, ...] = ()
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a card tells and the report does not; what is empty is left out of the card.

    Attributes:
        subsets: what is in the dataset.
        languages: ISO codes, the most frequent first.
        licence: the identifier of the licence it is published under.
        source: where the conversations come from.
        config: the settings of the run.
        provenance: the versions and hashes of the run.
        plots: names of the plots beside the card.
        files: the other files beside the card.
    """

    subsets: Sequence[Subset]
    languages: Sequence[str] = ()
    licence: str = ""
    source: Source = field(default_factory=Source)
    config: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    plots: Sequence[str] = ()
    files: Sequence[str] = ()

    @property
    def rows(self) -> int:
        """The rows of all subsets."""
        return sum(subset.rows for subset in self.subsets)


def read_subsets(dataset: Path, names: Sequence[str] | None = None) -> list[Subset]:
    """The subsets that are there, from the footers of their files.

    Args:
        dataset: directory with one subdirectory of parquet files per subset.
        names: which to look for, by default every one that is published.
    """
    import pyarrow.parquet as pq

    subsets = []
    for name in names or SUBSET_MEANINGS:
        files = sorted((dataset / name).glob("*.parquet"))
        if files:
            schema = pq.read_schema(files[0])
            rows = sum(pq.read_metadata(file).num_rows for file in files)
            subsets.append(Subset(name, rows, name_types(schema), files))
    return subsets


def list_columns(subsets: Sequence[Subset]) -> list[dict[str, str]]:
    """Every column with its type, meaning and, where not all have it, the subsets it is in."""
    names = dict.fromkeys(column for subset in subsets for column in subset.columns)
    meanings = {name: column.meaning for name, column in ALL_COLUMNS.items()} | REVIEW_MEANINGS
    listed = []
    for name in names:
        having = [subset for subset in subsets if name in subset.columns]
        meaning = meanings.get(name, "carried over from the input")
        if len(having) < len(subsets):
            meaning = f"{meaning} (only in {', '.join(f'`{subset.name}`' for subset in having)})"
        listed.append({"name": name, "type": having[0].columns[name], "meaning": meaning})
    return listed


def detect_languages(dataset: Path, subset: str = "accepted") -> list[str]:
    """The ISO codes of the languages of the conversations, the most frequent first.

    Those that are clear in a fiftieth of the conversations looked at; none where that is none.
    """
    found: Counter[str] = Counter()
    for batch in scan_subset(dataset, subset, [MESSAGES]):
        for messages in batch.column(MESSAGES).to_pylist():
            found[guess_language("\n".join(m["content"] for m in messages))] += 1
        if found.total() >= _LANGUAGE_SAMPLE:
            break
    return [code for code, rows in found.most_common() if code and rows >= _LEAST_SHARE * found.total()]


def list_engines(config: Mapping[str, Any], provenance: Mapping[str, Any]) -> list[dict[str, str]]:
    """For each Task of a run its model and its sampling."""
    engines = []
    for name, sampling in provenance.get("sampling", {}).items():
        choice = config.get("task_engines", {}).get(name) or config
        model = choice.get("model") or choice.get("llm_args", {}).get("model") or choice.get("llm") or ""
        shown = ", ".join(f"{key} {value}" for key, value in sampling.items())
        engines.append({"task": name, "model": str(model), "sampling": shown})
    return engines


def name_types(schema: pa.Schema) -> dict[str, str]:
    """The type of each column in words."""
    return {field.name: str(field.type).replace("item: ", "").replace("element: ", "") for field in schema}
