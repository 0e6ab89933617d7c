"""A system message that the input has: shown, kept, passed by or replaced, through the whole pipeline."""

import json

import pytest

from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.run import run
from tests.commands import read_dataset

CAPTAIN = "You are Captain Jib. The harbour fee is 12 doubloons."
ROWS = [
    {"messages": [{"role": "system", "content": CAPTAIN}, *turns]} if number == 0 else {"messages": turns}
    for number, turns in enumerate(
        [
            {"role": "user", "content": f"What does it cost to moor a ship of {size} metres?"},
            {"role": "assistant", "content": "That depends on the season."},
        ]
        for size in (10, 20)
    )
]


@pytest.mark.parametrize("how", ["show", "keep", "skip", "replace"])
def test_each_way(how, tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text("\n".join(map(json.dumps, ROWS)))
    config = RunConfig(input=str(rows), llm="simulated", existing_system=how)
    result = run(config, tmp_path / "run")
    rows = [row for subset in read_dataset(tmp_path / "run").values() for row in subset]
    (own,) = (row for row in rows if row["original_system_message"])
    calls = {entry["task"] for entry in own["usage"]}
    assert result.accounts.rows == 2
    if how == "skip":
        assert (own["outcome"], own["rejected_by"], calls) == (
            "has_system_message",
            "load_conversations",
            set(),
        )
    elif how == "keep":
        assert own["outcome"] == "accepted" and own["system_message"] == CAPTAIN
        assert own["aligned_messages"][0] == {"role": "system", "content": CAPTAIN}
        assert calls == {"generate_aligned_response"} and own["phrases"] == []
    else:
        assert own["outcome"] == "accepted" and own["system_message"] not in ("", CAPTAIN)
    (other,) = (row for row in rows if not row["original_system_message"])
    assert other["outcome"] == "accepted" and other["phrases"]
