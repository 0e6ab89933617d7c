"""Slots: the limit on requests in flight holds across processes, and a dead process frees its own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from sysgen_distilabel.errors import StoreError
from sysgen_distilabel.recorded.slots import SlotFile, Slots
from tests.patience import PATIENCE

REPO = Path(__file__).parents[2]

WORKER = """
    import asyncio, json, random, sys, time
    from pathlib import Path
    from sysgen_distilabel.recorded.slots import Slots

    path, limit, number, hold = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])

    async def work(slots):
        slot = await slots.take()
        begun = time.monotonic()
        await asyncio.sleep(hold * random.uniform(0.5, 1.5))
        ended = time.monotonic()
        slots.release(slot)
        return begun, ended

    async def main():
        slots = Slots(limit, path)
        print("ready", flush=True)
        sys.stdin.readline()
        return await asyncio.gather(*(work(slots) for _ in range(number)))

    print(json.dumps(asyncio.run(main())), flush=True)
"""
FLOOD = """
    import asyncio, sys, threading
    from pathlib import Path
    from sysgen_distilabel.recorded.slots import Slots

    path, limit, number, hold = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    told, said = threading.Event(), iter(range(8))

    async def work(slots):
        while not told.is_set():
            slot = await slots.take()
            if next(said, None) is not None:  # no more than are read: a full pipe would stop the flood
                print("took", flush=True)
            await asyncio.sleep(hold)
            slots.release(slot)

    async def main():
        slots = Slots(limit, path)
        print("ready", flush=True)
        sys.stdin.readline()
        threading.Thread(target=lambda: sys.stdin.readline() and told.set(), daemon=True).start()
        await asyncio.gather(*(work(slots) for _ in range(number)))

    asyncio.run(main())
"""


def start(path, limit, number, hold, script=WORKER):
    arguments = [sys.executable, "-c", textwrap.dedent(script), str(path), str(limit), str(number), str(hold)]
    process = subprocess.Popen(arguments, cwd=REPO, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


def go(*processes):
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()


def finish(process):
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    return json.loads(output)


def most_at_once(spans):
    changes = sorted([(begun, 1) for begun, _ in spans] + [(ended, -1) for _, ended in spans])
    now = most = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


def test_within_a_process_slots_are_given_in_order():
    async def main():
        slots, order, at_once = Slots(3), [], []
        running = 0

        async def work(number):
            nonlocal running
            slot = await slots.take()
            order.append(number)
            running += 1
            at_once.append(running)
            await asyncio.sleep(0.001)
            running -= 1
            slots.release(slot)

        await asyncio.gather(*(work(number) for number in range(20)))
        return order, max(at_once)

    assert asyncio.run(main()) == (list(range(20)), 3)


def test_two_objects_on_one_file_share_the_limit_within_a_process(tmp_path):
    async def main():
        first, second = Slots(2, tmp_path / "slots"), Slots(2, tmp_path / "slots")
        taken = [await first.take(), await second.take()]
        assert sorted(taken) == [0, 1]
        waiting = asyncio.create_task(second.take())
        await asyncio.sleep(0.02)
        assert not waiting.done()
        first.close()  # must not free what `second` holds in the same process
        other = start(tmp_path / "slots", 2, 1, 0)
        go(other)
        await asyncio.sleep(0.1)
        assert other.poll() is None
        second.release(taken[1])
        slot = await waiting
        second.release(slot)
        await asyncio.to_thread(finish, other)
        second.close()

    asyncio.run(main())


def test_processes_share_the_limit(tmp_path):
    processes = [start(tmp_path / "slots", 6, 60, 0.02) for _ in range(2)]
    go(*processes)
    spans = [finish(process) for process in processes]
    assert most_at_once(spans[0] + spans[1]) == 6


def test_a_late_process_gets_its_turn_while_another_floods(tmp_path):
    """The flood goes on until it has, so that a process that starves would wait without end."""
    late = start(tmp_path / "slots", 4, 1, 0.0)
    flood = start(tmp_path / "slots", 4, 40, 0.02, FLOOD)
    go(flood)
    assert [flood.stdout.readline() for _ in range(8)] == ["took\n"] * 8
    go(late)
    assert len(finish(late)) == 1
    go(flood)
    flood.communicate(timeout=PATIENCE)


def test_the_slots_of_a_killed_process_are_free(tmp_path):
    holder = start(tmp_path / "slots", 2, 2, 3600.0, FLOOD)
    go(holder)
    assert [holder.stdout.readline() for _ in range(2)] == ["took\n"] * 2

    async def main():
        slots = Slots(2, tmp_path / "slots")
        waiting = asyncio.create_task(slots.take())
        await asyncio.sleep(0.05)
        assert not waiting.done()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        async with asyncio.timeout(PATIENCE):
            slots.release(await waiting)
        slots.close()

    asyncio.run(main())


def test_giving_up_the_wait_loses_no_slot(tmp_path):
    async def main(path):
        slots = Slots(1, path)
        slot = await slots.take()
        for _ in range(3):
            waiting = asyncio.create_task(slots.take())
            await asyncio.sleep(0.01)
            waiting.cancel()
        slots.release(slot)
        async with asyncio.timeout(PATIENCE):
            slots.release(await slots.take())
        slots.close()

    asyncio.run(main(None))
    asyncio.run(main(tmp_path / "slots"))


def test_a_forked_child_starts_with_no_slots_of_its_parent(tmp_path):
    async def take_one():
        slots = Slots(2, tmp_path / "slots")
        return await slots.take()

    assert asyncio.run(take_one()) == 0
    child = os.fork()
    if child == 0:
        # The parent's slot is taken for the child as for any other process.
        os._exit(10 + asyncio.run(take_one()))
    _, code = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(code) == 11


def test_an_unusable_file_is_named(tmp_path):
    with pytest.raises(StoreError, match="nowhere"):
        SlotFile.open(tmp_path / "nowhere" / "slots")
    assert not SlotFile._opened.get(tmp_path / "nowhere" / "slots")
