"""How batches flow through a pipeline: distilabel's rules in one loop, in one thread.

Defects of distilabel 1.5.3 answered here (`pipeline/base.py`):
- after each batch all state is serialised and written, 88 % of the main thread's time (lines 827
  and 1657), and each batch of each step is kept as JSON (line 1719);
- loading polls every 2.5 s and ending every 0.5 s (lines 1427 and 1250);
- the generator is asked for one batch whenever the first step has none, so replicas idle (line
  1778) while rows pile up in front of the slowest step;
- hangs: a step whose last batch comes out empty (`pipeline/batch_manager.py:552`), load groups
  that separate a generator from its successor (line 1778), replicas at the end of a stage (line
  1349), an exception in the loop's thread (line 1050).
Every wait that can never end is noticed, as a quiet pipeline with rows to come: it is either
resolved or raised. Can go when distilabel's loop does the same.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from distilabel import constants
from distilabel.pipeline import Pipeline
from distilabel.pipeline.batch import _Batch
from distilabel.pipeline.batch_manager import _BatchManagerStep

from sysgen_distilabel.errors import StepFailed
from sysgen_distilabel.host.channel import Failure, Finished
from sysgen_distilabel.host.inbox import Inbox
from sysgen_distilabel.host.interrupts import Interrupts
from sysgen_distilabel.host.replicas import Replicas

_POLL: Final = 0.2
"""Seconds after which a signal is noticed at the latest."""

_WAITING_PER_REPLICA: Final = 2
"""So many batches may wait for each replica of a step, or after it, before the generators have to pause."""


class FlowPipeline(Pipeline):
    """Distilabel's Pipeline with its processes, its queues and its loop replaced."""

    _workers: Replicas
    _interrupts: Interrupts
    _inbox: Inbox
    _results: dict[str, Counter[str]]
    _stages: tuple[list[list[str]], list[list[str]]] | None = None

    def _output_queue_loop(self) -> None:
        """Run all steps until every last batch has arrived."""
        self._inbox = Inbox()
        self._initialize_pipeline_execution()
        while self._batch_manager.can_generate():
            batch = self._next_batch()
            self._process_batch(batch)
            if self._should_load_next_stage():
                self._wait_current_stage_to_finish()
                self._update_stage()
            self._manage_batch_flow(batch)
        self._wait_until_finished(self.dag)

    def _next_batch(self) -> _Batch:
        while (batch := self._inbox.take()) is None:
            self._request_generator_batches()
            self._workers.dispatch()
            if self._workers.quiet:
                self._break_silence()
            else:
                self._pump()
        return batch

    def _pump(self) -> None:
        """Take in what the steps have sent since."""
        self._interrupts.check()
        try:
            for step_name, message in self._workers.receive(_POLL):
                if isinstance(message, Failure):
                    raise message.to_exception()
                if isinstance(message, Finished):
                    self._note_finished(step_name, message)
                else:
                    self._inbox.add(step_name, message)
            self._workers.dispatch()
        except StepFailed:
            # What kills a step is often meant for the whole process group: look for our own signal.
            time.sleep(_POLL)
            self._interrupts.check()
            raise

    def _note_finished(self, step_name: str, message: Finished) -> None:
        """Add up the rows a step failed on; a step that failed on every row is an error."""
        total = self._results.setdefault(step_name, Counter())
        total.update(succeeded=message.succeeded, failed=message.failed)
        if message.failed and not total["succeeded"] and not self._workers.running(step_name):
            raise StepFailed(f"Step '{step_name}' failed on every row: {message.last_error}")

    # Stages

    def _get_steps_load_stages(self) -> tuple[list[list[str]], list[list[str]]]:
        # Distilabel computes them for each batch, and each time its list of load groups grows.
        if self._stages is None:
            self._stages = super()._get_steps_load_stages()
        return self._stages

    def _run_stage_steps_and_wait(self, stage: int) -> bool:
        steps = self._steps_to_be_loaded_in_stage(stage)
        self._logger.info(f"Loading the steps of stage {stage}: {', '.join(steps)}")
        self._run_steps(steps)
        while self._workers.loading:
            self._pump()
        return True

    def _run_steps(self, steps: Iterable[str]) -> None:
        for name in steps:
            step = self.dag.get_step(name)[constants.STEP_ATTR_NAME]
            # The pipeline holds the processes, which cannot be sent to one.
            step = step.model_copy(update={"pipeline": None})
            for replica in range(step.resources.replicas if step.is_normal else 1):
                self._workers.start(step, replica)

    def _wait_current_stage_to_finish(self) -> None:
        self._wait_until_finished(self._get_steps_load_stages()[0][self._current_stage])

    def _wait_until_finished(self, steps: Iterable[str]) -> None:
        names = list(steps)
        for name in names:
            self._workers.finish(name)
        self._workers.dispatch()
        while any(self._workers.running(name) for name in names):
            self._pump()

    def _is_step_running(self, step_name: str) -> bool:
        return self._workers.running(step_name)

    # Batches

    def _send_to_step(self, step_name: str, to_send: Any) -> None:
        self._workers.put(step_name, to_send)

    def _send_batch_to_step(self, batch: _Batch) -> None:
        # Distilabel's requests to a generator are dropped after the first: ours replace them.
        if not self._is_generator(batch.step_name) or not self._requested(batch.step_name):
            super()._send_batch_to_step(batch)

    def _cache(self) -> None:
        pass  # called after each batch, for a cache that is not read

    def _register_batch(self, batch: _Batch) -> None:
        self._batch_manager.register_batch(batch)  # without a path: nothing is written

    def _request_generator_batches(self) -> None:
        """Ask generators for more, as long as no step has too much before it."""
        for name in self.dag.root_steps:
            last = self._requested(name)
            finished = self._batch_manager.step_has_finished(name)
            if last and not finished and self._workers.idle(name) and not self._is_backlogged():
                super()._send_batch_to_step(last.next_batch())

    def _requested(self, generator: str) -> _Batch | None:
        return self._batch_manager.get_last_batch_sent(generator)

    def _is_generator(self, step_name: str) -> bool:
        return bool(self.dag.get_step(step_name)[constants.STEP_ATTR_NAME].is_generator)

    def _is_backlogged(self) -> bool:
        # Only steps that run count: those of a later stage have to wait for all rows anyway.
        return any(
            self._workers.waiting(name) + self._inbox.held(name)
            >= _WAITING_PER_REPLICA * self.dag.get_step_replica_count(name)
            for name in self.dag
            if self._workers.running(name)
        )

    # Silence

    def _break_silence(self) -> None:
        """All replicas are idle and rows are still to come: end a step that waits in vain, or raise.

        A step is not sent a last batch if it would be empty, so nobody after it ever finishes.
        """
        for name in self.dag:
            buffer = self._batch_manager._steps[name]
            if self._waits_in_vain(name, buffer):
                self._send_batch_to_step(_take_rest(buffer))
                return
        unfinished = [name for name in self.dag if not self._batch_manager.step_has_finished(name)]
        raise StepFailed(
            f"The pipeline stands still: {', '.join(unfinished)} wait for rows that nobody will send.",
            "Check the routing functions, and that steps before a join keep the number of rows.",
        )

    def _waits_in_vain(self, step_name: str, buffer: _BatchManagerStep) -> bool:
        last = self._batch_manager.get_last_batch_sent(step_name)
        return (
            not buffer.convergence_step
            and not (last and last.last_batch)
            and self._workers.running(step_name)
            and all(self._batch_manager.step_has_finished(name) for name in buffer.data)
        )


def _take_rest(buffer: _BatchManagerStep) -> _Batch:
    """What is left in the buffer of a step, perhaps nothing, as its last batch."""
    left, buffer.data = buffer.data, {name: [] for name in buffer.data}
    return _Batch(
        seq_no=buffer._get_seq_no(),
        step_name=buffer.step_name,
        last_batch=True,
        data=[[row for batch in batches for row in batch.data[0]] for batches in left.values()],
        accumulated=buffer.accumulate,
        created_from={name: [(0, 0, 0)] for name in left},
    )
