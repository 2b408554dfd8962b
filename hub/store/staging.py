"""Many rows at once: COPY into a table that lives as long as the transaction, for one statement to read."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any, LiteralString, cast

import pyarrow as pa
from psycopg import AsyncConnection, AsyncCopy, sql
from pyarrow import csv
from sqlalchemy.ext.asyncio import AsyncSession

_ROWS_AT_ONCE = 1 << 16
_MOST_AT_ONCE = 1 << 24
"""Bytes read at once: no row may have more than half as many."""
_QUOTED = csv.WriteOptions(include_header=False, quoting_style="all_valid")
"""An empty text in quotes, and null without."""


async def stage(session: AsyncSession, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
    """Fill the temporary table `name`, of column names and SQL types, with `rows`; it replaces an earlier one."""
    async with _copied(session, name, columns, "text") as copy:
        for row in rows:
            await copy.write_row(row)


async def stage_table(session: AsyncSession, name: str, columns: Mapping[str, str], rows: pa.Table) -> None:
    """The same, of a table that has those columns."""
    async with _copied(session, name, columns, "csv") as copy:
        for batch in rows.select(list(columns)).to_batches(_ROWS_AT_ONCE):
            written = BytesIO()
            await asyncio.to_thread(csv.write_csv, batch, written, _QUOTED)
            await copy.write(written.getvalue())


@asynccontextmanager
async def _copied(
    session: AsyncSession, name: str, columns: Mapping[str, str], shape: LiteralString
) -> AsyncIterator[AsyncCopy]:
    await _create(session, name, columns)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    into = sql.SQL("copy {} ({}) from stdin (format {})").format(sql.Identifier("pg_temp", name), names, sql.SQL(shape))
    driver = await _driver(session)
    async with driver.cursor() as cursor, cursor.copy(into) as copy:
        yield copy


async def read_table(session: AsyncSession, query: str, columns: pa.Schema) -> pa.Table:
    """What a query of ours says, as text columns of those names."""
    driver = await _driver(session)
    written = BytesIO()
    out = sql.SQL(cast("Any", f"copy ({query}) to stdout (format csv)"))
    async with driver.cursor() as cursor, cursor.copy(out) as copy:
        async for part in copy:
            written.write(part)
    return await asyncio.to_thread(_parsed, written, columns)


def _parsed(written: BytesIO, columns: pa.Schema) -> pa.Table:
    if not written.tell():
        return columns.empty_table()
    written.seek(0)
    return csv.read_csv(
        written,
        csv.ReadOptions(column_names=columns.names, block_size=_MOST_AT_ONCE),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types=columns, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )


async def _create(session: AsyncSession, name: str, columns: Mapping[str, str]) -> None:
    declared = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(cast("Any", kind))) for column, kind in columns.items()
    )
    driver = await _driver(session)
    await driver.execute(sql.SQL("drop table if exists {}").format(sql.Identifier("pg_temp", name)))
    await driver.execute(
        sql.SQL("create temporary table {} ({}) on commit drop").format(sql.Identifier(name), declared)
    )


async def _driver(session: AsyncSession) -> AsyncConnection[Any]:
    connection = await session.connection()
    return cast("AsyncConnection[Any]", (await connection.get_raw_connection()).driver_connection)
