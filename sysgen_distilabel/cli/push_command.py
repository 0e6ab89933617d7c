"""`sysgen push`: publish a finished run on the Hugging Face Hub."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sysgen_distilabel.cli.options import AsJson
from sysgen_distilabel.cli.say import say, say_json
from sysgen_distilabel.errors import HubError
from sysgen_distilabel.plural import count_of
from sysgen_distilabel.terminal_text import fit

if TYPE_CHECKING:
    from sysgen_distilabel.hub.personal import Findings
    from sysgen_distilabel.hub.push_run import Plan


def push_command(
    directory: Annotated[Path, typer.Argument(help="A run directory.")],
    repo_id: Annotated[str, typer.Argument(metavar="ORG/NAME", help="The dataset on the Hub.")],
    private: Annotated[bool, typer.Option("--private", help="Only you and the organisation see it.")] = False,
    revision: Annotated[str | None, typer.Option(help="Branch to push to; made if it is not there.")] = None,
    create_pr: Annotated[bool, typer.Option("--create-pr", help="Open a pull request instead.")] = False,
    subset: Annotated[
        list[str] | None, typer.Option(help="Publish this subset only. Repeat. By default all there are.")
    ] = None,
    license: Annotated[
        str | None, typer.Option(help="Licence of the dataset, such as cc-by-4.0; else that of the source.")
    ] = None,
    source_license: Annotated[
        str | None, typer.Option(help="Licence of the source data, to depart from it or to make it known.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="ISO code of a language. Repeat. By default it is detected.")
    ] = None,
    scan: Annotated[
        bool,
        typer.Option(
            "--scan", help="Stop if system messages or comments hold e-mail addresses, keys or phone numbers."
        ),
    ] = False,
    as_json: AsJson = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show the card and what would be done; works offline.")
    ] = False,
) -> None:
    """Publish a finished run as a dataset with a card; pushing it again changes nothing.

    The token is that of `hf auth login` or HF_TOKEN. Local paths and secrets are taken out of what is
    uploaded. An interrupted push goes on where it stopped; the dataset changes in one commit or not at all.
    """
    from huggingface_hub.utils.tqdm import disable_progress_bars

    from sysgen_distilabel.hub.hub_target import Target
    from sysgen_distilabel.hub.push_run import Terms, plan_push, push_run, scan_run
    from sysgen_distilabel.runs.run_directory import RunDirectory

    if not sys.stderr.isatty():
        disable_progress_bars()
    run = RunDirectory(directory)
    target = Target(repo_id, revision, create_pr, private)
    terms = Terms(license, source_license, language or (), subset or ())
    if scan:
        _report_findings(scan_run(run, terms.subsets))
    if dry_run:
        plan = plan_push(run, target, terms, _say)
        say_json(_summarise(plan, target.url)) if as_json else _show_plan(plan, target.url)
        return
    published = push_run(run, target, terms, _say)
    if as_json:
        say_json({"url": published.url, "commit": published.commit, "changed": published.changed})
        return
    say(published.url if published.changed else f"Nothing has changed: {published.url}")


def _say(text: str) -> None:
    say(text, err=True)


def _summarise(plan: Plan, url: str) -> dict[str, Any]:
    """A plan for programs."""
    return {
        "url": url,
        "exists": plan.remote.exists,
        "offline": plan.is_offline,
        "subsets": {subset.name: subset.rows for subset in plan.facts.subsets},
        "licence": plan.facts.licence,
        "languages": list(plan.facts.languages),
        "add": {path: file.stat().st_size for path, file in plan.changes.add.items()},
        "delete": list(plan.changes.delete),
        "card": str(plan.card),
        "refused": plan.refusal,
    }


def _show_plan(plan: Plan, url: str) -> None:
    say(plan.card.read_text(encoding="utf-8"))
    state = "there already" if plan.remote.exists else "would be created"
    if plan.is_offline:
        state = "the Hub was not reached: shown as for a new dataset"
    say(f"{url} ({state})")
    for subset in plan.facts.subsets:
        say(f"  {subset.name}: {count_of(subset.rows, 'row')}")
    say(f"  licence {plan.facts.licence}, language {', '.join(plan.facts.languages) or 'not recognised'}")
    for path, file in plan.changes.add.items():
        verb = "replace" if path in plan.remote.files else "add"
        say(f"{verb:>8}  {path}  {file.stat().st_size / 1000:,.1f} kB")
    for path in plan.changes.delete:
        say(f"  delete  {path}")
    say(f"{'Look at the card: ' if plan.changes else 'Nothing would change. '}{plan.card}")
    if plan.refusal:
        say(fit(f"The push itself would be refused. {plan.refusal}", sys.stdout))


def _report_findings(findings: Findings) -> None:
    """Say what the scan found, and stop if that is anything.

    Raises:
        HubError: something was found.
    """
    if not findings.counts:
        scanned = f"Scanned {count_of(findings.rows, 'row')} with a system message or a comment"
        say(f"{scanned}: no e-mail address, key or phone number found.", err=True)
        return
    for finding in findings.first:
        say(f"{finding.subset} {finding.source_id}: {finding.kind} {finding.shown}", err=True)
    counts = ", ".join(f"{kind} {times:,}" for kind, times in findings.counts.items())
    raise HubError(
        f"{findings.affected:,} of {findings.rows:,} rows scanned may have something personal or secret in a"
        f" system message or a comment: {counts}.",
        "Look at those rows; push without --scan to publish them as they are.",
    )
