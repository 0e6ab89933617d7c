"""Secrets of thirty kinds are planted wherever one can be given, and looked for in whatever is written."""

import contextlib
import json
import stat
import time
from pathlib import Path

import psutil
import pytest

from tests.commands import simulated_answer, sysgen, write_rows
from tests.faulty_server import FaultyServer, ok, status
from tests.planted_secrets import (
    EVERY,
    FIELDS,
    HEADERS,
    LOGIN,
    LOGIN_WITH_SLASH,
    QUERY,
    SHAPES,
    VARIABLES,
    files_of,
    found_in,
    read_plain,
)
from tests.services.hub.server import LocalHub
from tests.warm import WarmSysgen

pytestmark = pytest.mark.slow

ROWS = 4


def quote_all(messages, count):
    """An engine that answers, and for one row quotes every secret that it was sent."""
    if "number 2 " not in messages[-1]["content"]:
        return ok()
    return status(
        400, "refused: " + "; ".join([*(f"{n}: {v}" for n, v in {**HEADERS, **FIELDS}.items()), *EVERY])
    )


@pytest.fixture(scope="module")
def server():
    with FaultyServer(quote_all, simulated_answer) as running:
        yield running


def flags(server, key="none"):
    """The engine, with a secret in every field of it that can hold one."""
    fields = {
        "model": "m",
        "base_url": server.base_url.replace("://", f"://bob:{LOGIN}@"),
        "api_key": key,
        "max_retries": 0,
        "default_headers": json.dumps(HEADERS | SHAPES),
    }
    return [
        "--llm", "distilabel.models.OpenAILLM",
        *(part for name, value in fields.items() for part in ("--llm-arg", f"{name}={value}")),
    ]  # fmt: skip


def check_nothing_shown(*processes):
    """No secret stands in what was printed, and there is no traceback."""
    for process in processes:
        printed = (process.stdout + process.stderr).encode()
        assert found_in([(" ".join(map(str, process.args[:3])), printed)]) == []
        assert b"Traceback" not in printed


@pytest.fixture(scope="module")
def finished(server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    rows = write_rows(folder / "rows.jsonl", ROWS)
    extra = folder / "extra.yaml"
    extra.write_text(
        "generation_kwargs:\n  generate_aligned_response:\n    extra_body: " + json.dumps(FIELDS) + "\n"
    )
    process = sysgen("run", rows, "--output", folder / "run", *flags(server), **VARIABLES)
    return folder, process


def test_a_run_writes_and_shows_none(finished):
    folder, process = finished
    assert process.returncode == 0, process.stderr
    check_nothing_shown(process)
    assert found_in(files_of(folder / "run")) == []
    assert (
        "refused: "
        in read_plain(next((folder / "run/dataset/rejected").glob("*.parquet")).read_bytes()).decode()
    )


def test_files_that_may_hold_one_are_for_the_owner_alone(finished):
    for name in ("config.yaml", "pipeline.yaml", "log"):
        assert stat.S_IMODE((finished[0] / "run" / name).stat().st_mode) == 0o600, name


def test_what_is_made_of_a_run_holds_none(finished, server):
    folder, _ = finished
    made = [
        sysgen("report", folder / "run", **VARIABLES),
        sysgen("show", folder / "run", **VARIABLES),
        sysgen("export", folder / "run", "--for", "trl", "--output", folder / "export", **VARIABLES),
    ]
    check_nothing_shown(*made)
    assert found_in(files_of(folder / "export")) == []


def test_what_is_published_holds_none(finished):
    folder, _ = finished
    with LocalHub() as hub:
        settings = {"HF_ENDPOINT": hub.url, "HF_HOME": str(folder / "hf"), "HF_HUB_DISABLE_XET": "1"}
        token = {"HF_TOKEN": "hf_ownertoken"}
        push = sysgen(
            "push", folder / "run", "acme/planted", "--license", "mit", **{**VARIABLES, **settings, **token}
        )
        assert push.returncode == 0, push.stderr
        head = hub.dataset("acme/planted").head("main")
        uploaded = [(name, read_plain(blob.data)) for name, blob in head.files.items()]
    assert any(name.endswith("pipeline.yaml") for name, _ in uploaded)
    assert found_in(uploaded) == []
    assert found_in(files_of(folder / "run")) == []
    check_nothing_shown(push)


@pytest.mark.parametrize(
    "address",
    [
        f"http://bob:{LOGIN}@127.0.0.1:1/v1",
        f"http://bob:{LOGIN_WITH_SLASH}@127.0.0.1:1/v1",
        f"http://127.0.0.1:1/v1?sig={QUERY}",
    ],
)
def test_an_engine_that_is_not_there_shows_none(tmp_path, address):
    rows = write_rows(tmp_path / "rows.jsonl", ROWS)
    common = [rows, "--model", "m", "--base-url", address]
    shown = [
        sysgen("run", *common, "--output", tmp_path / "run", **VARIABLES),
        sysgen("run", *common, "--print-config", **VARIABLES),
        sysgen("check", *common, **VARIABLES),
        sysgen("preview", *common, **VARIABLES),
        sysgen("forecast", *common, "--output", tmp_path / "run", **VARIABLES),
    ]
    assert shown[0].returncode in (2, 5) and shown[1].returncode == 0
    check_nothing_shown(*shown)
    assert found_in((name, data) for name, data in files_of(tmp_path) if name != "rows.jsonl") == []


def test_a_refused_key_is_not_shown(tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", ROWS)
    key = VARIABLES["SYSGEN_API_KEY"]
    with FaultyServer(lambda messages, count: status(401, f"Incorrect API key provided: {key}")) as server:
        run = sysgen("run", rows, "--output", tmp_path / "run", *flags(server, key))
    assert run.returncode == 5 and "answered none" in run.stderr
    check_nothing_shown(run)
    assert found_in((name, data) for name, data in files_of(tmp_path) if name != "rows.jsonl") == []


def command_lines(pid):
    """How the process and those that it has started show in `ps`."""
    with contextlib.suppress(psutil.NoSuchProcess):  # it has ended meanwhile
        process = psutil.Process(pid)
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                yield " ".join(one.cmdline())


def test_no_process_of_ours_is_started_with_one(server, tmp_path):
    rows = write_rows(tmp_path / "rows.jsonl", 40)
    config = tmp_path / "run.yaml"
    llm = {"model": "m", "base_url": server.base_url, "api_key": LOGIN, "default_headers": HEADERS}
    config.write_text(json.dumps({"llm": "distilabel.models.OpenAILLM", "llm_args": llm}))
    process = WarmSysgen("run", rows, "--config", config, "--output", tmp_path / "run")
    lines = set()
    while process.poll() is None:
        lines.update(command_lines(process.pid))
        time.sleep(0.05)
    assert lines and found_in([("ps", line.encode()) for line in lines]) == []
    assert Path(tmp_path / "run" / "report.json").exists()
