"""What a server is told and asked by its version."""

import pytest

from sysgen_distilabel.llms.capabilities import Capabilities


def able(server, version):
    return Capabilities("native", frozenset(), 4096, server, version=version)


@pytest.mark.parametrize(
    ("server", "version", "is_told"),
    [
        ("vllm", "0.32.0", True),
        ("vllm", "1.2", True),
        ("vllm", "0.31.4", False),
        ("vllm", "", False),
        ("vllm", "0.32.dev5", False),
        ("other", "0.32.0", False),
    ],
)
def test_a_server_that_ends_loops_is_asked_to(server, version, is_told):
    assert bool(able(server, version).loop_stop) == is_told


def test_what_is_ended_is_a_loop_for_the_check_too():
    from sysgen_distilabel.checks.loops import find_loop

    stop = able("vllm", "0.32.0").loop_stop["repetition_detection"]
    assert find_loop("one two three four five six seven eight " * stop["min_count"])
    assert not find_loop("-" * 40), "a ruler is none"
