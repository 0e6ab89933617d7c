"""Draws as many tasks as are asked for, in equal numbers from each stratum as far as there are any."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

from sysgen_distilabel.rl_environments.environment_task import EnvironmentTask

KINDS: Final = "kinds"
LANGUAGE: Final = "language"
OWN_STRATA: Final = (KINDS, LANGUAGE)
"""The strata that every task has; any other name is a column of the run."""


def name_strata(tasks: Sequence[EnvironmentTask], by: str) -> list[str]:
    """The stratum of each task.

    Args:
        tasks: the tasks.
        by: `kinds` for the kind of its checks that the fewest tasks have, `language`, or the name of a
            column, whose values are in `stratum`; empty for one stratum of all.
    """
    if by == KINDS:
        counts = Counter(kind for task in tasks for kind in task.kinds)
        return [min(task.kinds, key=lambda kind: (counts[kind], kind)) for task in tasks]
    if by == LANGUAGE:
        return [task.language for task in tasks]
    return [task.stratum for task in tasks]


def draw_tasks(tasks: Sequence[EnvironmentTask], number: int, by: str) -> list[EnvironmentTask]:
    """So many of the tasks, in their order: from each stratum in turn, within it by a hash of their ids.

    A stratum that has fewer than its share gives all it has, and the others make up for it.
    """
    strata: defaultdict[str, list[EnvironmentTask]] = defaultdict(list)
    for task, stratum in zip(tasks, name_strata(tasks, by), strict=True):
        strata[stratum].append(task)
    ranked = [
        (rank, _hash(task.id), task.id)
        for members in strata.values()
        for rank, task in enumerate(sorted(members, key=lambda task: _hash(task.id)))
    ]
    drawn = {task for *_, task in sorted(ranked)[:number]}
    return [task for task in tasks if task.id in drawn]


def _hash(text: str) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=8, person=b"strata").digest()
