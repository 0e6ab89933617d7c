"""The card of a trained model says what is known, and nothing of the machine it was trained on."""

import yaml

from sysgen_distilabel.hub.model_card import render_model_card

REPORT = {
    "simulation_notice": "",
    "rows": {"input": 1200, "accepted": 1000, "rejected": {"truncated_reply": 200}, "rejected_by": {}},
    "functionalities": {"Role": {"accepted_rows": 900}, "Tool": {"accepted_rows": 10}},
    "models": {"Qwen/Qwen2.5-14B-Instruct": 1200},
}


def front_matter(card):
    return yaml.safe_load(card.split("---\n")[1])


def test_everything_known_is_in_the_card():
    card = render_model_card(
        "acme/tiny-sysgen",
        REPORT,
        base_model="Qwen/Qwen2.5-0.5B",
        dataset="acme/sysgen",
        training={"learning_rate": 1e-6, "output_dir": "/home/alice/out", "hub_token": "hf_secret"},
        method="SFT",
        results={"loss": {"base": 3.1, "this | model": 2.2}},
        system_role="Its template has a system role.",
        license="apache-2.0",
        languages=["en", "ko"],
    )
    assert front_matter(card) == {
        "license": "apache-2.0",
        "language": ["en", "ko"],
        "base_model": "Qwen/Qwen2.5-0.5B",
        "datasets": ["acme/sysgen"],
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["sysgen", "system-message", "distilabel", "sft"],
    }
    for line in (
        "[acme/sysgen](https://huggingface.co/datasets/acme/sysgen): 1,000 of 1,200 conversations",
        "| truncated_reply | 200 | the reply hit the limit of new tokens |",
        "| Tool | 10 | 1.0 % |",
        "| learning_rate | 1e-06 |",
        "| measure | base | this \\| model |",
        "| loss | 3.1 | 2.2 |",
        "Its template has a system role.",
    ):
        assert line in card
    assert "alice" not in card
    assert "hf_secret" not in card


def test_what_is_not_known_is_absent():
    report = {"simulation_notice": "A toy.", "rows": {"input": 1, "accepted": 1, "rejected": {}}}
    card = render_model_card("out/model", report, base_model="/home/alice/tiny")
    assert front_matter(card).keys() == {"library_name", "pipeline_tag", "tags"}
    assert "> **Simulated.** A toy." in card
    for absent in ("## Training\n", "## Results", "Written by", "functionality", "alice", "None"):
        assert absent not in card
