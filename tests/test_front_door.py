"""The names that a user imports: there, typed, light until asked for, and an arrow for nobody inside."""

import ast
import importlib
import re
import subprocess
import sys

import pytest

import sysgen_distilabel
from sysgen_distilabel import llms, steps, tasks
from tests.commands import ROOT

DOORS = [sysgen_distilabel, llms, steps, tasks]
HEAVY = {
    *("argilla", "datasets", "distilabel", "huggingface_hub", "jinja2", "matplotlib", "numpy", "openai"),
    *("pandas", "pyarrow", "pydantic", "ray", "rich", "torch", "transformers", "typer", "vllm", "yaml"),
}
WIRING = {"offer", "keep_old_paths"}
PAGES = [ROOT / "README.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
INNER = {
    "train.py": ["sysgen_distilabel.simulated_notice"],
    "distill.py": ["sysgen_distilabel.export."],
    "environments.md": ["sysgen_distilabel.rl_environments."],
}
"""What only scripts of ours need, and the page of a package that stands for itself."""

SCRIPTS = [*ROOT.glob("pipelines/*.py"), *ROOT.glob("examples/**/*.py")]


def imports_of(tree):
    """Module and name of everything that is imported from this package."""
    return [
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sysgen_distilabel")
        for alias in node.names
    ]


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_type_checkers_see_what_is_there(door):
    seen = {name for module, name in imports_of(parse(ROOT / door.__file__)) if name not in WIRING}
    assert seen == set(door.__all__)
    for name in door.__all__:
        found = getattr(door, name)
        assert found.__name__ == name
        assert getattr(importlib.import_module(found.__module__), name) is found
    assert set(door.__all__) <= set(dir(door))


def test_everything_is_found_at_the_front():
    for door in (llms, steps, tasks):
        for name in door.__all__:
            assert getattr(sysgen_distilabel, name) is getattr(door, name)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"module 'sysgen_distilabel.steps' has no attribute 'Nothing'"):
        getattr(steps, "Nothing")  # noqa: B009


def test_importing_the_doors_imports_nothing_heavy():
    code = (
        f"import sys; import {', '.join(door.__name__ for door in DOORS)};"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(found.stdout.split())


def test_pages_and_examples_use_the_short_names():
    short = {door.__name__ for door in DOORS}
    code = {path: parse(path) for path in SCRIPTS}
    for page in PAGES:
        blocks = re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.M | re.S)
        code[page] = ast.parse("\n".join(blocks))
    for path, tree in code.items():
        deep = {module for module, _ in imports_of(tree)} - short
        assert all(module.startswith(tuple(INNER.get(path.name, ()))) for module in deep), path


def test_docstrings_use_the_short_names():
    short = "|".join(re.escape(door.__name__) for door in DOORS)
    example = re.compile(
        rf"^ {{8,}}(?:from (?!(?:{short}) import)sysgen_distilabel\S+|import sysgen\S+)", re.M
    )
    for path in (ROOT / "sysgen_distilabel").rglob("*.py"):
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.ClassDef) and (text := ast.get_docstring(node, clean=False)):
                assert not example.search(text), path


def test_no_room_goes_through_the_front_door():
    """Its names are in no contract of the linter, so that an arrow up would hide behind it."""
    leaves = {"ApplyCorrections", "ExportForTraining", "SysGenToArgilla"}
    for path in (ROOT / "sysgen_distilabel").rglob("*.py"):
        names = {name for module, name in imports_of(parse(path)) if module == "sysgen_distilabel"}
        offered = names & set(sysgen_distilabel.__all__)
        assert offered <= (leaves if path.parent.name == "steps" else set()), path
