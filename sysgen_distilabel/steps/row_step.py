"""What every Step of SysGen that works row by row needs: live rows only, typed columns, no loss."""

from typing import TYPE_CHECKING

from distilabel.mixins.runtime_parameters import RuntimeParameter
from distilabel.steps.base import Step, StepInput
from pydantic import Field, PositiveInt

from sysgen_distilabel.columns import STATE
from sysgen_distilabel.errors import RowRejected
from sysgen_distilabel.host.joining import JoinsAnyPipeline
from sysgen_distilabel.outcome import Outcome
from sysgen_distilabel.rows import Row, complete, describe_exception, is_live, log_failure, reject

if TYPE_CHECKING:
    from distilabel.typing import StepColumns, StepOutput


class RowStep(JoinsAnyPipeline, Step):
    """Base of the Steps that need no engine and work on one row at a time.

    A subclass names its columns in `inputs` and `own_outputs` and fills them in `process_row`,
    which raises `RowRejected` for a row that cannot go on. Rows that have an outcome pass through.
    """

    input_batch_size: RuntimeParameter[PositiveInt] = Field(default=1000, description="Rows per batch.")

    @property
    def own_outputs(self) -> list[str]:
        """The columns this Step fills, without those that say what became of the row."""
        raise NotImplementedError

    @property
    def outputs(self) -> "StepColumns":
        """The columns of the Step and the row's state."""
        return [*self.own_outputs, *STATE]

    def process(self, inputs: StepInput) -> "StepOutput":
        """Fill the columns of the live rows and yield all rows in their order."""
        yield [self._process_or_reject(complete(row, self.outputs)) for row in inputs]

    def is_open(self, row: Row) -> bool:
        """Whether the Step works on a row; by default on live ones."""
        return is_live(row)

    def process_row(self, row: Row) -> Row:
        """The columns to set in one live row; raises `RowRejected` if it cannot go on.

        What it has set in `row` by then is kept, so that a rejected row shows how far it came.
        """
        raise NotImplementedError

    def _process_or_reject(self, row: Row) -> Row:
        if not self.is_open(row):
            return row
        try:
            outputs = self.process_row(row)
            return {**row, **outputs}
        except RowRejected as rejection:
            return reject(row, rejection.outcome, rejection.detail, str(self.name))
        except Exception as error:  # whatever one row does to the Step is the end of that row alone
            log_failure(self._logger, row, "failed", error)
            return reject(row, Outcome.TASK_ERROR, describe_exception(error), str(self.name))
