"""Under which licence a dataset may be published, given that of its source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sysgen_distilabel.errors import HubError
from sysgen_distilabel.hub.explain import status_of
from sysgen_distilabel.hub.hub_target import Target
from sysgen_distilabel.hub.retry_requests import NOTHING_YET, attempt
from sysgen_distilabel.inputs.hub_datasets import HubDataset
from sysgen_distilabel.report.card.card_facts import Source

_NAME_IT = "Name the licence with --license, such as --license cc-by-4.0."
_TELLS_NOTHING = ("unknown", "other")
_NOT_SHOWN: Final = frozenset({401, 403, 404})


def find_source(location: str, say: Callable[[str], None]) -> Source:
    """The Hub dataset the rows come from, with the licences its card names.

    Args:
        location: the input of the run.
        say: told that a request is tried again.

    Raises:
        HubError: the Hub has a fault that does not pass, or cannot be reached.
    """
    dataset = _dataset_of(location)
    if dataset is None:
        return Source()
    aftermath = f"The licence of the source {dataset.repo} could not be read. {NOTHING_YET}"
    card = attempt(lambda: _read_metadata(dataset), Target(dataset.repo), say, lambda: aftermath)
    named = (card or {}).get("license") or []
    named = [named] if isinstance(named, str) else named
    licences = tuple(name for name in named if name)
    return Source(dataset.repo, dataset.revision or "", licences, is_shown=card is not None)


def name_source(location: str) -> Source:
    """The same without a look at the Hub, so without licences."""
    dataset = _dataset_of(location)
    return Source(dataset.repo, dataset.revision or "", (), is_shown=False) if dataset else Source()


def _dataset_of(location: str) -> HubDataset | None:
    return HubDataset.parse(location) if location.startswith("hf://") else None


def _read_metadata(dataset: HubDataset) -> Any:
    """What the card of a dataset says; None if it is gone, private or gated by now."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return HfApi().dataset_info(dataset.repo, revision=dataset.revision).card_data or {}
    except HfHubHTTPError as error:
        if status_of(error) in _NOT_SHOWN:
            return None
        raise


def choose_licence(
    source: Source, chosen: str | None, acknowledged: str | None = None, on_card: str | None = None
) -> str:
    """The licence to publish under; it has to be named where it does not follow from the source.

    Args:
        source: where the rows come from.
        chosen: the licence asked for.
        acknowledged: the licence of the source, named by whoever departs from it or knows better.
        on_card: the licence that the card on the Hub has already.

    Raises:
        HubError: none is known, or the one that is contradicts the source's or the card's.
    """
    known = [acknowledged] if acknowledged else [n for n in source.licences if n not in _TELLS_NOTHING]
    if chosen is None:
        if on_card and (not known or known == [on_card]):
            return on_card
        if len(known) == 1 and not on_card:
            return known[0]
        raise HubError(_why_unclear(source, known, on_card), _NAME_IT)
    contradicted = [name for name in known if name != chosen]
    if contradicted and not acknowledged:
        raise HubError(
            f"The licence {chosen} contradicts that of the source {source.dataset}: {', '.join(known)}.",
            f"If you may publish under another one, say so with --source-license {contradicted[0]}.",
        )
    return chosen


def _why_unclear(source: Source, known: list[str], on_card: str | None) -> str:
    if len(known) > 1:
        return f"The source {source.dataset} names several licences: {', '.join(known)}."
    if known:
        return f"The card on the Hub says {on_card}, and the source {source.dataset} {known[0]}."
    if not source.is_shown:
        return f"The licence of the source {source.dataset} is not known: the Hub does not show the dataset."
    if source.dataset:
        return f"The source {source.dataset} names no licence."
    return "The licence of the source data is not known."
