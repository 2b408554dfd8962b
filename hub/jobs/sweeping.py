"""Finding what no feed told: rows that are gone without a trace, and rows that are shown anew."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from hub.connectors.base import Stream
from hub.jobs.proportion import is_much
from hub.jobs.rereading import Note, Rereading
from hub.jobs.storing import Stored
from hub.model import IssueKind
from hub.store import issues, raw_records, records, sweeps, sync_runs
from hub.store.database import Database, Session
from hub.store.sweeps import Gone

EVERY = timedelta(days=1)
"""How long a row that went without a trace may stay unnoticed."""
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Comparing what is stored of a stream with what its source has."""

    database: Database
    connection_id: UUID
    connection: str
    stream: Stream[Any]
    source: Any
    accepts_removals: bool
    """Whether a person said that even most rows may be gone."""
    note: Note
    hold: Callable[[Session], Awaitable[None]]
    """Raises Busy where the stream is no longer ours."""

    @property
    def _place(self) -> tuple[UUID, str]:
        return self.connection_id, self.stream.name

    async def of_unseen(self, unread: int) -> int:
        """Remove what a reading of all rows did not meet, in which so many could not be read.

        How many rows it held back for a person to decide on.
        """
        async with self.database.session() as session:
            await self.hold(session)
            gone = await sweeps.count_unseen(session, *self._place)
            held_back = await self._held_back(session, gone, _doubt(gone, unread, met_any=gone.gone < gone.known))
        while not held_back and await self._removed_unseen():
            pass
        async with self.database.session() as session:
            await self.hold(session)
            await sweeps.start_over(session, *self._place)
        return held_back

    async def _removed_unseen(self) -> bool:
        """Remove some of what was not met; whether there was any."""
        async with self.database.session() as session:
            await self.hold(session)
            unseen = await sweeps.unseen(session, *self._place, AT_ONCE)
            await records.sweep(session, list(unseen.values()))
            await raw_records.expect_again(session, *self._place, list(unseen))
            await self.note(session, Stored(keys=frozenset(), changed=0, unmapped=0, removed=len(unseen)))
        return bool(unseen)

    async def of_ids(self) -> int:
        """Compare all ids; read again what is not as it should be, and remove what then does not come.

        How many rows it held back for a person to decide on.
        """
        assert self.stream.ids is not None  # noqa: S101 - who calls has asked
        async with self.database.session() as session:
            await sweeps.start_over(session, *self._place)
        async with aclosing(self.stream.ids(self.source)) as portions:
            async for ids in portions:
                async with self.database.session() as session:
                    await sweeps.see(session, *self._place, ids)
        async with self.database.session() as session:
            gone = await sweeps.count_vanished(session, *self._place, self.stream.record)
            held_back = await self._held_back(session, gone, _doubt(gone))
        rereading = Rereading(
            database=self.database,
            connection_id=self.connection_id,
            stream=self.stream,
            source=self.source,
            note=self.note,
        )
        if not held_back:
            async for ids in self._portions(sweeps.vanished):
                await rereading.bury(await rereading.read(ids))
        async for ids in self._portions(sweeps.unmet):
            await rereading.read(ids)
        async with self.database.session() as session:
            await sweeps.start_over(session, *self._place)
            await sync_runs.note_sweep(session, *self._place)
        return held_back

    async def _portions(self, found: Callable[..., Awaitable[list[str]]]) -> AsyncIterator[list[str]]:
        after = ""
        while True:
            async with self.database.session() as session:
                ids = await found(session, *self._place, self.stream.record, after, AT_ONCE)
            if not ids:
                return
            yield ids
            after = ids[-1]

    async def _held_back(self, session: Session, gone: Gone, doubt: str | None) -> int:
        """How many rows may not go yet: all of them, where there is a doubt, and a person is asked."""
        if doubt is None or self.accepts_removals:
            await issues.resolve(session, *self._place, IssueKind.MASS_REMOVAL)
            return 0
        message = f"{doubt} hub sync {self.connection!r} --stream {self.stream.name} --accept-removals"
        await issues.report(session, *self._place, IssueKind.MASS_REMOVAL, {self.stream.name: message})
        return gone.gone


def _doubt(gone: Gone, unread: int = 0, *, met_any: bool = True) -> str | None:
    """Why a person should look before these go, and when to let them; None where they may."""
    told = f"{gone.gone:,} of {gone.known:,} rows"
    if gone.gone and unread:
        return (
            f"{told} are missing at the source, and {unread:,} of its rows could not be read, which may be the same "
            "ones. None was removed here. Mend the rows that the BAD_ROW issues name, and sync again. If the missing "
            "ones are gone for good:"
        )
    if gone.gone == 0 or (met_any and not is_much(gone.gone, gone.known)):
        return None
    return f"{told} are gone at the source. None was removed here. If that is right:"
