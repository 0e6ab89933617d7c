"""Makes an environment of a finished run: proves its checks, samples answers, keeps tasks by difficulty."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.columns import (
    ALIGNED_MESSAGES,
    CONFLICTING_TURN,
    MESSAGES,
    PHRASES,
    SOURCE_ID,
    SYSTEM_MESSAGE,
)
from sysgen_distilabel.constraints.reward import ConstraintReward
from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.inputs.parquet_rows import find_columns, scan_rows
from sysgen_distilabel.llms.choose_llm import choose_llm
from sysgen_distilabel.measures.near_duplicates import SimilarTexts, sign
from sysgen_distilabel.rl_environments.difficulty import Difficulty
from sysgen_distilabel.rl_environments.engine import CheckEngine
from sysgen_distilabel.rl_environments.environment_format import EnvironmentFormat
from sysgen_distilabel.rl_environments.environment_task import EnvironmentTask, NoTask, Unfit, make_task
from sysgen_distilabel.rl_environments.prove import Prover
from sysgen_distilabel.rl_environments.strata import OWN_STRATA, draw_tasks, name_strata
from sysgen_distilabel.rl_environments.write_environment import write_environment
from sysgen_distilabel.runs.hold_out import is_held_out
from sysgen_distilabel.runs.run_directory import RunDirectory
from sysgen_distilabel.serving.start_engine import running_engine
from sysgen_distilabel.settings.engine_config import EngineConfig

_COLUMNS: Final = (SOURCE_ID, MESSAGES, SYSTEM_MESSAGE, ALIGNED_MESSAGES, PHRASES)
_NEAR: Final = 0.9
"""Similarity of prompts from which the later task is a duplicate."""
_TOGETHER: Final = 100


@dataclass(frozen=True, slots=True)
class EnvironmentOptions:
    """What the user asks for.

    Attributes:
        layout: for which library.
        hold_out: share of the rows held out, as in other exports.
        rollouts: answers sampled for each task; 0 for none.
        difficulty: the pass rates to keep; needs rollouts.
        sampled: the engine whose answers are sampled.
        judge: judges what constraints mean, and answers the questions of the rollouts.
        propose: whether the judge also proposes constraints for phrases that no rule reads.
        tasks: the most tasks to keep, of those that are fit; 0 for all.
        strata: by what they are drawn in equal numbers: `kinds`, `language` or a column of the run.
    """

    layout: EnvironmentFormat
    hold_out: float = 0.0
    rollouts: int = 0
    difficulty: Difficulty | None = None
    sampled: EngineConfig | None = None
    judge: EngineConfig | None = None
    propose: bool = False
    tasks: int = 0
    strata: str = ""

    def check(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            ConfigError: if an engine is missing, or there is one that nobody asks.
        """
        if self.rollouts and self.sampled is None:
            raise ConfigError("--rollouts needs a model.", "Name it with --model, --base-url or --llm.")
        if self.difficulty is not None and not self.rollouts:
            raise ConfigError("--difficulty needs rollouts.", "Add --rollouts 8.")
        if self.strata and not self.tasks:
            raise ConfigError("--strata needs a number of tasks to draw.", "Add --tasks 1000.")
        if self.propose and self.judge is None:
            raise ConfigError("--propose needs a judge of what is proposed.", "Name it with --judge-llm.")

    @property
    def simulation_notice(self) -> str:
        """What has to be said if no language model answers or judges."""
        sampled = self.sampled.simulation_notice if self.sampled else ""
        return sampled or (self.judge.judge_notice if self.judge else "")


def export_environment(run: RunDirectory, options: EnvironmentOptions, output: Path) -> dict[str, Any]:
    """Make an environment of the accepted rows of a finished run; replies are kept in its store.

    Returns:
        The facts, as they are in `environment.json`.

    Raises:
        RunError: if there is no finished run or no task, or the output cannot be written.
        ConfigError: if the options contradict each other or an engine cannot be had.
        FatalError: if an engine or the store is gone; what was answered is kept.
    """
    options.check()
    run.require_finished()
    _check_strata(run, options)
    left_out: Counter[NoTask] = Counter()
    with (
        run.locked(),
        _engine(options.judge, run, "judge") as judge,
        _engine(options.sampled, run, "rollout") as model,
    ):
        prover = Prover(judge, judge if options.propose else None)
        tasks = list(_make_tasks(run, options, prover, judge, left_out))
        if model is not None and options.rollouts:
            tasks = _keep_by_difficulty(tasks, options, model, judge, left_out)
        if options.tasks:
            fit = len(tasks)
            tasks = draw_tasks(tasks, options.tasks, options.strata)
            left_out[NoTask.NOT_DRAWN] += fit - len(tasks)
        made = {
            "rollouts": options.rollouts,
            "rollout_model": model.model_name if model is not None and options.rollouts else "",
            "judge_model": judge.model_name if judge is not None else "",
            "difficulty": f"{options.difficulty.low}:{options.difficulty.high}" if options.difficulty else "",
            "hold_out": options.hold_out,
            "strata": options.strata,
            "tasks_by_stratum": _count_strata(tasks, options.strata),
            "simulation_notice": run.read_report()["simulation_notice"] or options.simulation_notice,
        }
    return write_environment(options.layout, tasks, left_out, prover.proofs, output, made)


def _check_strata(run: RunDirectory, options: EnvironmentOptions) -> None:
    there = find_columns(run.dataset, "accepted")
    if options.strata and options.strata not in (*OWN_STRATA, *there):
        raise ConfigError(
            f"--strata {options.strata}: the run has no such column.",
            f"Take {' or '.join(OWN_STRATA)}, or a column: {', '.join(sorted(there))}; `keep_columns` carries"
            " those of the input along.",
        )


def _count_strata(tasks: Sequence[EnvironmentTask], by: str) -> dict[str, int]:
    return dict(sorted(Counter(name_strata(tasks, by)).items())) if by else {}


@contextmanager
def _engine(config: EngineConfig | None, run: RunDirectory, name: str) -> Iterator[CheckEngine | None]:
    if config is None:
        yield None
        return
    with ExitStack() as stack:
        log = run.engine_log.with_name(f"engine-{name}.log")
        served = stack.enter_context(running_engine(config, log))
        yield stack.enter_context(CheckEngine.around(choose_llm(served), run.calls, config.max_concurrency))


def _make_tasks(
    run: RunDirectory,
    options: EnvironmentOptions,
    prover: Prover,
    judge: CheckEngine | None,
    left_out: Counter[NoTask],
) -> Iterator[EnvironmentTask]:
    """The tasks of the accepted rows; of near duplicates the first."""
    seen = SimilarTexts(_NEAR)
    column = options.strata if options.strata not in OWN_STRATA else ""
    for row in _read_rows(run.dataset, column):
        try:
            if is_held_out(row[SOURCE_ID], options.hold_out):
                raise Unfit(NoTask.HELD_OUT)
            proving = prover.prove(row[PHRASES], [row[ALIGNED_MESSAGES][-1]["content"]])
            task = make_task(row, judge.run(proving) if judge is not None else asyncio.run(proving))
            signature = sign(" ".join([task.system_message, task.prompt[-1]["content"]]))
            if seen.find(signature):
                raise Unfit(NoTask.DUPLICATE)
            seen.add(signature)
            task.stratum = str(row[column]) if column else ""
        except Unfit as unfit:
            left_out[unfit.reason] += 1
        else:
            yield task


def _read_rows(dataset: Path, column: str) -> Iterator[Mapping[str, Any]]:
    there = find_columns(dataset, "accepted")
    wanted = dict.fromkeys([*_COLUMNS, *([CONFLICTING_TURN] if CONFLICTING_TURN in there else [])])
    if column:
        wanted[column] = None
    return scan_rows(dataset, "accepted", list(wanted))


def _keep_by_difficulty(
    tasks: list[EnvironmentTask],
    options: EnvironmentOptions,
    model: CheckEngine,
    judge: CheckEngine | None,
    left_out: Counter[NoTask],
) -> list[EnvironmentTask]:
    reward = ConstraintReward(judge=judge)
    kept = []
    for start in range(0, len(tasks), _TOGETHER):
        batch = tasks[start : start + _TOGETHER]
        answers = model.run(_sample_all(model, batch, options.rollouts))
        scores = _score_all(reward, judge, batch, answers)
        for task, given, rewards in zip(batch, answers, scores, strict=True):
            task.passed = rewards
            if not rewards:
                left_out[NoTask.NOT_SCORED if any(given) else NoTask.NO_ROLLOUT] += 1
            elif options.difficulty is not None and not options.difficulty.keeps(rewards):
                left_out[NoTask.DIFFICULTY] += 1
            else:
                kept.append(task)
    return kept


async def _sample_all(
    model: CheckEngine, tasks: list[EnvironmentTask], number: int
) -> list[list[str | None]]:
    async def sample(task: EnvironmentTask) -> list[str | None]:
        return await asyncio.gather(*(model.sample(task.prompt, attempt) for attempt in range(number)))

    return await asyncio.gather(*map(sample, tasks))


def _score_all(
    reward: ConstraintReward,
    judge: CheckEngine | None,
    tasks: list[EnvironmentTask],
    answers: list[list[str | None]],
) -> list[list[float]]:
    """The rewards of the answers of each task; an answer that is missing or that nothing checks has none."""
    flat = [(task, answer) for task, given in zip(tasks, answers, strict=True) for answer in given if answer]
    scoring = reward.score_all(
        [answer for _, answer in flat],
        [task.constraints for task, _ in flat],
        [task.questions for task, _ in flat],
    )
    scored = judge.run(scoring) if judge is not None else asyncio.run(scoring)
    rewards: dict[str, list[float]] = {task.id: [] for task in tasks}
    for (task, _), one in zip(flat, scored, strict=True):
        if one.reward is not None:
            rewards[task.id].append(one.reward)
    return [rewards[task.id] for task in tasks]
