"""`sysgen preview`: the very prompts a run sends, and what becomes of the rows."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from sysgen_distilabel.recorded.store import Store
from sysgen_distilabel.settings.run_config import RunConfig
from sysgen_distilabel.workflows.preflight.preview import Prompt, preview_rows
from sysgen_distilabel.workflows.preflight.preview_view import render_preview, render_preview_page
from sysgen_distilabel.workflows.run import run
from tests.commands import EXAMPLES, read_dataset, sysgen, write_rows

MIXED = EXAMPLES / "mixed.jsonl"


@pytest.fixture(scope="module")
def config():
    return RunConfig(input=str(MIXED), llm="simulated", llm_args={"malformed_rate": 0.3, "seed": 2}, limit=12)


@pytest.fixture(scope="module")
def previews(config):
    return preview_rows(config, 12)


def test_a_previewed_row_is_what_a_run_makes_of_it(config, previews, tmp_path):
    run(config, tmp_path / "run")
    rows = {row["source_id"]: row for kind in read_dataset(tmp_path / "run").values() for row in kind}
    assert len(previews) == len(rows) == 12
    for preview in previews:
        assert {name: preview.row[name] for name in rows[preview.row["source_id"]]} == rows[
            preview.row["source_id"]
        ]
    replies = {record.reply.text for record in Store.open_read(tmp_path / "run" / "calls").records()}
    assert {prompt.reply for preview in previews for prompt in preview.prompts} <= replies


def test_every_prompt_is_there_as_it_was_sent(previews):
    accepted = next(preview for preview in previews if preview.row["outcome"] == "accepted")
    tasks = [prompt.task for prompt in accepted.prompts]
    assert tasks == ["generate_system_message", "verify_functionalities", "generate_aligned_response"]
    assert accepted.row["messages"][0]["content"] in accepted.prompts[0].messages[-1]["content"]
    assert accepted.prompts[2].messages[0]["content"] == accepted.row["system_message"]


def show(preview, prompts=False):
    console = Console(file=io.StringIO(), width=200, force_terminal=True, color_system="standard")
    console.print(render_preview(preview, prompts))
    return console.file.getvalue()


def test_rejected_phrases_are_struck_through_and_named(previews):
    preview = next(p for p in previews if any(f["verdict"] == "Bad" for f in p.row["phrases"]))
    bad = next(phrase for phrase in preview.row["phrases"] if phrase["verdict"] == "Bad")
    shown = show(preview)
    assert "(Bad)" in shown and bad["functionality"] in shown and "\x1b[9;" in shown
    assert "prompt of verify_functionalities" in show(preview, prompts=True)


def test_text_cannot_take_over_the_terminal(tmp_path):
    source = write_rows(tmp_path / "rows.jsonl", 1, text="Ring\x1b]0;owned\x07 the bell {n}")
    (preview,) = preview_rows(RunConfig(input=str(source), llm="simulated"), 1)
    shown = show(preview, prompts=True)
    assert "\x1b]0" not in shown and "\x07" not in shown


def test_no_control_character_reaches_a_page(previews):
    evil = "a\x1b]0;owned\x07\x00\x9b31m\tb\nc"
    prompt = Prompt(evil, [{"role": evil, "content": evil}], evil)
    page = render_preview_page([replace(previews[0], prompts=[prompt])], evil)
    shown = "a\ufffd]0;owned\ufffd\ufffd\ufffd31m\tb\nc"
    assert page.count(shown) == 5 and not set("\x00\x07\x1b\x9b") & set(page)


def test_the_command_shows_rows_or_writes_a_page(tmp_path):
    process = sysgen("preview", MIXED, "-n", "2", "--llm", "simulated")
    assert process.returncode == 0 and "Simulated" in process.stdout
    assert "prompt of generate_system_message" in process.stdout and "Aligned response" in process.stdout
    page = tmp_path / "page.html"
    process = sysgen("preview", MIXED, "-n", "2", "--llm", "simulated", "--html", page)
    assert process.stdout.strip() == str(page)
    assert "Prompt of verify_functionalities" in page.read_text(encoding="utf-8")
    refused = sysgen("preview", MIXED, "-n", "1", "--llm", "simulated", "--html", tmp_path)
    assert refused.returncode == 4 and "is there, and no page" in refused.stderr
