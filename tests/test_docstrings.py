"""Docstrings of Steps and Tasks say what the code says, in the host's sections."""

import inspect
from pathlib import Path

import pytest
from distilabel.utils.docstring import parse_google_docstring

from sysgen_distilabel import steps, tasks
from sysgen_distilabel.llms import SimulatedLLM

CATEGORIES = {
    "text-generation",
    "chat-generation",
    "text-classification",
    "text-manipulation",
    "evol",
    "critique",
    "scorer",
    "preference",
    "embedding",
    "clustering",
    "columns",
    "filtering",
    "format",
    "load",
    "execution",
    "save",
    "labelling",
}
COMPONENTS = [getattr(module, name) for module in (steps, tasks) for name in module.__all__]


def build(component):
    if component.__name__ in tasks.__all__:
        return component(llm=SimulatedLLM())
    needed = {
        "ApplyCorrections": {"corrections": "x.json"},
        "SplitByOutcome": {"keep": "accepted"},
        "LoadConversations": {"source": "x.jsonl"},
        "ExportForTraining": {"output": "x"},
        "LoadPairs": {"dataset": "x"},
        "MeasureLift": {"model": "x"},
    }
    return component(**needed.get(component.__name__, {}))


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
def test_sections_agree_with_the_code(component):
    parsed, instance = parse_google_docstring(component), build(component)
    assert parsed["short_description"].endswith(".") and parsed["description"]
    assert set(parsed["input_columns"]) == set(instance.inputs)
    assert set(parsed["output_columns"]) == set(instance.outputs)
    assert all(kind.startswith("`") and text for kind, text in parsed["input_columns"].values())
    assert parsed["categories"] and set(parsed["categories"]) <= CATEGORIES
    assert "2502.11330" in "".join(parsed["references"].values())
    assert "@article{jeong2025sysgen" in parsed["citations"][0]
    own_fields = set(inspect.get_annotations(component)) - {"sampling", "phase", "check"}
    documented = (
        set(parsed["attributes"]) | set(parsed["runtime_parameters"]) | {"input_batch_size", "batch_size"}
    )
    assert {name for name in own_fields if not name.startswith("_")} <= documented


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
def test_examples_run(component, monkeypatch):
    monkeypatch.chdir(Path(__file__).parent.parent)
    examples = parse_google_docstring(component)["examples"]
    assert examples
    for code in examples.values():
        exec(compile(code, component.__name__, "exec"), {"__name__": "example"})
