"""Many rows at once: COPY into a table that lives as long as the transaction, for one statement to read."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from psycopg import AsyncConnection, sql
from sqlalchemy.ext.asyncio import AsyncSession


async def stage(session: AsyncSession, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
    """Fill the temporary table `name`, of column names and SQL types, with `rows`; it replaces an earlier one."""
    await _create(session, name, columns)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    into = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier("pg_temp", name), names)
    driver = await _driver(session)
    async with driver.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            await copy.write_row(row)


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
