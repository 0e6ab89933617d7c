"""What a proof will take, told before it starts: memory and time, from the size of model and data."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final

from sysgen_distilabel.errors import ConfigError
from sysgen_distilabel.extras import is_installed
from sysgen_distilabel.workflows.prove.recipe import ProveArm, Recipe
from sysgen_distilabel.workflows.prove.training import has_bfloat16

_BYTES_FULL: Final = 16
"""Of a weight in float32, its gradient and the two moments of AdamW."""
_BYTES_LORA: Final = 4.5
"""Of a weight in float32, with some more for the adapter."""
_SHARE_OF_PEAK: Final = 0.3
"""What training makes of the speed of bare products, by rule of thumb."""
_SIDE: Final = 1024
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """A rough forecast.

    Attributes:
        parameters: of the model.
        trainings: how many models are trained.
        tokens: tokens that all trainings read together.
        memory: bytes for weights, gradients, optimiser and scores of one training; what layers keep for the
            way back comes on top.
        disk: bytes of the weights that are kept until the end of a round of seeds.
        operations: floating-point operations of all trainings.
        speed: measured operations per second of bare products on this machine.
        answers: answers that are asked for.
    """

    parameters: int
    trainings: int
    tokens: int
    memory: float
    disk: float
    operations: float
    speed: float
    answers: int

    @property
    def seconds(self) -> float:
        """Time of all trainings."""
        return self.operations / (self.speed * _SHARE_OF_PEAK)


def forecast_cost(recipe: Recipe, steps: int, pair_steps: int, prompts: int, speed: float) -> Cost:
    """Forecast a proof.

    Args:
        recipe: what it does.
        steps: steps of a supervised arm.
        pair_steps: steps on preference pairs.
        prompts: prompts of all tests.
        speed: see `measure_speed`.
    """
    parameters, vocabulary = count_parameters(recipe.model), _read_vocabulary(recipe.model)
    supervised = [arm for arm in recipe.trained if arm is not ProveArm.PREFERENCES]
    pair_tokens = pair_steps * recipe.pairs_per_step * 2 * recipe.max_length // 4
    tokens = recipe.seeds * (len(supervised) * steps * recipe.tokens_per_step + pair_tokens)
    per_weight = _BYTES_FULL if recipe.method == "full" else _BYTES_LORA
    scores = 2 * 4 * vocabulary * recipe.tokens_per_step / recipe.accumulation
    models = 1 + recipe.seeds * len(recipe.trained)
    return Cost(
        parameters=parameters,
        trainings=models - 1,
        tokens=tokens,
        memory=per_weight * parameters + scores,
        disk=4.0 * parameters * len(recipe.trained) * (recipe.seeds if recipe.keep == "all" else 2),
        operations=6.0 * parameters * tokens,
        speed=speed,
        answers=models * len(recipe.roles) * prompts,
    )


def count_parameters(model: str) -> int:
    """The parameters of a checkpoint, from the heads of its files.

    Raises:
        ConfigError: if it has no safetensors files, or cannot be found.
    """
    folder = Path(model)
    if folder.is_dir():
        files = sorted(folder.glob("*.safetensors"))
        if files:
            return sum(prod(shape) for file in files for shape in _read_shapes(file))
        raise ConfigError(f"{model} holds no safetensors file.", "Name the directory of a checkpoint.")
    from huggingface_hub import get_safetensors_metadata

    try:
        return sum(get_safetensors_metadata(model).parameter_count.values())
    except Exception as error:  # of the network, or of the Hub
        raise ConfigError(f"{model} cannot be looked up: {type(error).__name__}.", "Check --model.") from None


def _read_shapes(file: Path) -> Iterator[list[int]]:
    with file.open("rb") as content:
        head = json.loads(content.read(int.from_bytes(content.read(8), "little")))
    for name, tensor in head.items():
        if name != "__metadata__":
            yield tensor["shape"]


def _read_vocabulary(model: str) -> int:
    from transformers import AutoConfig

    config: Any = AutoConfig.from_pretrained(model)
    return int(config.get_text_config().vocab_size)


def measure_speed() -> tuple[float, str]:
    """Operations per second of products of matrices here, as arms would be trained, and on what."""
    if is_installed("torch"):
        import torch

        if torch.cuda.is_available():
            return _measure_bfloat16(torch, "cuda", 8 * _SIDE), torch.cuda.get_device_name()
        if has_bfloat16(torch):
            return _measure_bfloat16(torch, "cpu", _SIDE), "CPU in bfloat16"
    import numpy as np

    first = np.ones((_SIDE, _SIDE), dtype=np.float32)
    return 2 * _SIDE**3 / _measure_seconds(lambda: first @ first), "CPU"


def _measure_bfloat16(torch: Any, device: str, side: int) -> float:
    first = torch.ones((side, side), dtype=torch.bfloat16, device=device)

    def multiply() -> None:
        _ = first @ first
        if device == "cuda":
            torch.cuda.synchronize()

    return float(2 * side**3 / _measure_seconds(multiply))


def _measure_seconds(work: Callable[[], Any]) -> float:
    """The shortest of a few times, as others may be at work on this machine, too."""
    times = []
    for _ in range(_TRIES):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def describe_cost(cost: Cost, device: str) -> Iterator[str]:
    """The forecast, line by line."""
    yield f"model: {cost.parameters / 1e6:,.0f} million parameters"
    yield f"trainings: {cost.trainings}, {cost.tokens:,} tokens in all"
    yield f"memory of one: about {cost.memory / 2**30:,.1f} GiB, and what the layers keep for the way back"
    yield f"disk: about {cost.disk / 2**30:,.1f} GiB"
    yield (
        f"training: about {_say_time(cost.seconds)} on this machine ({device}, "
        f"{cost.speed / 1e12:,.2f} TFLOP/s measured, {_SHARE_OF_PEAK:.0%} of it assumed)"
    )
    yield f"answers: {cost.answers:,}; the first model that answers shows how long they take"


def _say_time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
