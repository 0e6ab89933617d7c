"""What a call costs beside the engine, the best of five: an ask with its reply on disk, and a slot.

python -m tests.benchmarks.small_costs
"""

import asyncio
import tempfile
import time
from pathlib import Path

from sysgen_distilabel.llms import Recorded
from sysgen_distilabel.recorded.slots import Slots
from tests.doubles import ScriptedLLM, ScriptedSyncLLM, chat

ROUNDS, ASKS, TAKES = 5, 500, 200


def time_asks(llm_class, folder):
    recorded = Recorded(llm=llm_class(), store=folder, max_concurrency=64)
    recorded.load()

    async def ask(part):
        started = time.perf_counter()
        await asyncio.gather(*(recorded.ask(chat(f"{part} {number}")) for number in range(ASKS)))
        return (time.perf_counter() - started) / ASKS

    best = min(recorded.run(ask(part)) for part in range(ROUNDS))
    recorded.unload()
    return best


def time_slots(folder):
    async def take_and_release(slots):
        started = time.perf_counter()
        for _ in range(TAKES):
            slots.release(await slots.take())
        return (time.perf_counter() - started) / TAKES

    async def measure():
        slots = Slots(64, folder / "slots")
        best = min([await take_and_release(slots) for _ in range(ROUNDS)])
        slots.close()
        return best

    return asyncio.run(measure())


def main():
    with tempfile.TemporaryDirectory() as folder:
        for llm_class in (ScriptedLLM, ScriptedSyncLLM):
            seconds = time_asks(llm_class, Path(folder) / llm_class.__name__)
            print(f"an ask of {llm_class.__name__}: {1e6 * seconds:.0f} µs")
        print(f"a free slot: {1e6 * time_slots(Path(folder)):.1f} µs")


if __name__ == "__main__":
    main()
