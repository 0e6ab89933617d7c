"""The page on the architecture names what is there, and the picture is what the linter holds."""

import re
import tomllib

from tests.commands import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "sysgen_distilabel"


def test_every_file_named_is_there():
    named = re.findall(r"`([\w/<>.*-]+(?:/|\.py|\.jinja2?|\.toml))`", PAGE)
    assert len(named) > 40
    for name in named:
        if "<" in name:
            continue
        places = [root for root in (PACKAGE, ROOT, *PACKAGE.iterdir()) if root.is_dir()]
        places += [PACKAGE / "evaluation" / "benchmarks"]
        assert any(list(place.glob(name)) for place in places), name


def test_the_picture_shows_the_rooms_in_the_order_of_the_linter():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = [re.findall(r"\w+", layer) for layer in settings["contracts"][0]["layers"]]
    picture = PAGE.split("```")[1]
    rows = [line for line in picture.splitlines() if line.strip("│ ")]
    for row, rooms in zip(rows, layers, strict=True):
        if rooms != layers[-1]:
            assert set(rooms) == set(re.findall(r"\w+", row.split("  ")[0])), row
    loose = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert layers[0] == ["__main__"] and layers[-1] and loose <= set(layers[-1])


def test_tests_stay_short_and_doubles_are_written_by_hand():
    for path in (ROOT / "tests").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 400, path
        assert not re.search(r"^\s*(?:import|from) unittest", text, re.MULTILINE), path
