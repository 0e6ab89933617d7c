"""`SysGenRayPipeline`: the same pipeline with its steps spread over a Ray cluster."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from distilabel.pipeline import RayPipeline

from sysgen_distilabel.host.checked_pipeline import CheckedPipeline
from sysgen_distilabel.host.step_process import RunInfo
from sysgen_distilabel.serving.ray_cluster import check_shared, connected

if TYPE_CHECKING:
    from pathlib import Path

    from sysgen_distilabel.host.replicas import Replicas


class SysGenRayPipeline(CheckedPipeline, RayPipeline):
    """Distilabel's `RayPipeline` with what `SysGenPipeline` does when something goes wrong.

    Made by `SysGenPipeline.ray`. Every replica of a step is an actor, placed by the step's
    `resources`; an in-process vLLM asks for as many GPUs as it is parallel. An actor that is gone,
    with its node or alone, is started on a node that is left and gets its batch again: what was
    answered by then is in the store. So the store has to be on a disk that all nodes share.

    Attributes:
        shared_directory: a directory that every node has to see; looked for before the steps start.
    """

    shared_directory: Path | None = None

    def _make_workers(self, info: RunInfo) -> Replicas:
        from sysgen_distilabel.host.ray_workers import RayWorkers

        return RayWorkers(info, self._log_queue.put_nowait)

    @contextmanager
    def _executed(
        self, arguments: dict[str, Any], logging_handlers: list[logging.Handler] | None
    ) -> Iterator[None]:
        with connected(self._ray_head_node_url, self._ray_init_kwargs):
            if self.shared_directory is not None:
                check_shared(self.shared_directory)
            with super()._executed(arguments, logging_handlers):
                yield
