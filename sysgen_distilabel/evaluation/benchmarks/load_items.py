"""The Step that loads the rows of an evaluation from a file of its own making."""

from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from distilabel.steps.base import GeneratorStep
from pydantic import PositiveInt

from sysgen_distilabel.host.joining import JoinsAnyPipeline

if TYPE_CHECKING:
    from distilabel.typing import GeneratorStepOutput, StepColumns


class LoadItems(JoinsAnyPipeline, GeneratorStep):
    """Load rows from a parquet file, as `sysgen_distilabel.evaluation.evaluation_stage` writes it.

    Attributes:
        path: the file.
        batch_size: rows per batch.
    """

    path: str
    batch_size: PositiveInt = 500

    @property
    def outputs(self) -> "StepColumns":
        """The columns of the file."""
        return list(pq.read_schema(self.path).names)

    def process(self, offset: int = 0) -> "GeneratorStepOutput":
        """Read the file batch by batch.

        Args:
            offset: How many rows to leave out. Defaults to `0`.

        Yields:
            A batch of rows and whether it is the last one.
        """
        rows = pq.read_table(self.path).slice(offset)
        for start in range(0, rows.num_rows, self.batch_size):
            batch = rows.slice(start, self.batch_size).to_pylist()
            yield batch, start + self.batch_size >= rows.num_rows
