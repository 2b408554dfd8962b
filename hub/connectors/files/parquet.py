"""Parquet files, a batch of rows at a time. Imported only for one, since pyarrow takes its time to load."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
from pyarrow import compute
from pyarrow.parquet import ParquetFile

from hub.connectors import LONGEST_CELL
from hub.connectors.files.rows import MARK, Row, check_width, number_text
from hub.errors import InputError

_ROWS_AT_ONCE = 1000
_NESTED_AT_ONCE = 10
"""Rows, where cells may hold lists, whose lengths nothing tells before."""
_BYTES_AT_ONCE = 32 * 1024 * 1024
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
        try:
            with _opened(self.path) as file:
                check_width(len(file.schema_arrow.names), self.path)
                yield Row(_HEADER, file.schema_arrow.names)
                yield from self._below(file)
        except _UNREADABLE as error:
            raise InputError(f"{self.path} is no readable Parquet file: {' '.join(str(error).split())}") from error

    def _below(self, file: ParquetFile) -> Iterator[Row]:
        number = 0
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(self._rows_at_once(file, group), row_groups=[group], use_threads=False):
                for cells in zip(*map(_texts, batch.columns), strict=True):
                    number += 1
                    if max(map(len, cells)) > LONGEST_CELL:
                        raise InputError(f"{self.path} holds a cell of more than {LONGEST_CELL} characters.")
                    yield Row(f"row {number}", list(cells))

    def _rows_at_once(self, file: ParquetFile, group: int) -> int:
        """Fewer where texts are long: a short file may say one text of a megabyte, and refer to it in every row."""
        if any(pa.types.is_nested(field.type) for field in file.schema_arrow):
            return _NESTED_AT_ONCE
        texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
        with _opened(self.path, read_dictionary=texts) as referring:
            first = next(referring.iter_batches(1, row_groups=[group], use_threads=False), None)
        columns = first.columns if first is not None else ()
        longest = sum(_longest(column.dictionary) for column in columns if pa.types.is_dictionary(column.type))
        return min(max(_BYTES_AT_ONCE // max(longest, 1), 1), _ROWS_AT_ONCE)


def _opened(path: Path, **more: Any) -> ParquetFile:
    """The file, with nothing of its rows in memory: a page of a column is read when it is needed."""
    return ParquetFile(path, buffer_size=_BUFFER, pre_buffer=False, page_checksum_verification=True, **more)


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_binary(kind))


def _longest(dictionary: Any) -> int:
    """Bytes of the longest text that rows refer to."""
    return compute.max(compute.binary_length(dictionary)).as_py() or 0


def _texts(column: Any) -> list[str]:
    """The cells of a column as text."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
    elif pa.types.is_temporal(kind):
        column = _in_microseconds(column)
    elif pa.types.is_float32(kind) or pa.types.is_float16(kind):
        column = column.cast(pa.string())  # 0.1, which as a Python number is 0.10000000149011612
    return [_text(value) for value in column.to_pylist()]


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
