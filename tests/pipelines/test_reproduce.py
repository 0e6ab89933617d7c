"""Every recipe of the paper's tables and figures runs as a pilot with the simulated engine."""

import re

import pytest
import yaml

from pipelines.reproduce.reproduce import RECIPES, main, read_figure
from sysgen_distilabel.evaluation.benchmarks.published import SYSBENCH
from sysgen_distilabel.report.figures import paper_figures
from tests import benchmark_data
from tests.chat_tokenizers import save_checkpoint
from tests.commands import EXAMPLES, ROOT

NAMES = sorted(file.stem for file in RECIPES.glob("*.yaml"))
PAGE = (ROOT / "docs" / "reproduce.md").read_text(encoding="utf-8")


def read(name):
    return yaml.safe_load((RECIPES / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def arguments(tmp_path_factory):
    """Options that suit every recipe; all share what one of them has made."""
    folder = tmp_path_factory.mktemp("reproduce")
    options = {
        "output": folder / "out",
        "limit": 8,
        "data": EXAMPLES / "messages.jsonl",
        "student": save_checkpoint("qwen2.5", folder / "student", {"embed": [300, 8]}),
        "prompts": benchmark_data.heldout(folder / "held.jsonl"),
        "multifacet": benchmark_data.multifacet(folder / "m.json"),
        "unseen": benchmark_data.lm_eval_task(folder),
        "sysbench": benchmark_data.sysbench(folder / "s.json"),
    }
    return [
        "--simulated",
        "--translate",
        *(str(part) for name, v in options.items() for part in (f"--{name}", v)),
    ]


def test_there_is_one_for_every_table_and_figure_with_results():
    assert set(NAMES) == {*(f"table_{n}" for n in range(1, 12)), *(f"figure_{n}" for n in (3, 4, 5))}
    assert all(f"`{name}`" in PAGE for name in NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_each_pilot_runs_and_stands_beside_the_paper(name, arguments, capsys):
    recipe = read(name)
    main([name, *arguments])
    said = capsys.readouterr().out
    assert recipe["title"] in said and "Simulated:" in said and "What cannot be reproduced:" in said
    cells = re.findall(r"^\| (.+) \| ([-\d.]*) \| (.+) \|$", said, re.MULTILINE)
    assert [cell[0] for cell in cells] == [figure["name"] for figure in recipe["figures"]]
    # No model is trained here, so there is no proof; tests/training has one.
    in_reach = [figure.get("ours", "proof/").startswith("proof/") is False for figure in recipe["figures"]]
    shown = [bool(ours) for _, ours, _ in cells]
    assert any(shown) == any(in_reach)
    assert not any(ours for ours, reached in zip(shown, in_reach, strict=True) if not reached)


@pytest.mark.slow
def test_what_is_there_is_not_made_again(arguments, capsys):
    main(["table_2", *arguments])
    main(["table_2", *arguments])
    assert capsys.readouterr().out.count("$ sysgen run") <= 1


def test_a_missing_option_is_named(tmp_path):
    with pytest.raises(SystemExit, match="needs --data"):
        main(["table_2", "--output", str(tmp_path), "--simulated"])


def test_the_numbers_are_those_that_the_report_shows():
    names = ("rouge1", "rouge2", "rougeL", "gleu", "length_ratio")
    of_paper = [list(paper_figures.RESPONSE_METRICS[name]) for name in names]
    assert [figure["paper"] for figure in read("table_1")["figures"]] == of_paper
    [preferred] = read("figure_3")["figures"]
    expected = paper_figures.ALIGNED_PREFERRED
    assert preferred["paper"] == [expected.least, expected.greatest]
    gains = list(SYSBENCH[1].rows.values())[:3]
    assert [figure["paper"] for figure in read("figure_4")["figures"]] == [
        list(r) for r in zip(*gains, strict=True)
    ]


def test_figures_are_read_from_files_and_compared(tmp_path):
    (tmp_path / "a.json").write_text('{"rows": {"all": 8, "kept": 6}}')
    assert read_figure("a.json rows.kept / a.json rows.all", tmp_path) == 0.75
    assert read_figure("a.json rows.kept - a.json rows.all", tmp_path) == -2
    assert read_figure("a.json rows.none", tmp_path) is None
    assert read_figure("b.json rows", tmp_path) is None and read_figure("", tmp_path) is None
