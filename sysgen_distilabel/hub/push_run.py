"""Publishes a finished run as a dataset on the Hub."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

from sysgen_distilabel.errors import HubError
from sysgen_distilabel.hub.bundle import Bundle, choose_subsets, find_stand_ins, prepare
from sysgen_distilabel.hub.explain import is_out_of_reach
from sysgen_distilabel.hub.hub_target import Target
from sysgen_distilabel.hub.licences import choose_licence, find_source, name_source
from sysgen_distilabel.hub.merge_cards import merge_card, read_front_matter
from sysgen_distilabel.hub.personal import Findings, scan_system_messages
from sysgen_distilabel.hub.remote import Changes, Remote, check_remote, compare, read_remote
from sysgen_distilabel.hub.retry_requests import NOTHING_YET, attempt
from sysgen_distilabel.hub.upload import Published, Upload
from sysgen_distilabel.report.card.card_facts import Facts, Source
from sysgen_distilabel.runs.run_directory import RunDirectory

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Terms:
    """Under what terms a dataset is published.

    Attributes:
        licence: the licence; None takes the source's.
        source_licence: the licence of the source data, where the Hub does not tell or it is departed from.
        languages: ISO codes; empty to detect them.
        subsets: what to publish; empty for every subset that is there.
    """

    licence: str | None = None
    source_licence: str | None = None
    languages: Sequence[str] = ()
    subsets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push would do.

    Attributes:
        facts: what is published.
        remote: the repository as it is.
        changes: what would change in it.
        card: the card as it would be.
        is_offline: whether the Hub was not reached, and `remote` is what it is for a new dataset.
        refusal: why a push would be refused; empty if it would not.
    """

    facts: Facts
    remote: Remote
    changes: Changes
    card: Path
    is_offline: bool = False
    refusal: str = ""


def push_run(run: RunDirectory, target: Target, terms: Terms, say: Say) -> Published:
    """Publish a finished run; the same run again changes nothing.

    Args:
        run: the run.
        target: where it goes.
        terms: under what terms.
        say: told what goes on.

    Raises:
        HubError: it must not be published like this, or the Hub refuses; it says what is there now.
        RunError: there is no finished run.
    """
    from huggingface_hub import HfApi

    api = HfApi()
    with _ready(run, target, terms) as subsets:
        if refused := find_stand_ins(run, subsets):
            raise refused
        user = attempt(lambda: api.whoami()["name"], target, say)
        return _prepare_upload(run, target, terms, subsets, api, user, say)[1].run()


def plan_push(run: RunDirectory, target: Target, terms: Terms, say: Say) -> Plan:
    """What `push_run` would do; nothing on the Hub changes, and all it would upload is in `hub/`.

    Without a network it is what a push of a new dataset would do, whose card the Hub has not checked.
    Data that no model wrote has a plan too, with the reason why a push would be refused.

    Raises:
        HubError: see `push_run`.
        RunError: there is no finished run.
    """
    from huggingface_hub import HfApi

    with _ready(run, target, terms) as subsets:
        refusal = str(find_stand_ins(run, subsets) or "")
        try:
            bundle, upload = _prepare_upload(run, target, terms, subsets, HfApi(), None, say)
            remote, changes = upload.plan()
        except HubError as error:
            if not is_out_of_reach(error.__cause__):
                raise
            return replace(_plan_offline(run, target, terms, subsets), refusal=refusal)
        return Plan(bundle.facts, remote, changes, bundle.card, refusal=refusal)


def _plan_offline(run: RunDirectory, target: Target, terms: Terms, subsets: Sequence[str]) -> Plan:
    remote = Remote()
    source = name_source(run.read_provenance()["input"]["location"])
    bundle = _prepare_bundle(run, target, terms, subsets, remote, source)
    return Plan(bundle.facts, remote, compare(bundle.files, remote), bundle.card, is_offline=True)


def scan_run(run: RunDirectory, subsets: Sequence[str]) -> Findings:
    """Look for personal data and keys in the system messages that would be published.

    Raises:
        HubError: a subset is not there.
        RunError: there is no finished run.
    """
    run.require_finished()
    return scan_system_messages(run.dataset, choose_subsets(run, subsets))


@contextmanager
def _ready(run: RunDirectory, target: Target, terms: Terms) -> Iterator[list[str]]:
    """Keep the run as it is while it is published; yields the subsets to publish."""
    from sysgen_distilabel.report.write_report import write_report

    target.check()
    run.require_finished()
    with run.locked(), run.explain_os_errors():
        subsets = choose_subsets(run, terms.subsets)
        if "attrition" not in run.read_report():
            write_report(run)
        yield subsets


def _prepare_upload(
    run: RunDirectory,
    target: Target,
    terms: Terms,
    subsets: Sequence[str],
    api: HfApi,
    user: str | None,
    say: Say,
) -> tuple[Bundle, Upload]:
    """Check first what takes no time, then lay out the files."""
    remote = attempt(lambda: read_remote(api, target, target.revision), target, say)
    check_remote(remote, target)
    source = find_source(run.read_provenance()["input"]["location"], say)
    bundle = _prepare_bundle(run, target, terms, subsets, remote, source)
    rendered = bundle.card.read_text(encoding="utf-8")

    def lay_out(remote: Remote) -> Mapping[str, Path]:
        bundle.card.write_text(merge_card(rendered, remote.card), encoding="utf-8")
        _check_card(bundle.card)
        return bundle.files

    return bundle, Upload(api, target, user, lay_out, say)


def _prepare_bundle(
    run: RunDirectory, target: Target, terms: Terms, subsets: Sequence[str], remote: Remote, source: Source
) -> Bundle:
    """Settle licence and languages, and lay out the files."""
    on_card = read_front_matter(remote.card)
    licence = choose_licence(source, terms.licence, terms.source_licence, on_card.get("license"))
    languages = terms.languages or on_card.get("language") or ()
    languages = [languages] if isinstance(languages, str) else languages
    return prepare(run, target, subsets, languages, licence, source)


def _check_card(card: Path) -> None:
    """Have the Hub check the metadata before anything is uploaded.

    Raises:
        HubError: it breaks the Hub's rules.
    """
    from huggingface_hub import DatasetCard

    try:
        DatasetCard(card.read_text(encoding="utf-8"), ignore_metadata_errors=True).validate()
    except ValueError as error:
        problems = json.loads(str(error)).get("errors", [])
        said = "; ".join(shorten(problem["message"], 200, placeholder=" ...") for problem in problems)
        raise HubError(
            f"The Hub refuses the card: {said}. {NOTHING_YET}",
            "Mend --license, --language or the card on the Hub.",
        ) from None
