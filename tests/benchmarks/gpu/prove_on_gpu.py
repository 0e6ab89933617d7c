"""Trains a small model on the arms of the ablation and lets each answer held-out prompts.

    python3 -m tests.benchmarks.gpu.prove_on_gpu --model DIR --data DIR --output DIR

It needs torch, transformers and the verifiers, no internet. README.md beside it says what goes in and
what comes out. Results are written after every model, so a run that is cut off keeps what it has.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from tests.benchmarks.gpu.arms import Row, align, follows_all, make_arms, read_arms, read_rows, write_rows

UNTRAINED = "untrained"
_RESERVE = 1.15
"""What a model takes is expected to be so many times what the last one took."""
_SHARE_FOR_DATA = 0.3


def main(arguments: Sequence[str] | None = None) -> None:
    """Make or read the arms, train, answer, and write the results."""
    options = parse(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    # Forked before anything touches the GPU.
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("fork")) as pool:
        pool.submit(follows_all, ("a", [])).result()
        Experiment(options, pool).run()


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The settings, which are written into the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True, help="directory of a checkpoint")
    parser.add_argument("--data", type=Path, required=True, help="directory with the files of README.md")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=500, help="no model is begun that would end later")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=float, default=2, help="of the arm with the most tokens")
    parser.add_argument("--tokens-per-step", type=int, default=16384, help="with padding")
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--max-length", type=int, default=1024, help="tokens of a conversation")
    parser.add_argument("--max-new-tokens", type=int, default=192)
    parser.add_argument("--rounds", type=int, default=6, help="how often a row is answered at most")
    parser.add_argument("--temperature", type=float, default=0.8, help="of those answers")
    parser.add_argument("--rows-at-once", type=int, default=2048, help="answered in one batch")
    parser.add_argument("--limit", type=int, help="only the first rows of each file")
    return parser.parse_args(arguments)


@dataclass
class Experiment:
    """One run over all arms and seeds, seed by seed, so that what there is can be compared."""

    options: argparse.Namespace
    pool: Executor
    started: float = field(default_factory=time.monotonic)
    results: dict[str, Any] = field(default_factory=dict)
    responses: list[Row] = field(default_factory=list)

    def run(self) -> None:
        """All of it, as far as the time goes."""
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.set_float32_matmul_precision("high")
        self.tokenizer = AutoTokenizer.from_pretrained(self.options.model)
        self.model = AutoModelForCausalLM.from_pretrained(self.options.model, dtype=torch.float32)
        self.model.to(self.device)
        self.initial = {name: value.clone() for name, value in self.model.state_dict().items()}
        settings = {name: str(v) if isinstance(v, Path) else v for name, v in vars(self.options).items()}
        self.results |= {"environment": describe_environment(self.device), "settings": settings}
        print(json.dumps(self.results["environment"]), flush=True)
        self.heldout = self._limit(next(self.options.data.glob("heldout.jsonl*")))
        arms = self._find_arms()
        self._answer(UNTRAINED, 0, {})
        self._train_all(arms)
        self._save()

    def _limit(self, file: Path) -> list[Row]:
        return read_rows(file)[: self.options.limit]

    def _find_arms(self) -> dict[str, list[Any]]:
        """The exported arms if they are there, else those made of `sources.jsonl`."""
        if arms := read_arms(self.options.data):
            return {name: rows[: self.options.limit] for name, rows in arms.items()}
        import torch

        torch.manual_seed(0)
        begun = time.monotonic()
        aligned, rounds = align(
            self._limit(next(self.options.data.glob("sources.jsonl*"))),
            self._answerer(),
            self.pool,
            self.options.rounds,
            self.options.temperature,
            lambda: self._spent() < _SHARE_FOR_DATA * self.options.seconds,
        )
        self.results["data"] = {
            "rounds": rounds,
            "rows": len(aligned),
            "rows_by_verifier": Counter(entry["verifier"] for row in aligned for entry in row["constraints"]),
            "seconds": time.monotonic() - begun,
        }
        print(json.dumps(self.results["data"]), flush=True)
        write_rows(self.options.output / "aligned.jsonl.gz", aligned)
        return make_arms(aligned)

    def _train_all(self, arms: dict[str, list[Any]]) -> None:
        from tests.benchmarks.gpu.encoding import encode, make_batches
        from tests.benchmarks.gpu.training import train

        encoded = {
            arm: [encode(messages, self.tokenizer, self.options.max_length) for messages in conversations]
            for arm, conversations in arms.items()
        }
        tokens = {arm: sum(len(row.ids) for row in rows) for arm, rows in encoded.items()}
        steps = max(1, round(self.options.epochs * max(tokens.values()) / self.options.tokens_per_step))
        self.results |= {
            "steps": steps,
            "tokens_of_arms": tokens,
            "rows_of_arms": {arm: len(rows) for arm, rows in encoded.items()},
        }
        longest = 0.0
        for seed in range(self.options.seeds):
            for arm, rows in encoded.items():
                if self._spent() + _RESERVE * longest > self.options.seconds:
                    self.results["stopped_before"] = f"{arm}, seed {seed}"
                    print(f"no time left for {arm}, seed {seed}", flush=True)
                    return
                begun = time.monotonic()
                self.model.load_state_dict(self.initial)
                batches = make_batches(rows, self.options.tokens_per_step, seed)
                trained = train(self.model, batches, steps, self.options.learning_rate, self.device)
                self._answer(arm, seed, asdict(trained))
                longest = max(longest, time.monotonic() - begun)

    def _answerer(self) -> Any:
        from sysgen_distilabel.workflows.prove.answering import Answerer

        return Answerer(
            self.model, self.tokenizer, self.device, self.options.rows_at_once, self.options.max_new_tokens
        )

    def _answer(self, arm: str, seed: int, trained: dict[str, Any]) -> None:
        """The held-out prompts with the message in the system role and folded into the user's turn."""
        from sysgen_distilabel.chat_templates import fold_system

        begun = time.monotonic()
        answerer = self._answerer()
        native = [
            [{"role": "system", "content": row["system_message"]}, *row["messages"]] for row in self.heldout
        ]
        followed = {}
        for role, prompts in (("native", native), ("folded", [fold_system(chat) for chat in native])):
            answers = answerer.answer(prompts)
            tasks = [
                (answer.text, row["constraints"]) for answer, row in zip(answers, self.heldout, strict=True)
            ]
            verdicts = list(self.pool.map(follows_all, tasks, chunksize=16))
            followed[role] = sum(verdicts) / len(verdicts)
            self.responses += [
                {
                    "arm": arm,
                    "seed": seed,
                    "system_role": role,
                    "source_id": row["source_id"],
                    "group": row.get("group", ""),
                    "response": answer.text,
                    "finished": answer.finished,
                    "followed": verdict,
                }
                for row, answer, verdict in zip(self.heldout, answers, verdicts, strict=True)
            ]
        figures = {"arm": arm, "seed": seed, "followed": followed, "training": trained}
        figures["answering_seconds"] = time.monotonic() - begun
        self.results.setdefault("models", []).append(figures)
        print(f"{self._spent():.0f} s {json.dumps(figures)}", flush=True)
        self._save()

    def _spent(self) -> float:
        return time.monotonic() - self.started

    def _save(self) -> None:
        self.results["seconds"] = self._spent()
        text = json.dumps(self.results, indent=2)
        (self.options.output / "results.json").write_text(text + "\n", encoding="utf-8")
        write_rows(self.options.output / "responses.jsonl.gz", self.responses)


def describe_environment(device: str) -> dict[str, Any]:
    """The machine and the versions the figures are of."""
    import torch

    return {
        "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
        "cpus": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in ("torch", "transformers")},
    }


if __name__ == "__main__":
    main()
