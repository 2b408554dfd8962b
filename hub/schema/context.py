"""What resolvers are given: who asks, loaders that batch what they read, and what they may start."""

from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

import strawberry
from aiodataloader import DataLoader

from hub.model import Base, WriteRule
from hub.schema.auditing import Audit, Outcome
from hub.schema.export_links import ExportLinks
from hub.store.cursor import Position
from hub.store.database import Database, Session
from hub.store.feed import Feed
from hub.store.listing import Selection
from hub.store.paths import Path
from hub.store.read import AnyRow, Reader
from hub.store.sharing import Viewer
from hub.telemetry import Timings

if TYPE_CHECKING:
    from hub.graph.explaining import Explanation, Surroundings  # mapping takes long to import

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")
Batch = Callable[[list[KeyT]], Coroutine[Any, Any, list[ValueT]]]


class RunSync(Protocol):
    """Lets a worker sync a connection, once the session is committed: all its streams or one."""

    async def __call__(
        self, session: Session, connection_id: UUID, *, stream: str | None, full: bool, accept_removals: bool
    ) -> Sequence[UUID]:
        """The ids of the sync runs that are to be. Raises NotFound for an unknown stream."""
        ...


class MappingCounts(Protocol):
    """What a mapping of all accounts came to."""

    @property
    def records(self) -> int: ...
    @property
    def accounts(self) -> int: ...
    @property
    def people(self) -> int: ...
    @property
    def matches(self) -> int: ...


MapAccounts = Callable[[], Awaitable[MappingCounts]]
"""Maps all accounts and people anew. Raises Busy where that is being done."""

MapSoon = Callable[[Session], Awaitable[None]]
"""Lets a worker map all accounts and people anew, once the session is committed."""

Explain = Callable[[tuple[UUID, UUID], UUID], Awaitable["Explanation"]]
"""Why two account records are one account or not, to an organization. Raises Busy where something is being explained,
and InputError where one is not compared with the other.
"""

Surround = Callable[[UUID, UUID], Awaitable["Surroundings"]]
"""An account record beside those that it is most like, to an organization. Raises the same."""


class WriteBack(Protocol):
    """Writes into sources what a person enabled: as part of the session's transaction, or by workers after it."""

    async def enable(self, session: Session, rule: WriteRule) -> UUID:
        """The rule that the field now has. Raises NotFound, and InputError where that cannot be written."""
        ...

    async def plan(self, session: Session, connection_id: UUID, by: str) -> UUID:
        """A plan that is to be made. Raises NotFound, and InputError where nothing was enabled."""
        ...

    async def apply(self, session: Session, plan_id: UUID, by: str, *, is_confirmed: bool) -> None:
        """Lets a plan be applied. Raises NotFound, and InputError saying why it cannot be."""
        ...


@dataclass(slots=True)
class Loaders:
    """Batches what the resolvers of one operation read, and reads nothing twice."""

    reader: Reader
    _loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)

    async def single(self, path: Path, row: AnyRow) -> AnyRow | None:
        """The row that the path leads to from `row`."""

        async def batch(starts: list[Position]) -> list[AnyRow | None]:
            return await self.reader.singles(path, starts)

        return await self._loader(("single", path), batch).load(start(path, row))

    async def page(self, path: Path, selection: Selection, start: Position) -> list[AnyRow]:
        """The rows of a page, and one more if there is one."""

        async def batch(starts: list[Position]) -> list[list[AnyRow]]:
            return await self.reader.pages(path, selection, starts)

        return await self._loader(("page", path, selection), batch).load(start)

    async def total(self, path: Path, selection: Selection, start: Position) -> int:
        """How many rows the list has in all."""

        async def batch(starts: list[Position]) -> list[int]:
            return await self.reader.totals(path, selection, starts)

        return await self._loader(("total", path, selection), batch).load(start)

    async def node(self, model: type[Base], id_: UUID) -> AnyRow | None:
        """The row of an id, or of the one that took its place."""

        async def batch(ids: list[UUID]) -> list[AnyRow | None]:
            return await self.reader.nodes(model, ids)

        return await self._loader(("node", model), batch).load(id_)

    async def renew(self) -> None:
        """Forget what was read, because something was changed."""
        self._loaders.clear()
        await self.reader.renew()

    def _loader(self, key: Hashable, batch: Batch[KeyT, ValueT]) -> DataLoader[KeyT, ValueT]:
        return self._loaders.setdefault(key, DataLoader(batch))


def start(path: Path, row: AnyRow) -> Position:
    """The values in a row that say what a path leads to."""
    return tuple(getattr(row, column.key) for column in path.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What one operation works with."""

    viewer: Viewer
    database: Database
    """What mutations write to."""
    loaders: Loaders
    feed: Feed
    cursor_secret: bytes
    export_links: ExportLinks
    run_sync: RunSync
    map_accounts: MapAccounts
    map_soon: MapSoon
    explain: Explain
    surround: Surround
    write_back: WriteBack
    audit: Audit
    request_id: str
    timings: Timings = field(default_factory=Timings)
    outcome: Outcome = field(default_factory=Outcome)
    """What a mutation did, for the audit log."""


Info = strawberry.Info[Context, None]
