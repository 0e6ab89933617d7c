"""Values out of Arrow batches: one that Python cannot hold stands for itself alone, and fails no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sysgen_distilabel.inputs.values import Unreadable

if TYPE_CHECKING:
    import pyarrow as pa

_LONGEST: Final = 200


def read_batch(batch: pa.RecordBatch) -> list[dict[str, Any]]:
    """The rows of a batch as Python values.

    A string that is not UTF-8 comes as bytes, a value without a counterpart in Python, such as a date
    beyond the year 9999, as `Unreadable`.
    """
    try:
        rows: list[dict[str, Any]] = batch.to_pylist()
        return rows
    except Exception:  # whatever Arrow, time zones and dates raise, each in its own way
        columns = [_read_column(column) for column in batch.columns]
        return [dict(zip(batch.schema.names, values, strict=True)) for values in zip(*columns, strict=True)]


def _read_column(column: pa.Array) -> list[Any]:
    try:
        values: list[Any] = column.to_pylist()
        return values
    except Exception:
        return [_read_scalar(scalar) for scalar in column]


def _read_scalar(scalar: pa.Scalar) -> Any:
    """The value; what cannot be read within a list or a struct is told apart from the rest of it."""
    import pyarrow as pa

    try:
        return scalar.as_py()
    except Exception:
        pass
    if isinstance(scalar, pa.StructScalar):
        return {name: _read_scalar(scalar[name]) for name in scalar}
    if isinstance(scalar, pa.ListScalar | pa.LargeListScalar | pa.FixedSizeListScalar):
        return [_read_scalar(item) for item in scalar.values]
    if isinstance(scalar, pa.StringScalar | pa.LargeStringScalar):
        return scalar.as_buffer().to_pybytes()
    return Unreadable(_write_raw(scalar))


def _write_raw(scalar: pa.Scalar) -> str:
    """The number that stands in the file, and its type."""
    value = getattr(scalar, "value", None)
    return f"{value} as {scalar.type}"[:_LONGEST] if isinstance(value, int) else f"a {scalar.type}"
