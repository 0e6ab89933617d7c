"""Steps that behave, and Steps that do each of the things that hang or deceive the host.

No `from __future__ import annotations` here: the host reads the annotation of `process` at run
time and does not resolve it if it is a string.
"""

import errno
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any, ClassVar

from distilabel.constants import SIGINT_HANDLER_CALLED_ENV_NAME
from distilabel.steps import GeneratorStep, GlobalStep, Step, StepInput
from pydantic import Field

from sysgen_distilabel.errors import EngineGone
from sysgen_distilabel.host.write_buffer import install


class Rows(GeneratorStep):
    """Rows numbered from 0; `ends` tells when the last batch is not marked as such."""

    count: int = 10
    text: str = "text"
    ends: bool = True
    raises: bool = False

    @property
    def outputs(self) -> list[str]:
        return ["number", "text"]

    def process(self, offset: int = 0):
        numbers = range(offset, self.count)
        for start in range(0, len(numbers), self.batch_size):
            chunk = numbers[start : start + self.batch_size]
            if self.raises and start:
                raise ValueError("cannot read row 7")
            last = self.ends and start + self.batch_size >= len(numbers)
            yield [{"number": n, "text": self.text} for n in chunk], last


class Pass(Step):
    """Gives each row on; the base of the others."""

    @property
    def inputs(self) -> list[str]:
        return ["number"]

    @property
    def outputs(self) -> list[str]:
        return ["seen_by"]

    def process(self, inputs: StepInput):
        yield [self.change(row) | {"seen_by": self.name} for row in inputs]

    def change(self, row: dict[str, Any]) -> dict[str, Any]:
        return row


class Slow(Pass):
    """Takes its time for each batch, and five times as long for the one with row `slowest`."""

    seconds: float = 0.1
    slowest: int = -1

    def process(self, inputs: StepInput):
        slow = any(row["number"] == self.slowest for row in inputs)
        time.sleep(self.seconds * (5 if slow else 1))
        yield inputs


class Waits(Pass):
    """Says in a folder what it sees (`begun`, `told` that the run is ending, `N.done`), and waits there.

    Attributes:
        folder: the folder.
        until: the file that it waits for, `told` or one that a test makes.
    """

    folder: str
    until: str

    def process(self, inputs: StepInput):
        folder = Path(self.folder)
        (folder / "begun").touch()
        while not (folder / self.until).exists():
            if SIGINT_HANDLER_CALLED_ENV_NAME in os.environ:
                (folder / "told").touch()
            time.sleep(0.02)
        (folder / f"{inputs[0]['number']}.done").touch()
        yield inputs


class Meets(Pass):
    """Waits until so many replicas of it are at work at once."""

    folder: str
    number: int

    def process(self, inputs: StepInput):
        folder = Path(self.folder)
        (folder / f"{os.getpid()}.here").touch()
        while len(list(folder.glob("*.here"))) < self.number:
            time.sleep(0.02)
        yield inputs


class Keep(Step):
    """Keeps rows in a range; a leaf, or a filter."""

    low: int = 0
    high: int = 1_000_000

    @property
    def inputs(self) -> list[str]:
        return ["number"]

    def process(self, inputs: StepInput):
        yield [row for row in inputs if self.low <= row["number"] < self.high]


class YieldsTwice(Pass):
    def process(self, inputs: StepInput):
        yield inputs[:1]
        yield inputs[1:]


class Poisoned(Pass):
    """Raises on some rows, after having changed those before them in place."""

    poison: list[int] = Field(default_factory=list)

    def process(self, inputs: StepInput):
        for row in inputs:
            if row["number"] in self.poison:
                raise ValueError(f"cannot digest {row['number']}")
            row["visits"] = row.get("visits", 0) + 1
            row["seen_by"] = self.name
        yield inputs


class Broken(Pass):
    def process(self, inputs: StepInput):
        raise TypeError("unexpected keyword argument 'seed'")


class Fatal(Pass):
    def process(self, inputs: StepInput):
        raise EngineGone("The engine at port 8000 is gone.", "Start it again.")


class FailsToLoad(Pass):
    def load(self) -> None:
        raise OSError("no such model: tiny")


class MeetsLimit(Pass):
    """Finds the disk full, at one row or as it loads."""

    when: str = "process"

    def load(self) -> None:
        super().load()
        if self.when == "load":
            self.write()

    def process(self, inputs: StepInput):
        if any(row["number"] == 7 for row in inputs):
            self.write()
        yield inputs

    def write(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


class Exits(Pass):
    """Ends its own process."""

    how: str = "sys.exit"
    when: str = "process"
    holding: str = ""

    def load(self) -> None:
        super().load()
        if self.when == "load":
            self.end()

    def process(self, inputs: StepInput):
        self.end()
        yield inputs

    def end(self) -> None:
        if self.how == "sys.exit":
            sys.exit(3)
        if self.how == "fork":  # a process of its own holds the pipes open
            if os.fork() == 0:
                while Path(self.holding).exists():
                    time.sleep(0.02)
                os._exit(0)
            os._exit(4)
        os.kill(os.getpid(), signal.SIGKILL)


class ForgetsAndExits(Exits):
    """Ends its process, which holds what it knows of earlier rows."""

    _remembers_rows: ClassVar[bool] = True


class HoldsLambda(Pass):
    function: Any = None


class MakesLambda(Pass):
    def process(self, inputs: StepInput):
        yield [row | {"function": lambda: None} for row in inputs]


class Everything(GlobalStep):
    raises: bool = False

    @property
    def inputs(self) -> list[str]:
        return ["number"]

    def process(self, inputs: StepInput):
        if self.raises:
            raise ValueError("cannot cluster")
        yield [row | {"total": len(inputs)} for row in inputs]


class Zip(Step):
    def process(self, *inputs: StepInput):
        together = zip(*inputs, strict=True)
        yield [{key: value for row in rows for key, value in row.items()} for rows in together]


class First(Pass):
    """Gives on what one of its predecessors sent."""

    def process(self, *inputs: StepInput):
        yield inputs[0]


class Writes(Pass):
    """Leaves its process id and the rows it has done in a folder."""

    folder: str
    seconds: float = 0.0

    def load(self) -> None:
        super().load()
        (Path(self.folder) / f"{os.getpid()}.pid").touch()

    def process(self, inputs: StepInput):
        time.sleep(self.seconds)
        (Path(self.folder) / f"{inputs[0]['number']}.row").touch()
        yield inputs


class Typed(Pass):
    """Gives column `value` one value of a JSON list for each 500 rows.

    It brings the typed write buffer to whatever pipeline it is in, as our own Steps do.
    """

    values: str = "[]"

    def model_post_init(self, context: Any) -> None:
        super().model_post_init(context)
        install(self.pipeline)

    def change(self, row: dict[str, Any]) -> dict[str, Any]:
        return row | {"value": json.loads(self.values)[row["number"] // 500]}
