"""`SysGenPipeline`: a drop-in for distilabel's Pipeline, on one machine or, when asked, on a Ray cluster."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

from distilabel.pipeline import Pipeline
from distilabel.utils.ray import script_executed_in_ray_cluster

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.host import self_test
from sysgen_distilabel.host.checked_pipeline import CheckedPipeline
from sysgen_distilabel.host.write_buffer import LeafFiles

if TYPE_CHECKING:
    from pathlib import Path

    from distilabel.typing import LoadGroups

    from sysgen_distilabel.host.ray_pipeline import SysGenRayPipeline


class SysGenPipeline(CheckedPipeline):
    """A drop-in for `distilabel.pipeline.Pipeline`; `CheckedPipeline` says how it differs."""

    def ray(
        self, ray_head_node_url: str | None = None, ray_init_kwargs: dict[str, Any] | None = None
    ) -> SysGenRayPipeline:
        """The same steps on a Ray cluster; inside a job of Ray, `run` does so by itself.

        Args:
            ray_head_node_url: the cluster, see `sysgen_distilabel.serving.ray_cluster.connected`.
            ray_init_kwargs: further arguments of `ray.init`.
        """
        from sysgen_distilabel.host.ray_pipeline import SysGenRayPipeline

        pipeline = SysGenRayPipeline(
            name=self.name,
            description=self.description,
            cache_dir=self._cache_dir,
            enable_metadata=self._enable_metadata,
            requirements=self.requirements,
            ray_head_node_url=ray_head_node_url,
            ray_init_kwargs=ray_init_kwargs,
        )
        pipeline.dag = self.dag
        pipeline.console_level, pipeline.grace = self.console_level, self.grace
        return pipeline

    def _find_runner(self) -> CheckedPipeline:
        """The pipeline that runs: inside a job of Ray, one that uses the cluster."""
        if not script_executed_in_ray_cluster():
            return self
        runner = self.ray()
        runner._dry_run = self._dry_run
        return runner


def run_to_files(
    pipeline: Pipeline, load_groups: LoadGroups | None, logging_handlers: list[logging.Handler]
) -> dict[str, LeafFiles]:
    """`SysGenPipeline.run_to_files`, and as good as that can be with distilabel's own `Pipeline`."""
    if isinstance(pipeline, CheckedPipeline):
        return pipeline.run_to_files(load_groups, logging_handlers)
    pipeline.run(load_groups=load_groups, use_cache=False, logging_handlers=logging_handlers)
    leaves: dict[str, LeafFiles] = pipeline._write_buffer.leaves()
    return leaves


def spread_over_cluster(pipeline: Pipeline, address: str, directory: Path) -> Pipeline:
    """The pipeline on a Ray cluster, whose nodes have to share the directory.

    Raises:
        ConfigError: if it is distilabel's own, which cannot do that without losing rows.
    """
    if not isinstance(pipeline, SysGenPipeline):
        raise ConfigError("This distilabel does not work with Ray.", "Install distilabel 1.5.3 or later 1.5.")
    spread = pipeline.ray(address)
    spread.shared_directory = directory
    return spread


def pipeline_class() -> type[Pipeline]:
    """`SysGenPipeline` if it fits the installed distilabel, else its own `Pipeline`, with a warning."""
    differences = self_test.find_differences()
    if differences:
        warnings.warn(
            f"SysGenPipeline does not fit this distilabel ({'; '.join(differences)}): using distilabel's own"
            " Pipeline, which is slower and hides failures.",
            stacklevel=2,
        )
    chosen: type[Pipeline] = Pipeline if differences else SysGenPipeline
    return chosen
