"""What a whole run will take, from two trials of different size.

Tokens and calls are regressed on the length of the conversation, which is known for every row, so
that a sample of short rows does not make a cheap forecast. Time is start-up, which the trials have
whatever their size, plus what a row costs: where the engine is the bottleneck its answers' latency
under load over the requests in flight (Little's law), else the processor time of distilabel. The Tasks
end their batches at about the same time, and then the engine runs dry until the slowest answer is
there; that is added for each batch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.report.figures.cost import Prices
from sysgen_distilabel.settings.run_config import RunConfig, task_names
from sysgen_distilabel.workflows.preflight.survey import Survey
from sysgen_distilabel.workflows.preflight.trial import Trial, count_processors

if TYPE_CHECKING:
    import numpy as np

_CONFIDENCE: Final = 1.96
"""Standard errors either side of a 95 % range."""

_LOADED: Final = 0.75
"""Share of the requests in flight from which the engine counts as under load."""

_LEAST_LOADED: Final = 20
_DRAWS: Final = 400
_STEPS_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class Estimate:
    """A forecast quantity.

    Attributes:
        value: the estimate.
        error: its standard error.
    """

    value: float
    error: float = 0.0

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(self.value + other.value, math.hypot(self.error, other.error))

    def times(self, factor: float) -> Estimate:
        """So many times the quantity."""
        return Estimate(self.value * factor, self.error * factor)

    def as_dict(self, least: float = 0.0, most: float = math.inf) -> dict[str, float]:
        """The estimate with its 95 % range, which ends at the least and the most that it can be."""
        reach = _CONFIDENCE * self.error
        low, high = max(self.value - reach, least), min(self.value + reach, most)
        return {"estimate": round(self.value, 6), "low": round(low, 6), "high": round(high, 6)}


def forecast_run(
    survey: Survey,
    trials: tuple[Trial, Trial],
    config: RunConfig,
    prices: Prices,
    engine_start: float = 0.0,
) -> dict[str, Any]:
    """The forecast for the whole input, as it is kept in `forecast.json`.

    Args:
        survey: what the input is like.
        trials: a small and a larger one, of different rows.
        config: the settings of the run that is to come.
        prices: what the engine costs.
        engine_start: seconds the engine itself took to start, if the run will start one.
    """
    asked = len(survey.bytes) - survey.duplicates  # equal prompts share one reply
    max_concurrency = config.max_concurrency
    names = task_names(config)
    tasks = {task: _forecast_task(task, survey, trials, asked, max_concurrency) for task in names}
    startup = _find_startup(trials) + Estimate(engine_start)
    drains = math.ceil(asked / config.batch_size) + len(names) - 1
    drain = _seconds_to_drain(trials, min(max_concurrency, config.batch_size))
    engine = _sum([quantities["seconds"] for quantities in tasks.values()]) + Estimate(drains * drain)
    host = _host_seconds_per_row(trials) * asked
    work = engine if engine.value >= host else Estimate(host, engine.error)
    totals = {
        "accepted_rows": _share_accepted(survey, trials).times(len(survey.bytes)),
        **{name: _sum([tasks[task][name] for task in names]) for name in tasks[names[0]]},
        "seconds": startup + work,
    }
    if prices.given:
        totals["cost"] = _forecast_cost(totals, prices)
    sample = sum(len(trial.sizes) for trial in trials)
    kept = sum(int(trial.accepted.sum()) for trial in trials)
    bounds = {"accepted_rows": (kept, len(survey.bytes) - sample + kept)}
    return {
        "sample": sample,
        "rows": survey.rows,
        "is_whole": sample == len(survey.bytes),
        "startup_seconds": startup.as_dict(),
        "seconds_per_row": round(work.value / max(asked, 1), 6),
        "bound_by": "engine" if engine.value >= host else "distilabel",
        "max_concurrency": max_concurrency,
        "prices": asdict(prices) if prices.given else None,
        "tasks": {
            task: {name: estimate.as_dict() for name, estimate in quantities.items()}
            for task, quantities in tasks.items()
        },
        "totals": {name: estimate.as_dict(*bounds.get(name, ())) for name, estimate in totals.items()},
    }


def _forecast_task(
    task: str, survey: Survey, trials: tuple[Trial, Trial], rows: int, max_concurrency: int
) -> dict[str, Estimate]:
    quantities = {
        name: _extrapolate(survey, trials, [trial.spent[task, name] for trial in trials], rows)
        for name in ("calls", "prompt_tokens", "completion_tokens")
    }
    latency = _latency_under_load(task, trials, max_concurrency)
    calls = quantities["calls"]
    seconds = calls.value * latency.value / max_concurrency
    relative = math.hypot(_relative(calls), _relative(latency))
    return {**quantities, "seconds": Estimate(seconds, seconds * relative)}


def _extrapolate(
    survey: Survey, trials: Sequence[Trial], values: Sequence[np.ndarray], rows: int
) -> Estimate:
    """The sum over all rows of what was measured for some, by regression on their length."""
    import numpy as np

    sizes, measured = np.concatenate([trial.sizes for trial in trials]), np.concatenate(values)
    mean_size = sum(survey.bytes) / len(survey.bytes)
    slope = 0.0
    if len(sizes) > 2 and (variance := float(sizes.var())):
        slope = float(((sizes - sizes.mean()) * (measured - measured.mean())).mean()) / variance
    mean = float(measured.mean()) + slope * (mean_size - float(sizes.mean()))
    rest = measured - measured.mean() - slope * (sizes - sizes.mean())
    error = math.sqrt(float((rest**2).sum()) / max(len(sizes) - 2, 1) / len(sizes))
    return Estimate(max(mean, 0.0), error * _unknown(survey, trials)).times(rows)


def _unknown(survey: Survey, trials: Sequence[Trial]) -> float:
    """What the rows that were not tried leave of a standard error: none if all were.

    The correction for a sample of a finite population (Cochran, Sampling Techniques, 1977, section 2.6).
    """
    return math.sqrt(1 - sum(len(trial.sizes) for trial in trials) / len(survey.bytes))


def _share_accepted(survey: Survey, trials: Sequence[Trial]) -> Estimate:
    """The share in the sample; its error is that of a share with one row more of each kind."""
    rows = sum(len(trial.accepted) for trial in trials)
    accepted = sum(float(trial.accepted.sum()) for trial in trials)
    share = (accepted + 1) / (rows + 2)
    error = math.sqrt(share * (1 - share) / rows)
    return Estimate(accepted / rows, error * _unknown(survey, trials))


def _latency_under_load(task: str, trials: Sequence[Trial], max_concurrency: int) -> Estimate:
    """The mean latency of answers that began while the engine was busy; of all, if those are too few."""
    import numpy as np

    found, loaded = [], []
    for trial in trials:
        everything = np.concatenate([*trial.latencies.values(), np.empty((0, 2))])
        begins, ends = np.sort(everything[:, 0]), np.sort(everything[:, 1])
        own = trial.latencies.get(task, np.empty((0, 2)))
        in_flight = np.searchsorted(begins, own[:, 0], "right") - np.searchsorted(ends, own[:, 0])
        found.append(own[:, 1] - own[:, 0])
        loaded.append(found[-1][in_flight >= _LOADED * max_concurrency])
    latencies = np.concatenate(loaded)
    if len(latencies) < _LEAST_LOADED:
        latencies = np.concatenate(found)
    if not len(latencies):
        return Estimate(0.0)
    return Estimate(float(latencies.mean()), float(latencies.std()) / math.sqrt(len(latencies)))


def _seconds_to_drain(trials: Sequence[Trial], in_flight: int) -> float:
    """How long an engine with no more to answer works on, beyond what its last answers are worth.

    Drawn from what is left of the answers in flight at a random moment, among which the long ones
    are the more frequent the longer they are.
    """
    import numpy as np

    spans = [trial.latencies[task] for trial in trials for task in trial.latencies]
    latencies = np.concatenate([np.empty((0, 2)), *spans]) @ (-1.0, 1.0)
    if not latencies.sum() > 0:
        return 0.0
    random = np.random.default_rng(0)
    shape = (_DRAWS, in_flight)
    left = random.choice(latencies, shape, p=latencies / latencies.sum()) * random.random(shape)
    return float((left.max(axis=1) - left.mean(axis=1)).mean())


def _find_startup(trials: tuple[Trial, Trial]) -> Estimate:
    """What a run takes beside the engine's answers: loading before, writing after."""
    small, large = (trial.seconds - trial.engine_seconds for trial in trials)
    return Estimate(max((small + large) / 2, 0.0), abs(large - small) / 2)


def _host_seconds_per_row(trials: tuple[Trial, Trial]) -> float:
    small, large = trials
    difference = len(large.sizes) - len(small.sizes)
    if not difference:
        return 0.0
    per_row = max(large.host_seconds - small.host_seconds, 0.0) / difference
    return per_row / min(count_processors(), _STEPS_AT_ONCE)


def _forecast_cost(totals: Mapping[str, Estimate], prices: Prices) -> Estimate:
    tokens_in, tokens_out, seconds = (
        totals[name] for name in ("prompt_tokens", "completion_tokens", "seconds")
    )
    return _sum(
        [
            tokens_in.times((prices.per_million_in or 0) / 1e6),
            tokens_out.times((prices.per_million_out or 0) / 1e6),
            seconds.times((prices.per_gpu_hour or 0) / 3600),
        ]
    )


def _sum(estimates: Sequence[Estimate]) -> Estimate:
    total = Estimate(0.0)
    for estimate in estimates:
        total = total + estimate
    return total


def _relative(estimate: Estimate) -> float:
    return estimate.error / estimate.value if estimate.value else 0.0
