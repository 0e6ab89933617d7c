"""Programs are compared without comments and layout; they run only when asked for, and then within limits."""

import pytest

from sysgen_distilabel.checks.code_answers import compare_code
from sysgen_distilabel.checks.code_runs import run_python
from sysgen_distilabel.checks.code_syntax import parses

ADD = "def add(a, b):\n    return a + b"


def compare(original, aligned, question="Write a function.", execute=False):
    return compare_code(question, original, aligned, execute=execute)


def fence(source, language=""):
    return f"Here it is:\n\n```{language}\n{source}\n```\nDone."


@pytest.mark.parametrize(
    ("aligned", "expected"),
    [
        (fence("# adds\ndef add(a, b):\n  return (a + b)", "python"), "same"),
        (fence('def add(a, b):\n    """Adds."""\n    return a + b'), "same"),
        (fence("def add(first, second):\n    return first + second", "py"), "same"),
        (fence("def add(a, b):\n    return a - b", "python"), "different"),
        (fence("def add(a, b)\n    return a + b", "python"), "different"),
        (fence("def add(*all):\n    return sum(all)", "python"), "unknown"),
        (fence("function add(a, b) { return a + b }", "javascript"), "unknown"),
        ("I would add both numbers.", "unknown"),
    ],
)
def test_python(aligned, expected):
    assert compare(ADD, aligned) == expected


@pytest.mark.parametrize(
    ("language", "right", "again", "broken"),
    [
        ("javascript", "let a = 'x';", "let a = \"x\" // why", "let = = 3;"),
        ("typescript", "let a: number = 1;", "let a: number = 1 /* one */", "let a: = 1;"),
        ("java", "class A { int b() { return 1; } }", "class A {\n int b() { return 1; } }", "class A {"),
        ("cpp", "int f() { return 0; }", "int f()\n{\n  return 0; // done\n}", "int f() { return 0;"),
        ("go", "func f() int { return 1 }", "// f\nfunc f() int {\n\treturn 1\n}", "func f( int {"),
        ("rust", "fn f() -> i32 { 1 }", "fn f() -> i32 {\n    1 // one\n}", "fn f() -> { 1"),
        ("c#", "class A { int B() { return 1; } }", "class A\n{\n int B() { return 1; }\n}", "class A {"),
        ("ruby", "def f\n  1\nend", "# f\ndef f\n    1\nend", "def f\n 1"),
        ("php", "<?php echo 1;", "<?php\n// one\necho 1;", "<?php echo (1;"),
        ("sql", "SELECT a FROM b;", "select a\nfrom b", "SELECT a FROM (b;"),
        ("bash", "echo \"a\"", "# say\necho   \"a\"", "for i in; do"),
        ("json", '{"a": [1, 2]}', '{\n  "a": [1,2]\n}', '{"a": [1, 2}'),
    ],
)  # fmt: skip
def test_other_languages(language, right, again, broken):
    assert compare(fence(right, language), fence(again, language)) == "same"
    assert compare(fence(right, language), fence(broken, language)) == "different"


def test_text_without_a_program_is_not_compared_here():
    assert compare("The sea is blue.", "def f(): pass") is None
    assert compare("$y = \\boxed{3}$", "$y = 3$") is None
    assert compare("$y = 3;\necho $y;", "$y = 3; // three\necho $y;") == "same"
    assert parses("whatever", "cobol") is None


@pytest.mark.parametrize(
    ("aligned", "expected"),
    [
        ("def twice(n):\n    return n + n\nprint(twice(4))", "same"),
        ("def twice(n):\n    return n + n", "same"),
        ("def twice(n):\n    return n ** 2 + 1\nprint(twice(4))", "different"),
        ("def twice(n):\n    return missing\nprint(twice(4))", "different"),
    ],
)
def test_what_programs_print_decides_when_they_may_run(aligned, expected):
    original = "def twice(n):\n    return 2 * n\nprint(twice(4))"
    assert compare(original, fence(aligned, "python")) == "unknown"
    assert compare(original, fence(aligned, "python"), execute=True) == expected


@pytest.mark.parametrize(
    "source",
    [
        "while True: pass",
        "x = 'a' * 10**10",
        "import socket; socket.socket()",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "open('made', 'w')",
        "raise SystemExit(3)",
        "input()",
    ],
)
def test_a_program_that_goes_beyond_its_limits_does_not_finish(source):
    assert not run_python(source, seconds=1).finished


def test_a_program_that_runs_sees_nothing_of_ours(monkeypatch):
    monkeypatch.setenv("SYSGEN_TEST_TOKEN", "not to be seen")
    run = run_python("import os\nprint(sorted(os.environ), os.listdir())")
    assert run.finished
    assert "SYSGEN_TEST_TOKEN" not in run.printed
    assert "program.py" in run.printed


def test_what_a_program_prints_is_cut():
    assert len(run_python("while True: print('x' * 1000)", seconds=2).printed) <= 100_000
