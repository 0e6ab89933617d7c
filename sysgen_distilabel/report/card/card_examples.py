"""Example rows for a dataset card, as HTML that the Hub renders, phrases coloured by functionality."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, TypeAlias

from markupsafe import Markup, escape

from sysgen_distilabel.columns import ALIGNED_MESSAGES, MESSAGES, PHRASES, SOURCE_ID
from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality, kept_phrases
from sysgen_distilabel.inputs.parquet_rows import scan_rows
from sysgen_distilabel.report.page.row_view import clean
from sysgen_distilabel.response_turns import find_answers

EXAMPLE_COLUMNS: Final = (SOURCE_ID, PHRASES, MESSAGES, ALIGNED_MESSAGES)
"""What a row needs to be an example."""

_ROWS_LOOKED_AT: Final = 2_000
_CANDIDATES: Final = 8
_GOOD_LENGTH: Final = 600
_LONGEST_PHRASE: Final = 200
_LONGEST_TEXT: Final = 700

_Candidate: TypeAlias = tuple[int, Mapping[str, Any]]
"""A row, and by how many characters its system message is longer than is good to read."""


@dataclass(frozen=True, slots=True)
class Example:
    """A system message that shows one functionality.

    Attributes:
        functionality: which.
        source_id: the row it is of.
        html: the system message, its phrases coloured and those of the functionality bold.
    """

    functionality: Functionality
    source_id: str
    html: str

    @property
    def style(self) -> str:
        """The colour of the functionality, as an HTML style."""
        return _style(self.functionality)


@dataclass(frozen=True, slots=True)
class WholeRow:
    """One row before and after, as HTML.

    Attributes:
        system: its system message, coloured.
        user: what the user says first.
        original: the answer in the source data.
        aligned: the answer under the system message.
    """

    system: str
    user: str
    original: str
    aligned: str


def find_examples(dataset: Path, subset: str = "accepted") -> tuple[list[Example], WholeRow | None]:
    """Examples of a dataset on disk, see `choose_examples`.

    Args:
        dataset: directory with a subdirectory of parquet files for the subset.
        subset: where to look.
    """
    return choose_examples(scan_rows(dataset, subset, EXAMPLE_COLUMNS))


def choose_examples(rows: Iterable[Mapping[str, Any]]) -> tuple[list[Example], WholeRow | None]:
    """A system message for each functionality there is among the first rows, and one whole row.

    Short messages are preferred to long ones, for the sake of the reader.

    Args:
        rows: accepted rows with `EXAMPLE_COLUMNS`.
    """
    found: dict[Functionality, list[_Candidate]] = {f: [] for f in FUNCTIONALITIES}
    for row in islice(rows, _ROWS_LOOKED_AT):
        _consider(row, found)
        if all(map(_is_settled, found.values())):
            break
    chosen = _choose_different({f: [row for _, row in candidates] for f, candidates in found.items()})
    if not chosen:
        return [], None
    examples = [
        Example(f, clean(row[SOURCE_ID]), colour_phrases(row[PHRASES], f)) for f, row in chosen.items()
    ]
    return examples, _show_whole(max(chosen.values(), key=lambda row: len(kept_phrases(row[PHRASES]))))


def colour_phrases(phrases: Sequence[Mapping[str, str]], bold: Functionality | None = None) -> str:
    """The kept phrases as HTML; each names its functionality, as colour alone tells not everybody."""
    kept = kept_phrases(phrases)
    return " ".join(_colour(Functionality(p["functionality"]), p["text"], bold) for p in kept)


def _colour(functionality: Functionality, text: str, bold: Functionality | None) -> Markup:
    shown = _plain(text, _LONGEST_PHRASE)
    if functionality == bold:
        shown = Markup("<b>") + shown + Markup("</b>")
    tagged = Markup('<span style="{}">{}</span>&nbsp;<sub>{}</sub>')
    return tagged.format(_style(functionality), shown, functionality)


def _style(functionality: Functionality) -> str:
    colour = functionality.colour
    return f"background-color:{colour}22;border-bottom:2px solid {colour}"


def _consider(row: Mapping[str, Any], found: dict[Functionality, list[_Candidate]]) -> None:
    """Keep the row as a candidate for its functionalities; short ones displace long ones."""
    kept = kept_phrases(row[PHRASES])
    excess = max(0, sum(len(phrase["text"]) for phrase in kept) - _GOOD_LENGTH)
    for functionality in {phrase["functionality"] for phrase in kept}:
        candidates = found[Functionality(functionality)]
        if len(candidates) < _CANDIDATES or excess < candidates[-1][0]:
            candidates.append((excess, row))
            candidates.sort(key=itemgetter(0))
            del candidates[_CANDIDATES:]


def _is_settled(candidates: list[_Candidate]) -> bool:
    """Whether no later row can displace one of them."""
    return len(candidates) == _CANDIDATES and candidates[-1][0] == 0


def _choose_different(
    found: dict[Functionality, list[Mapping[str, Any]]],
) -> dict[Functionality, Mapping[str, Any]]:
    """A candidate for each functionality, another row each time where there is one."""
    chosen: dict[Functionality, Mapping[str, Any]] = {}
    for functionality, candidates in found.items():
        used = [row[SOURCE_ID] for row in chosen.values()]
        if candidates:
            unused = (row for row in candidates if row[SOURCE_ID] not in used)
            chosen[functionality] = next(unused, candidates[0])
    return chosen


def _show_whole(row: Mapping[str, Any]) -> WholeRow:
    messages, aligned = row[MESSAGES], row[ALIGNED_MESSAGES]
    original = [messages[place] for place in find_answers(messages)]
    regenerated = [aligned[place] for place in find_answers(aligned)]
    asked = [message for message in messages if message["role"] == "user"]
    texts = [group[0]["content"] if group else "" for group in (asked, original, regenerated)]
    return WholeRow(colour_phrases(row[PHRASES]), *(_plain(text, _LONGEST_TEXT) for text in texts))


def _plain(text: str, longest: int) -> Markup:
    """The text, cut, in one line of HTML: a blank line would end the HTML and begin Markdown."""
    shown = clean(text).strip()
    shown = shown if len(shown) <= longest else f"{shown[:longest].rstrip()} …"
    return Markup("<br>").join(escape(line) for line in shown.splitlines())
