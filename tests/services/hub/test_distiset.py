"""Whoever composes a pipeline of his own publishes its Distiset with our card."""

import json

import pytest

from tests.services.hub.card_rules import find_errors, read_metadata

pytestmark = pytest.mark.slow

COMPOSE = """
import json
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from sysgen_distilabel.hub.distiset import with_card
from sysgen_distilabel.steps import FilterTags
from sysgen_distilabel.tasks import GenerateSystemMessage
from {module} import {llm}

answer = {{"role": "assistant", "content": "So."}}
messages = [[{{"role": "user", "content": f"Explain the number {{n}}."}}, answer] for n in range(12)]
with Pipeline(name="only-system-messages", cache_dir={folder!r}) as pipeline:
    load = LoadDataFromDicts(data=[{{"source_id": str(n), "messages": m}} for n, m in enumerate(messages)])
    load >> GenerateSystemMessage(llm={llm}({fields})) >> FilterTags()
distiset = pipeline.run(use_cache=False)
"""
PUSH = """
carded = with_card(distiset, license="mit", languages=["en"])
for _ in range(2):
    carded.push_to_hub({name!r})
carded.save_to_disk({folder!r} + "/saved")
"""
REFUSED = """
try:
    with_card(distiset)
except Exception as error:
    print(json.dumps([type(error).__name__, str(error)]))
"""


def compose(folder, llm="tests.services.hub.writer.WriterLLM", fields='service_token="hf_secretsecret"'):
    module, _, name = llm.rpartition(".")
    return COMPOSE.format(module=module, llm=name, fields=fields, folder=str(folder))


def test_the_hosts_push_gives_our_card_and_a_clean_pipeline(hub, tmp_path, name):
    hub.python(compose(tmp_path) + PUSH.format(name=name, folder=str(tmp_path)))
    card = hub.file(name, "README.md").decode()
    assert find_errors(card) == []
    metadata = read_metadata(card)
    assert metadata["license"] == "mit"
    assert metadata["language"] == ["en"]
    assert metadata["size_categories"] == ["n<1K"]
    assert metadata["configs"][0]["data_files"][0]["path"] == "data/train-*"
    assert "# Conversations with system messages" in card
    assert "## Functionalities and verdicts" in card
    assert card.count("<!-- sysgen:begin") == 1
    assert "## Calls, tokens" not in card
    loaded = hub.python(
        f"from datasets import load_dataset\nrows = load_dataset({name!r}, split='train')\n"
        "print(len(rows), set(rows['model_name']))"
    )
    assert loaded == "12 {'writer-7b'}\n"
    assert "Answered last by: `writer-7b` (12 rows)." in card
    files = hub.server.dataset(name).head().files
    assert "pipeline.log" not in files
    pipeline = files["pipeline.yaml"].data.decode()
    assert "GenerateSystemMessage" in pipeline
    for local in ("hf_secretsecret", "alice", str(tmp_path)):
        assert local not in pipeline
        assert local not in card
    saved = (tmp_path / "saved" / "distiset_configs" / "README.md").read_text()
    assert "<!-- sysgen:begin" in saved
    assert "alice" not in saved


def test_simulated_data_does_not_get_a_card(hub, tmp_path):
    code = compose(tmp_path, "sysgen_distilabel.llms.simulated.SimulatedLLM", "")
    kind, message = json.loads(hub.python(code + REFUSED).splitlines()[-1])
    assert kind == "HubError"
    assert message.startswith("Simulated data is not published.")
