"""Arrow types for rows whose types are not known beforehand: infer, merge, convert, lose nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa


def infer_array(values: Sequence[Any]) -> pa.Array | None:
    """The values of one column as an array; `None` if their types do not go together."""
    try:
        array = pa.array(values)
    except UnicodeEncodeError:
        return infer_array([_replace_surrogates(value) for value in values])
    except (pa.ArrowException, OverflowError):
        return None
    if has_empty_struct(array.type):
        return infer_array([_without_empty_dicts(value) for value in values])
    return array


def text_array(values: Sequence[Any]) -> pa.Array:
    """The values of one column as texts: JSON, save for what is text already."""
    return pa.array([_as_text(value) for value in values], pa.string())


def merge_types(first: pa.DataType, second: pa.DataType) -> pa.DataType | None:
    """The type that holds the values of both; `None` if there is none.

    Anything goes with null, an empty list with any list, integers with floats, and dicts with
    dicts of other keys.
    """
    schemas = [pa.schema({"column": data_type}) for data_type in (first, second)]
    try:
        return pa.unify_schemas(schemas, promote_options="permissive").field(0).type
    except pa.ArrowException:
        return None


def convert(column: pa.Array | pa.ChunkedArray, data_type: pa.DataType) -> pa.Array | pa.ChunkedArray:
    """The column in a type that came out of `merge_types`, or as text."""
    if column.type == data_type:
        return column
    if pa.types.is_string(data_type) and not pa.types.is_null(column.type):
        return text_array(column.to_pylist())
    return column.cast(data_type, safe=False)


def merge_schemas(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """The columns of all schemas, each with the type that holds the values of all, or text."""
    types: dict[str, pa.DataType] = {}
    for schema in schemas:
        for field in schema:
            known = types.get(field.name, field.type)
            types[field.name] = merge_types(known, field.type) or pa.string()
    return pa.schema(list(types.items()))


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with the columns of a schema that came out of `merge_types`."""
    columns = [
        convert(table.column(field.name), field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def has_empty_struct(data_type: pa.DataType) -> bool:
    """Whether the type holds dicts without any key, which Parquet cannot store."""
    if pa.types.is_struct(data_type):
        return data_type.num_fields == 0 or any(has_empty_struct(field.type) for field in data_type)
    return pa.types.is_list(data_type) and has_empty_struct(data_type.value_type)


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return str(_replace_surrogates(text))


def _replace_surrogates(value: Any) -> Any:
    """The value with "?" for each lone surrogate in its texts: they have no UTF-8 form."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_replace_surrogates(key): _replace_surrogates(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replace_surrogates(item) for item in value]
    return value


def _without_empty_dicts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty_dicts(item) for key, item in value.items()} or None
    if isinstance(value, list | tuple):
        return [_without_empty_dicts(item) for item in value]
    return value
