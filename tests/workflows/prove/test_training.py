"""What arms are trained in on which machine; the trainings themselves are in `tests/training`."""

from types import SimpleNamespace

import pytest

from sysgen_distilabel.workflows.prove.training import has_bfloat16


def torch_of(*, gpu=False, **cpu):
    """As much of PyTorch as says what a machine can."""
    return SimpleNamespace(cuda=SimpleNamespace(is_available=lambda: gpu), cpu=SimpleNamespace(**cpu))


@pytest.mark.parametrize(
    ("torch", "expected"),
    [
        (torch_of(gpu=True), True),
        (torch_of(get_capabilities=lambda: {"avx512_bf16": True, "amx_bf16": False}), True),
        (torch_of(get_capabilities=lambda: {"avx512_bf16": False, "amx_bf16": True}), True),
        (torch_of(get_capabilities=lambda: {"avx512": True, "avx512_bf16": False}), False),
        (torch_of(get_capabilities=lambda: {"neon": True}), False),
        (torch_of(), False),
    ],
)
def test_arms_are_trained_in_bfloat16_where_the_machine_has_it(torch, expected):
    assert has_bfloat16(torch) is expected
