"""What changed: a list that only grows, to be read from where one stopped."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Annotated, TypeVar, cast
from uuid import UUID

import strawberry
from strawberry import UNSET

from hub import model
from hub.errors import InputError, StoreError
from hub.model import Base, ChangeType
from hub.schema import choices
from hub.schema.context import Context, Info
from hub.schema.costs import ListSize
from hub.schema.fields import TYPES, Node, shown
from hub.schema.ids import opaque
from hub.schema.paging import LARGEST_PAGE, PageInfo
from hub.schema.scopes import readable
from hub.store import cursor as cursors
from hub.store.changes import ChangePage, Position, Told
from hub.store.feed import TRY_AGAIN
from hub.store.paths import prefix_of
from hub.store.read import AnyRow

ResultT = TypeVar("ResultT")

LISTS = "changes"
"""What cursors of changes are bound to, beside the organization: `types` may differ from one reading to the next."""


OF_MAPPING: dict[ChangeType, type[Base]] = {
    ChangeType.ACCOUNT_MERGED: model.AccountProfile,
    ChangeType.ACCOUNT_SPLIT: model.AccountProfile,
    ChangeType.MEMBERSHIP_MOVED: model.AccountRecord,
}
"""What mapping did, and to what; other kinds are called as the tables whose changes they are."""


def model_of(kind: ChangeType) -> type[Base]:
    """The model whose rows' changes are told as `kind`."""
    return OF_MAPPING.get(kind) or next(model for model in TYPES if prefix_of(model) == f"{kind.value}_")


@dataclass(slots=True)
class Batch:
    """Changes that were read together; so are the things they are about, once somebody wants to see one."""

    changes: Sequence[Told]
    patient: bool = False
    """Whether to wait for a database that fails, as one does who is in the middle of following."""
    _nodes: dict[ChangeType, dict[UUID, AnyRow | None]] = field(default_factory=dict)

    async def node(self, change: Told, context: Context) -> Node | None:
        """The thing that changed, as it is now."""
        model = model_of(change.kind)
        if not readable(model, context.viewer.scopes):
            return None
        if change.kind not in self._nodes:
            ids = {each.node_id for each in self.changes if each.kind is change.kind}
            read = partial(_rows, context, model, ids)
            self._nodes[change.kind] = await (patiently(context, read) if self.patient else read())
        return cast("Node | None", shown(model, self._nodes[change.kind][change.node_id]))


async def _rows(context: Context, model: type[Base], ids: set[UUID]) -> dict[UUID, AnyRow | None]:
    return dict(zip(ids, await asyncio.gather(*(context.loaders.node(model, each) for each in ids)), strict=True))


async def patiently(context: Context, read: Callable[[], Awaitable[ResultT]]) -> ResultT:
    """What is read, as soon as the database lets us."""
    while True:
        try:
            return await read()
        except StoreError:
            await asyncio.sleep(TRY_AGAIN)
            await context.loaders.renew()


@strawberry.type(description="Something changed that you may see. Equal ones may follow each other.")
class Change:
    """A change."""

    told: strawberry.Private[Told]
    batch: strawberry.Private[Batch]
    cursor: str = strawberry.field(description="Where it stands: for `since` of `changes`, or `after` of `changed`.")

    @strawberry.field(description="What kind of thing changed.")
    def type(self) -> choices.ChangeType:
        return self.told.kind

    @strawberry.field(description="The id of the thing that changed, the one that `node` takes.")
    def node_id(self) -> strawberry.ID:
        return opaque(model_of(self.told.kind), self.told.node_id)

    @strawberry.field(
        description="Of what mapping did, the other account: the one that took the place of one that was merged, the "
        "one that a part became which was split off, or the one that a record belonged to before; null of all else. "
        "`node` finds it, or what took its place since."
    )
    def other_id(self) -> strawberry.ID | None:
        return opaque(model.AccountProfile, self.told.other_id) if self.told.other_id else None

    @strawberry.field(description="What became of it.")
    def action(self) -> choices.ChangeAction:
        return self.told.action

    @strawberry.field(description="When the transaction that changed it began.")
    def at(self) -> datetime:
        return self.told.at

    @strawberry.field(
        description="The thing as it is now, maybe changed again since; null where it is gone, or you may not see it. "
        "An account or person that was merged is shown as what took its place."
    )
    async def node(self, info: Info) -> Node | None:
        return await self.batch.node(self.told, info.context)


@strawberry.type(description="A change, and where it stands.")
class ChangeEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(description="For `since`, or for `after` of the subscription `changed`.")
    node: Change = strawberry.field(description="The change.")


@strawberry.type(name="ChangeConnection", description="Changes, the oldest first.")
class Changes:
    """Relay's connection."""

    page: strawberry.Private[ChangePage]
    shown: strawberry.Private[list[Change]]
    started: strawberry.Private[bool]
    end: strawberry.Private[str]
    head: str = strawberry.field(
        description="The present end of all changes. To keep a copy: take it first, read everything, "
        "then read `changes` since it."
    )

    @strawberry.field(description="The changes of the page with their cursors.")
    def edges(self) -> list[ChangeEdge]:
        return [ChangeEdge(cursor=each.cursor, node=each) for each in self.shown]

    @strawberry.field(description="The changes of the page.")
    def nodes(self) -> list[Change]:
        return self.shown

    @strawberry.field(
        description="Where the page stands. `endCursor` is there on an empty page too: go on from it next time."
    )
    def page_info(self) -> PageInfo:
        return PageInfo(
            has_next_page=self.page.more,
            has_previous_page=self.started,
            start_cursor=self.shown[0].cursor if self.shown else None,
            end_cursor=self.end,
        )


Since = Annotated[
    str | None,
    strawberry.argument(description="Begin after this cursor; without it, with the oldest change that is kept."),
]
Types = Annotated[
    list[choices.ChangeType] | None,
    strawberry.argument(description="Which kinds of things to tell of; without it, all."),
]
First = Annotated[int, strawberry.argument(description=f"How many changes, 1 to {LARGEST_PAGE}.")]


@strawberry.type
class ChangeQueries:
    """What can be asked of changes."""

    @strawberry.field(
        description="What changed of all that your organization owns, the oldest first: to keep a copy up to date. "
        "Changes are kept for 30 days; an older cursor is refused with CURSOR_EXPIRED: start over from `head`.",
        directives=[ListSize(slicing_arguments=["first"], sized_fields=["edges", "nodes"])],
    )
    async def changes(self, info: Info, first: First, since: Since = UNSET, types: Types = UNSET) -> Changes:
        if not 1 <= first <= LARGEST_PAGE:
            raise InputError(f"`first` is between 1 and {LARGEST_PAGE}.")
        context = info.context
        viewer = context.loaders.reader.viewer
        after = position_of(since, context) if since else None
        head = await context.feed.head()
        page = await context.feed.page(viewer.organization_id, kinds_of(types, context), after, first)
        there = shown_changes(page, context)
        return Changes(
            page=page,
            shown=there,
            started=after is not None,
            end=there[-1].cursor if there else cursor_of(page.end, context),
            head=cursor_of(head, context),
        )


def kinds_of(types: list[ChangeType] | None, context: Context) -> list[ChangeType]:
    """The kinds asked for that the viewer may read; raises InputError where there are none."""
    kinds = [each for each in (ChangeType if types in (None, UNSET) else types) if _may_read(each, context)]
    if not kinds:
        raise InputError("Nothing would ever be told: `types` names nothing that you may read. Leave it out for all.")
    return kinds


def _may_read(kind: ChangeType, context: Context) -> bool:
    return readable(model_of(kind), context.viewer.scopes)


def shown_changes(page: ChangePage, context: Context, *, patient: bool = False) -> list[Change]:
    """The changes of a page as clients see them."""
    batch = Batch(page.changes, patient)
    return [Change(told=each, batch=batch, cursor=cursor_of(each.place, context)) for each in page.changes]


def cursor_of(place: Position, context: Context) -> str:
    """A place in the log as clients know it."""
    return cursors.cursor(place, _key(context))


def position_of(text: str, context: Context) -> Position:
    """The place that a cursor names; raises InvalidCursor."""
    return Position(*cursors.position(text, [int, int], _key(context)))


def _key(context: Context) -> bytes:
    return cursors.key_of_list(f"{LISTS} {context.viewer.organization_id}", context.cursor_secret)
