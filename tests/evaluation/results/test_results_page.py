"""The page of results: every model and benchmark on it, nothing mixed silently, hostile names stay text."""

import json

import pytest

from sysgen_distilabel.errors import InputError
from sysgen_distilabel.evaluation.results.collect import read_results
from sysgen_distilabel.evaluation.results.results_page import render_results, write_results
from tests import benchmark_data
from tests.commands import sysgen

ESTIMATE = {"mean": 0.5, "low": 0.4, "high": 0.6, "number": 9}
NONE = {"mean": None, "low": None, "high": None, "number": 0}


def report(folder, benchmark, figures, model="m", judge="", notice="", **settings):
    content = {
        "kind": "evaluation",
        "benchmark": benchmark,
        "title": benchmark,
        "model": model,
        "judge": judge,
        "settings": {"runs": 1, **settings},
        "simulation_notice": notice,
        "cautions": ["Mind the gap."],
        "rows": {"asked": 9, "answered": 8, "rejected": {"engine_error": 1}, "malformed": 0},
        "figures": figures,
    }
    benchmark_data.write_json(folder / "evaluation.json", content)
    return str(folder)


def ifeval(**others):
    names = ("prompt_strict", "instruction_strict", "prompt_loose", "instruction_loose")
    return {**dict.fromkeys(names, ESTIMATE), "by_group": {}, "by_verifier": {"case:lower": NONE}, **others}


def sysbench():
    rounds = {f"R{n}": ESTIMATE for n in range(1, 6)}
    return {
        **dict.fromkeys(("csr", "csr_pooled", "isr", "ssr"), ESTIMATE),
        "rounds": rounds,
        "turns": rounds,
        "csr_by_type": {"role": ESTIMATE},
        "isr_by_alignment": {},
        "ssr_by_kind": {},
        "rounds_by_kind": {"dependent": rounds, "parallel": {}},
        "unreadable": 2,
        "constraints": 40,
    }


def lm_eval(folder):
    content = {"results": {"ifeval": {"prompt_level_strict_acc,none": 0.25}}, "model_name": "after"}
    return str(benchmark_data.write_json(folder / "results_1.json", content).parent)


def test_all_models_and_benchmarks_are_on_one_page(tmp_path):
    results = read_results(
        [
            f"before={report(tmp_path / 'a', 's-ifeval', ifeval())}",
            report(tmp_path / "b", "sysbench", sysbench(), model="org/after", judge="j"),
            lm_eval(tmp_path / "c"),
        ]
    )
    assert [(r.model, r.benchmark) for r in results] == [
        ("org/after", "sysbench"),
        ("before", "s-ifeval"),
        ("after", "lm-eval"),
    ]
    figures = write_results(results, tmp_path / "page" / "results.html")
    page = (tmp_path / "page" / "results.html").read_text(encoding="utf-8")
    for text in ("SysBench: SSR, %", "50.0 (40.0 to 60.0)", "GPT-4o", "8 of 9 rows answered; 1 engine_error"):
        assert text in page
    assert "2 of 40 verdicts unreadable and not scored" in page and "Mind the gap." in page and "none" in page
    assert page.count("<svg class=") == 4 and "Simulated." not in page
    stored = json.loads(figures.read_text(encoding="utf-8"))["results"]
    assert [entry["benchmark"] for entry in stored] == ["sysbench", "s-ifeval", "lm-eval"]


def test_what_is_simulated_and_what_cannot_be_compared_is_said(tmp_path):
    one = report(tmp_path / "a", "sysbench", sysbench(), judge="one", notice="By rules.")
    two = report(tmp_path / "b", "sysbench", sysbench(), judge="two", history="reference", runs=3)
    results = read_results([one, two])
    assert [r.model for r in results] == ["m (judge one)", "m (judge two, ground-truth history, 3 runs)"]
    page = render_results(results)
    assert "m (judge one) on SysBench: By rules." in page and "Not comparable as they are." in page
    assert "Not comparable" not in render_results(read_results([f"x={one}", f"y={one}"]))


def test_names_stay_text(tmp_path):
    name = "<script>owned()</script>$x_1$ $"
    page = render_results(read_results([f"{name}={report(tmp_path / 'a', 's-ifeval', ifeval())}"]))
    assert "<script>owned" not in page and "&lt;script&gt;owned" in page


def test_what_holds_no_results_is_refused(tmp_path):
    (tmp_path / "evaluation.json").write_text("{}")
    with pytest.raises(InputError, match="holds no results"):
        read_results([str(tmp_path)])
    with pytest.raises(InputError, match="no results in"):
        read_results([str(benchmark_data.write_json(tmp_path / "x" / "y.json", {}).parent)])


def test_the_command_writes_page_and_figures(tmp_path):
    shown = sysgen(
        "evaluate", "results", report(tmp_path / "a", "s-ifeval", ifeval()), "-o", tmp_path / "r.html"
    )
    assert shown.returncode == 0, shown.stderr
    assert (tmp_path / "r.html").exists() and (tmp_path / "r.json").exists()
