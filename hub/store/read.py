"""Reading: what one viewer sees, from one moment, in one operation."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Select, Uuid, and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import StoreError
from hub.model import Base
from hub.store.cursor import Position
from hub.store.database import Database, bounded
from hub.store.failures import PATIENCE, translated
from hub.store.listing import Selection, columns, page, single, total
from hub.store.measures import Measure, measure
from hub.store.paths import REDIRECTS, Path, model_of
from hub.store.sharing import VIEWER, Viewer, visible
from hub.telemetry import Timings

AnyRow = Row[Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads for one viewer. All it reads between two calls of `renew` is of one moment, so that counts agree."""

    viewer: Viewer
    _session: AsyncSession
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """A connection answers one statement at a time."""
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _readers: set[asyncio.Task[Any] | None] = field(default_factory=set)
    """Who reads just now or waits for its turn: loaders do so in tasks of their own."""
    _timings: Timings = field(default_factory=Timings)
    _patience: float = PATIENCE

    async def pages(self, path: Path, selection: Selection, starts: Sequence[Position]) -> list[list[AnyRow]]:
        """For each start, in list order from the end that was asked for, one row more than asked for."""
        found = defaultdict(list)
        for row in await self._rows(page(path, selection, starts)):
            found[row.start].append(row)
        return [found[number] for number in range(1, len(starts) + 1)]

    async def totals(self, path: Path, selection: Selection, starts: Sequence[Position]) -> list[int]:
        """For each start, how many rows the list has in all."""
        found = {row.start: row.total for row in await self._rows(total(path, selection, starts))}
        return [found[number] for number in range(1, len(starts) + 1)]

    async def singles(self, path: Path, starts: Sequence[Position]) -> list[AnyRow | None]:
        """For each start, the row it leads to."""
        found = {row.start: row for row in await self._rows(single(path, starts))}
        return [found.get(number) for number in range(1, len(starts) + 1)]

    async def nodes(self, model: type[Base], ids: Sequence[UUID]) -> list[AnyRow | None]:
        """For each id, its row, or the row that took its place; None where the viewer sees none."""
        found = {row.requested_id: row for row in await self._rows(_nodes(model, ids))}
        return [found.get(each) for each in ids]

    async def measure(self) -> Measure:
        """How the rules' verdicts compare with what people decided, of the pairs that the viewer sees."""
        (counts,) = await self._rows(measure())
        return Measure(**counts._asdict())

    async def renew(self) -> None:
        """From now on read what is there now."""
        async with self._turn:
            await self._session.rollback()

    async def _rows(self, statement: Select[Any]) -> Sequence[AnyRow]:
        task = asyncio.current_task()
        self._readers.add(task)
        try:
            return await self._in_turn(statement)
        finally:
            self._readers.discard(task)

    async def _in_turn(self, statement: Select[Any]) -> Sequence[AnyRow]:
        async with self._turn:
            if self._ended.is_set():
                raise StoreError("The operation has ended.")
            began = perf_counter()
            try:
                with translated():
                    return await self._found(statement)
            finally:
                self._timings.read(began)

    async def end(self) -> None:
        """Read no more. An operation that failed, or whose client left, may have left loaders reading."""
        self._ended.set()
        for task in self._readers:
            if task is not None:
                task.cancel()
        await self._turn.acquire()
        self._turn.release()

    async def _found(self, statement: Select[Any]) -> Sequence[AnyRow]:
        if not self._session.in_transaction():
            await self._session.connection(execution_options=_ONE_MOMENT)
            await self._session.execute(bounded(self._patience))
        given = {VIEWER.key: self.viewer.organization_id}
        found: Sequence[AnyRow] = (await self._session.execute(statement, given)).all()
        return found


_ONE_MOMENT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


@asynccontextmanager
async def reading(
    database: Database, viewer: Viewer, timings: Timings | None = None, patience: float = PATIENCE
) -> AsyncIterator[Reader]:
    """A reader for one operation; it takes a connection at its first read, and a statement so many seconds at most."""
    async with AsyncSession(database.engine) as session:
        reader = Reader(viewer, session, _timings=timings or Timings(), _patience=patience)
        try:
            yield reader
        finally:
            await reader.end()


def _nodes(model: type[Base], ids: Sequence[UUID]) -> Select[Any]:
    asked = (
        func.unnest(bindparam(None, list(ids), type_=ARRAY(Uuid()))).table_valued("id", name="asked").render_derived()
    )
    rows = model.__table__.alias()
    seen = visible(model, rows, removed=True)
    found = select(asked.c.id.label("requested_id"), *columns(rows))
    if model not in REDIRECTS:
        return found.select_from(asked.join(rows, rows.c.id == asked.c.id)).where(seen)
    retired, survivor = REDIRECTS[model]
    redirects = model_of(retired).__table__
    own = visible(model_of(retired), redirects, removed=True)
    redirected = asked.outerjoin(redirects, and_(retired == asked.c.id, own))
    return found.select_from(redirected.join(rows, rows.c.id == func.coalesce(survivor, asked.c.id))).where(seen)
