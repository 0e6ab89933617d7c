"""What stands beside the code says of it what is true."""

import re
import tomllib

import yaml

from sysgen_distilabel import __version__
from tests.commands import ROOT


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_readme_is_short_and_says_how_to_try_and_test():
    readme = read("README.md")
    assert len(readme.splitlines()) <= 150
    assert "make demo " in readme and "make test " in readme


def test_the_version_is_the_same_everywhere():
    assert yaml.safe_load(read("CITATION.cff"))["version"] == __version__
    assert re.search(rf"^## {re.escape(__version__)}\b", read("CHANGELOG.md"), re.MULTILINE)


def test_commits_are_checked_by_the_tools_of_ci():
    lint = read("Makefile").partition("\nlint:")[2].partition("\n\n")[0]
    (repo,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    used = {hook["entry"].removeprefix(".venv/bin/").split()[0] for hook in repo["hooks"]}
    assert used == set(re.findall(r"\$\(BIN\)/([\w-]+)", lint))


def test_forms_for_issues_can_be_read():
    forms = [path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"]
    assert len(forms) == 2
    for path in forms:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert {"name", "description", "body"} <= set(form)
        assert all({"type", "attributes"} <= set(field) for field in form["body"])


def test_every_extra_that_pages_name_exists():
    extras = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
    for page in [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]:
        for named in re.findall(r"sysgen-distilabel\[([\w,-]+)\]", page.read_text(encoding="utf-8")):
            assert set(named.split(",")) <= set(extras), page
