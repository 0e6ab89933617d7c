"""The figures of a report as facts and tables, formatted for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sysgen_distilabel.functionalities import FUNCTIONALITIES, Functionality
from sysgen_distilabel.outcome import REASONS
from sysgen_distilabel.report.figures import paper_figures as paper
from sysgen_distilabel.report.page.response_tables import tabulate_responses
from sysgen_distilabel.terminal_text import clean_line

Report = Mapping[str, Any]
Table = list[list[str]]

FAULTY: Final = "cut or failed"
"""What a call is whose reply has a fault; of one that was cut off, the whole phrases may be used."""

_MEANINGS: Final = {reason.value: reason.explanation for reason in REASONS}
_PERCENTILES: Final = ("mean", "least", "p10", "p50", "p90", "p99", "greatest")


def format_thousands(number: float) -> str:
    """12345.6 as `12,346`."""
    return f"{number:,.0f}"


def format_percent(number: float) -> str:
    """A share in per cent, with as many digits as tell something."""
    if 0 < number < 0.05:
        return "< 0.1 %"
    return f"{number:.1f} %" if number < 99.95 else "100 %"


def format_duration(seconds: float) -> str:
    """Seconds as `45 s`, `2 min 10 s`, `12 min` or `3 h 20 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    if whole < 600:
        return f"{whole // 60} min {whole % 60:02d} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def format_money(amount: float) -> str:
    """An amount in whatever currency the prices are in."""
    return f"{amount:,.2f}" if amount >= 1 else f"{amount:.4f}"


def share(part: float, whole: float) -> str:
    """A part of a whole in per cent."""
    return format_percent(100 * part / whole) if whole else ""


def list_facts(report: Report) -> list[tuple[str, str]]:
    """The few figures a reader wants first."""
    rows, usage = report["rows"], report["usage"].values()
    facts = [
        ("accepted", share(rows["accepted"], rows["input"])),
        ("calls", format_thousands(sum(spent["calls"] for spent in usage))),
        ("prompt tokens", format_thousands(sum(spent["prompt_tokens"] for spent in usage))),
        ("generated tokens", format_thousands(sum(spent["completion_tokens"] for spent in usage))),
        ("engine at work", format_duration(report["throughput"]["active_seconds"])),
    ]
    if models := [clean_line(name) for name in report["models"] if name]:
        facts.insert(0, ("model" if len(models) == 1 else "models", ", ".join(models)))
    if cost := report.get("cost"):
        facts.append(("cost", format_money(cost["total"])))
    return facts


def make_tables(report: Report) -> dict[str, Any]:
    """The rows of every table of the page, by name."""
    return {
        "attrition": _tabulate_attrition(report),
        "functionalities": [_tabulate_functionality(report, name) for name in FUNCTIONALITIES],
        "combinations": [
            [
                ", ".join(entry["functionalities"]) or "none",
                format_thousands(entry["rows"]),
                share(entry["rows"], report["rows"]["accepted"]),
            ]
            for entry in report["combinations"]
        ],
        "defects": [[kind, format_thousands(times)] for kind, times in report["tag_defects"].items()],
        "lengths": [
            [name.replace("_", " "), *(_format_length(report["lengths"][name][p]) for p in _PERCENTILES)]
            for name in report["lengths"]
        ],
        "groups": [
            [group["text"], format_thousands(group["rows"])]
            for group in report["diversity"].get("largest_groups", ())
        ],
        "leak_kinds": [
            [kind, format_thousands(rows)] for kind, rows in report["leak"].get("rows_by_kind", {}).items()
        ],
        "leaks": [
            [row["source_id"], row["kind"], row["phrase"]] for row in report["leak"].get("examples", ())
        ],
        **_tabulate_usage(report),
        "forecast": tabulate_forecast(report.get("forecast")),
        "responses": tabulate_responses(report["responses"]) if report.get("responses") else {},
    }


def tabulate_forecast(forecast: Report | None) -> Table:
    """What was forecast beside what came of it."""
    if not forecast:
        return []
    table = []
    for name, entry in forecast["compared"].items():
        show = format_duration if name == "seconds" else format_money if name == "cost" else format_thousands
        off = 100 * (entry["forecast"] / entry["reality"] - 1) if entry["reality"] else 0.0
        span = f"{show(entry['low'])} to {show(entry['high'])}"
        shown = [show(entry["forecast"]), span, show(entry["reality"]), f"{off:+.1f} %"]
        table.append([name.replace("_", " "), *shown])
    return table


def _tabulate_attrition(report: Report) -> Table:
    total = report["rows"]["input"]
    table = []
    for stage in report["attrition"]:
        for reason, rows in stage["rejected"].items():
            shown = [format_thousands(rows), share(rows, total), _MEANINGS.get(reason, "")]
            table.append([stage["step"], reason, *shown])
    accepted = report["rows"]["accepted"]
    table.append(["accepted", "", format_thousands(accepted), share(accepted, total), ""])
    return table


def _tabulate_functionality(report: Report, name: str) -> list[str]:
    counts = report["functionalities"][name]
    functionality = Functionality(name)
    verified = counts["good"] + counts["bad"] + counts["none"]
    return [
        name,
        format_thousands(counts["rows"]),
        share(counts["rows"], report["rows_with_phrases"]),
        _published(paper.TAGGED, functionality),
        format_thousands(counts["phrases"]),
        share(counts["good"], verified),
        share(counts["bad"], verified),
        _published(paper.BAD, functionality),
        share(counts["none"], verified),
        _published(paper.NONE, functionality),
        format_thousands(counts["unverified"]),
    ]


def _published(figures: Mapping[Functionality, paper.Span], functionality: Functionality) -> str:
    """The paper's figure, if it has one of this functionality."""
    return f"{figures[functionality]} %" if functionality in figures else ""


def _tabulate_usage(report: Report) -> dict[str, Any]:
    head = ["Task", "calls", FAULTY, "retried", "cached", "prompt tokens", "in prefix cache", "generated"]
    head += ["latency", "95 %", "generated/s"]
    cost = report.get("cost")
    table = []
    for task, spent in report["usage"].items():
        time = report["throughput"]["tasks"].get(task)
        names = (
            "calls",
            "failed",
            "retried",
            "cached",
            "prompt_tokens",
            "cached_tokens",
            "completion_tokens",
        )
        row = [task, *(format_thousands(spent[name]) for name in names)]
        if time:
            row += [f"{time['latency_median']:.3g} s", f"{time['latency_p95']:.3g} s"]
            row += [f"{time['completion_tokens_per_second']:,.1f}"]
        else:
            row += ["", "", ""]
        table.append([*row, format_money(cost["tokens_of"][task])] if cost else row)
    return {"usage": table, "usage_head": [*head, "cost of tokens"] if cost else head}


def _format_length(number: float) -> str:
    return f"{number:.2f}" if 0 < number < 10 and number != int(number) else format_thousands(number)
