"""What can be followed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import UNSET

from hub import model
from hub.errors import NotFound
from hub.model import ChangeType
from hub.schema.changes import Change, Types, kinds_of, patiently, position_of, shown_changes
from hub.schema.context import Context, Info
from hub.schema.fields import shown
from hub.schema.ids import key_of
from hub.schema.sync_runs import SyncRun
from hub.store.changes import Position
from hub.store.read import AnyRow

After = Annotated[
    str | None,
    strawberry.argument(
        description="Begin after the change of this cursor, so that none is missed between two connections; "
        "without it, with what changes from now on."
    ),
]
OfConnection = Annotated[
    strawberry.ID | None, strawberry.argument(description="Runs of this connection only; without it, of all of yours.")
]


@strawberry.type(description="What can be followed, over WebSocket (graphql-transport-ws) or server-sent events.")
class Subscription:
    """The root of subscriptions."""

    @strawberry.subscription(
        description="Every change of what your organization owns, in order and each once, as soon as it is stored. "
        "Keep the last `cursor` you dealt with, and come back with it as `after`."
    )
    async def changed(self, info: Info, types: Types = UNSET, after: After = UNSET) -> AsyncGenerator[Change, None]:
        context = info.context
        kinds = kinds_of(types, context)
        if after:
            start = position_of(after, context)
            # An expired cursor is told now, before anything is begun.
            await context.feed.page(context.loaders.reader.viewer.organization_id, kinds, start, 1)
        else:
            start = await context.feed.head()
        return _changes(context, kinds, start)

    @strawberry.subscription(
        description="The runs that go on now, and then each run whenever it started, stored a page or ended, as it "
        "stands at that time: steps that follow each other quickly may be told as one."
    )
    async def sync_progress(self, info: Info, connection_id: OfConnection = UNSET) -> AsyncGenerator[SyncRun, None]:
        context = info.context
        key = key_of(model.Connection, connection_id) if connection_id else None
        if key and await context.loaders.node(model.Connection, key) is None:
            raise NotFound("There is no such connection.")
        await context.loaders.renew()
        return _runs(context, key, await context.feed.head())


async def _changes(context: Context, kinds: list[ChangeType], after: Position) -> AsyncGenerator[Change, None]:
    viewer = context.loaders.reader.viewer
    async with aclosing(context.feed.follow(viewer.organization_id, kinds, after)) as pages:
        async for page in pages:
            for change in shown_changes(page, context, patient=True):
                yield change


async def _runs(context: Context, connection_id: UUID | None, after: Position) -> AsyncGenerator[SyncRun, None]:
    owner_id = context.loaders.reader.viewer.organization_id
    for row in await _rows(context, await context.feed.running(owner_id)):
        if connection_id in (None, row.connection_id):
            yield shown(model.SyncRun, row)
    async with aclosing(context.feed.follow(owner_id, [ChangeType.SYNC_RUN], after)) as pages:
        async for page in pages:
            ids = list(dict.fromkeys(each.node_id for each in page.changes))
            for row in await patiently(context, partial(_rows, context, ids)):
                if connection_id in (None, row.connection_id):
                    yield shown(model.SyncRun, row)


async def _rows(context: Context, ids: list[UUID]) -> list[AnyRow]:
    """The runs of these ids as they stand. Who follows keeps neither a moment nor a connection of the database."""
    found = await asyncio.gather(*(context.loaders.node(model.SyncRun, each) for each in ids))
    await context.loaders.renew()
    return [row for row in found if row is not None]
