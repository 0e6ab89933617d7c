"""From a teacher's run to what a student with another chat template is trained with, in one call."""

import json

import pytest

from pipelines.distill import choose_system_role, export_for_student, main
from sysgen_distilabel.export.trainer_format import Format
from tests.chat_tokenizers import save_tokenizer
from tests.commands import EXAMPLES, sysgen

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def teacher(tmp_path_factory):
    directory = tmp_path_factory.mktemp("runs") / "teacher"
    process = sysgen(
        "run", EXAMPLES / "messages.jsonl", "--output", directory, "--llm", "simulated", "--limit", 6
    )
    assert process.returncode == 0, process.stderr
    return directory


@pytest.mark.parametrize(
    ("name", "role"), [("gemma-2", "native"), ("solar", "native"), ("mistral", "fold"), ("phi-4", "native")]
)
def test_the_students_template_decides(teacher, tmp_path, name, role):
    student = str(save_tokenizer(name, tmp_path / "student"))
    assert choose_system_role(student) == role
    export_for_student(teacher, student, tmp_path / "data", Format.TRL_PROMPT_COMPLETION)
    line = json.loads((tmp_path / "data" / "train.jsonl").read_text().splitlines()[0])
    assert line["prompt"][0]["role"] == ("system" if role == "native" else "user")
    assert (tmp_path / "data" / "tokenizer").exists() is (name in ("gemma-2", "solar"))


def test_the_script_says_that_it_folds_where_nothing_else_is_possible(teacher, tmp_path, capsys):
    student = save_tokenizer("mistral", tmp_path / "student")
    main([str(teacher), "--student", str(student), "--output", str(tmp_path / "data")])
    assert "system messages open the first user turn (fold)" in capsys.readouterr().out


def test_the_script_says_what_it_found_and_what_is_next(teacher, tmp_path, capsys):
    student = save_tokenizer("gemma-2", tmp_path / "student")
    main([str(teacher), "--student", str(student), "--output", str(tmp_path / "data")])
    printed = capsys.readouterr().out
    assert "system message: raises" in printed and "its chat template was repaired" in printed
    assert "Simulated." in printed and "README.md" in printed
