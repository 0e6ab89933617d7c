"""The life of one step replica in an actor of Ray; imported on the nodes of the cluster."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Mapping
from logging import LogRecord
from typing import Any

from distilabel.constants import SIGINT_HANDLER_CALLED_ENV_NAME
from distilabel.models.mixins.cuda_device_placement import CudaDevicePlacementMixin
from distilabel.pipeline.base import set_pipeline_running_env_variables
from distilabel.pipeline.batch import _Batch
from distilabel.utils.logging import setup_logging

from sysgen_distilabel.host.channel import Failure, LightBatch
from sysgen_distilabel.host.step_process import RunInfo, StepWorker


class StepActor:
    """Runs a step replica in a thread, and exchanges items and messages with it.

    Args:
        step: distilabel's Step.
        replica: the number of the replica.
        info: about the run.
        environment: variables of the driver, such as keys; those the node has itself win.
    """

    def __init__(self, step: Any, replica: int, info: RunInfo, environment: Mapping[str, str]) -> None:
        for name, value in environment.items():
            os.environ.setdefault(name, value)
        self._items: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        set_pipeline_running_env_variables(info.pipeline_name, info.cache_id)
        setup_logging(log_queue=self)
        _leave_gpus_to_ray(step)
        self._worker = StepWorker(step, replica, self, self, self, dry_run=info.dry_run)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def listen(self) -> list[Any]:
        """What the replica has to say, up to the first message that is no log record."""
        messages: list[Any] = []
        while not messages or isinstance(messages[-1], LogRecord):
            messages.append(self._messages.get())
        return messages

    def give(self, item: Any) -> list[Any]:
        """Hand the replica an item and wait for what comes of it."""
        if isinstance(item, _Batch):
            item.__class__ = LightBatch
        self._items.put(item)
        return self.listen()

    def interrupt(self) -> None:
        """Tell the replica's LLM to send no more requests; the batch at hand goes on."""
        os.environ[SIGINT_HANDLER_CALLED_ENV_NAME] = "1"

    def join(self) -> None:
        """Wait until the replica has unloaded its step; one that failed says so before."""
        self._thread.join()

    def get(self) -> Any:
        """The next item, for the replica: this object is its input queue."""
        return self._items.get()

    def put(self, message: Any) -> None:
        """Take a message of the replica: this object is its output, load and log queue."""
        self._messages.put(message)

    put_nowait = put

    def _run(self) -> None:
        try:
            self._worker.run()
        except BaseException as error:  # `sys.exit` would end the thread without a word
            cause = error if isinstance(error, Exception) else RuntimeError(repr(error))
            self.put(Failure.of(str(self._worker.step.name), self._worker.doing, cause))


def _leave_gpus_to_ray(step: Any) -> None:
    """Ray has chosen the GPUs of this actor; distilabel's LLMs would choose once more."""
    llm = getattr(step, "llm", None)
    for part in (step, llm, getattr(llm, "llm", None)):
        if isinstance(part, CudaDevicePlacementMixin):
            part.disable_cuda_device_placement = True
