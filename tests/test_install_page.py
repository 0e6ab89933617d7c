"""The page on installing names every dependency as `pyproject.toml` does; run as a module, it writes it."""

import re
import tomllib

from tests.commands import ROOT

PAGE = ROOT / "docs" / "install.md"
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
MARKS = "<!-- {0}:begin -->\n", "<!-- {0}:end -->"
FOR_DEVELOPERS = {"test", "dev", "docs", "torch"}


def tabulate_core():
    """Package, size and reason of every dependency of the core."""
    block = PYPROJECT.partition("\ndependencies = [")[2].partition("\n]")[0]
    lines = re.findall(r'^    "([\w-]+)([^"]*)", *# ([^:]+): (.+)$', block, re.MULTILINE)
    return "| package | oldest | size | what for |\n|---|---|---|---|\n" + "".join(
        f"| {name} | {floor[2:].partition(',')[0]} | {size} | {reason} |\n"
        for name, floor, size, reason in lines
    )


def tabulate_extras():
    """Name, size and purpose of every extra for users."""
    block = PYPROJECT.partition("[project.optional-dependencies]")[2].partition("\n[")[0]
    lines = re.findall(r"^([\w-]+) = \[.*?# ([^:]+): (.+)$", block, re.MULTILINE)
    return "| extra | size | what for |\n|---|---|---|\n" + "".join(
        f"| `{name}` | {size} | {purpose} |\n" for name, size, purpose in lines if name not in FOR_DEVELOPERS
    )


TABLES = {"core": tabulate_core, "extras": tabulate_extras}


def test_every_dependency_has_a_size_and_a_reason():
    project = tomllib.loads(PYPROJECT)["project"]
    assert tabulate_core().count("\n") == 2 + len(project["dependencies"])
    assert tabulate_extras().count("\n") == 2 + len(project["optional-dependencies"].keys() - FOR_DEVELOPERS)


def test_the_page_has_both_tables():
    text = PAGE.read_text(encoding="utf-8")
    for name, tabulate in TABLES.items():
        begin, end = (mark.format(name) for mark in MARKS)
        assert text.partition(begin)[2].partition(end)[0] == tabulate()


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    for name, tabulate in TABLES.items():
        begin, end = (mark.format(name) for mark in MARKS)
        before, _, rest = page.partition(begin)
        page = before + begin + tabulate() + end + rest.partition(end)[2]
    PAGE.write_text(page, encoding="utf-8")
