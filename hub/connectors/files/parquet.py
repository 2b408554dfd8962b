"""Parquet files, a batch of rows at a time. Imported only for one, since pyarrow takes its time to load."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
from pyarrow import compute
from pyarrow.parquet import ParquetFile

from hub.connectors.files.rows import LONGEST_CELL, MARK, Row, check_width, number_text
from hub.errors import InputError

_ROWS_AT_ONCE = 1000
_BUFFER = 64 * 1024
_HEADER = "the schema"
_UNREADABLE = (pa.ArrowException, OSError, ValueError, OverflowError)


@dataclass(frozen=True, slots=True)
class Parquet:
    """A Parquet file, its columns in its schema."""

    path: Path
    is_ragged = False
    layout = "Parquet"
    header = _HEADER

    def rows(self) -> Iterator[Row]:
        """The schema, and every row with its number. Raises InputError where the file is damaged."""
        with _opened(self.path) as file:
            yield Row(_HEADER, file.schema_arrow.names)
            number = 0
            for batch in file.iter_batches(_ROWS_AT_ONCE, use_threads=False):
                columns = [_texts(column, self.path) for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    number += 1
                    yield Row(f"row {number}", list(cells))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """The file, without anything of its rows: a page of a column is read when it is needed.

    Texts are read as references to what they are, once each: a short file may repeat a long text a million times.
    """
    try:
        with ParquetFile(path) as file:
            schema = file.schema_arrow
            check_width(len(schema.names), path)
            texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_binary(field.type)]
        with ParquetFile(
            path, read_dictionary=texts, buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True
        ) as file:
            yield file
    except _UNREADABLE as error:
        raise InputError(f"{path} is no readable Parquet file: {' '.join(str(error).split())}") from error


def _texts(column: Any, path: Path) -> list[str]:
    """The cells of a column as text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _referred(column, path)
    if pa.types.is_temporal(kind):
        column = _in_microseconds(column)
    elif pa.types.is_float32(kind) or pa.types.is_float16(kind):
        column = column.cast(pa.string())  # 0.1, which as a Python number is 0.10000000149011612
    return [_text(value) for value in column.to_pylist()]


def _referred(column: Any, path: Path) -> list[str]:
    """The texts that the cells refer to. They are few or many more than the cells: all that a chunk of rows has."""
    used = compute.unique(column.indices).drop_null()
    values = column.dictionary.take(used)
    longest = compute.max(compute.binary_length(values)).as_py() or 0
    if longest > 4 * LONGEST_CELL:  # bytes of one character, at most
        raise InputError(f"{path} holds a cell of more than {LONGEST_CELL} characters.")
    texts = dict(zip(used.to_pylist(), map(_text, values.to_pylist()), strict=True))
    return [texts.get(index, "") for index in column.indices.to_pylist()]


def _in_microseconds(column: Any) -> Any:
    """Python knows no nanoseconds, and the zones of Parquet are ways to show an instant."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        return column.cast(pa.timestamp("us", "UTC" if kind.tz else None), safe=False)
    if pa.types.is_time(kind):
        return column.cast(pa.time64("us"), safe=False)
    if pa.types.is_duration(kind):
        return column.cast(pa.duration("us"), safe=False)
    return column


def _text(value: Any) -> str:
    return _SHOWN.get(type(value), str)(value)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


_SHOWN: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "",
    bool: lambda value: "true" if value else "false",
    float: number_text,
    bytes: lambda value: value.decode("utf-8", errors=MARK),
    Decimal: "{:f}".format,
    date: date.isoformat,
    datetime: datetime.isoformat,
    time: time.isoformat,
    list: _json,
    dict: _json,
}
