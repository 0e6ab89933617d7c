"""The examples at the end of `--help`; a test parses each of them."""

from __future__ import annotations

from typing import Final

EXAMPLES: Final[dict[str, tuple[str, ...]]] = {
    "run": (
        "sysgen run data.jsonl --llm simulated",
        "sysgen run data.jsonl --model Qwen/Qwen2.5-14B-Instruct --engine-arg max_model_len=8192",
        "sysgen run ORG/NAME --model qwen --base-url http://localhost:8000/v1 --output out",
        "sysgen run data.jsonl --model ORG/NAME --output out --retry engine_error",
    ),
    "show": ("sysgen show out --number 5", "sysgen show out --rejected"),
    "preview": (
        "sysgen preview data.jsonl --model ORG/NAME --number 3",
        "sysgen preview data.jsonl --llm simulated --html preview.html",
    ),
    "forecast": ("sysgen forecast data.jsonl --model ORG/NAME --output out --gpu-hour 2.5",),
    "check": ("sysgen check data.jsonl --model ORG/NAME", "sysgen check data.jsonl --llm simulated --json"),
    "report": ("sysgen report out --plots plots", "sysgen report out --price-in 0.1 --price-out 0.4"),
    "push": ("sysgen push out ORG/NAME --dry-run", "sysgen push out ORG/NAME --private --license cc-by-4.0"),
    "template": ("sysgen template Qwen/Qwen2.5-14B-Instruct",),
    "export": ("sysgen export out --format messages", "sysgen export out --format sharegpt --hold-out 0.1"),
    "preferences": ("sysgen preferences out --judge-llm simulated",),
    "prove": ("sysgen prove out --model ORG/NAME --output proof --dry-run",),
    "merge": ("sysgen merge shard-1 shard-2 --output whole",),
}
"""Lines for a shell by command."""


def examples_of(command: str) -> str:
    """The examples of a command, as Markdown."""
    return "\n".join(["Examples:", "", "```", *EXAMPLES[command], "```"])
