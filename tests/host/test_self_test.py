"""Whether our pipeline fits the distilabel that is installed."""

import pytest
from distilabel.pipeline import Pipeline
from distilabel.pipeline.base import BasePipeline

from sysgen_distilabel.host import self_test
from sysgen_distilabel.host.pipeline import SysGenPipeline, pipeline_class


def test_host_fits():
    assert self_test.find_differences() == []
    assert pipeline_class() is SysGenPipeline


def test_other_host_gets_its_own_pipeline(monkeypatch):
    monkeypatch.delattr(BasePipeline, "_should_load_next_stage")
    monkeypatch.setattr(BasePipeline, "_register_batch", lambda self, batch, more: None)
    with pytest.warns(
        UserWarning, match=r"_register_batch takes \(batch more\).*_should_load_next_stage is missing"
    ) as warned:
        assert pipeline_class() is Pipeline
    assert len(warned) == 1


def test_other_version_of_the_host(monkeypatch):
    monkeypatch.setattr("distilabel.__version__", "1.6.0")
    assert self_test.find_differences() == ["version 1.6.0"]
