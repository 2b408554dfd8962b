"""Lists, a page at a time, as connections of edges and nodes with cursors."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from graphql import FieldNode, GraphQLError, ValidationRule

from hub.errors import InputError
from hub.model import Base, Decision
from hub.schema.comparisons import Filter, filtering
from hub.schema.context import Context, Info, start
from hub.schema.costs import PAGED, TOTAL, cost
from hub.schema.fields import PATH, shown
from hub.schema.orders import Ordering, order_of
from hub.schema.scopes import reading
from hub.store import cursor as cursors
from hub.store.cursor import Position
from hub.store.listing import Selection, complete
from hub.store.paths import Path
from hub.store.read import AnyRow
from hub.store.sharing import removable

LARGEST_PAGE = 1_000
NodeT = TypeVar("NodeT")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's page info."""

    has_next_page: bool = strawberry.field(
        description="Whether the list goes on after this page; when paging backward, whether `before` was given."
    )
    has_previous_page: bool = strawberry.field(
        description="Whether the list has rows before this page; when paging forward, whether `after` was given."
    )
    start_cursor: str | None = strawberry.field(description="The cursor of the first row; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last row; null on an empty page.")


@strawberry.type(description="A row of a list, and where it stands.")
class Edge(Generic[NodeT]):
    """Relay's edge."""

    cursor: str = strawberry.field(
        description="An opaque text for `after` or `before`, good for this list with this filter and order only."
    )
    node: NodeT = strawberry.field(description="The row.", directives=[cost(0)])  # the edge was paid for


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list that was asked for: from which row, and what of it."""

    path: Path
    selection: Selection
    start: Position

    async def rows(self, context: Context) -> tuple[list[AnyRow], bool]:
        """The rows of the page in list order, and whether there are more in the direction of paging."""
        found = await context.loaders.page(self.path, self.selection, self.start)
        page = found[: self.selection.limit]
        return page[::-1] if self.selection.backward else page, len(found) > len(page)


@strawberry.type(name="Connection", description="A page of a list.")
class Listing(Generic[NodeT]):
    """Relay's connection; what is not selected is not read."""

    asked: strawberry.Private[Asked]

    @strawberry.field(description="The rows of the page with their cursors.")
    async def edges(self, info: Info) -> list[Edge[NodeT]]:
        rows, _ = await self.asked.rows(info.context)
        model = self.asked.path.target
        return [Edge(cursor=row.cursor, node=shown(model, row)) for row in rows]

    @strawberry.field(description="The rows of the page.")
    async def nodes(self, info: Info) -> list[NodeT]:
        rows, _ = await self.asked.rows(info.context)
        return [shown(self.asked.path.target, row) for row in rows]

    @strawberry.field(description="Where the page stands in the list.", directives=[cost(0)])
    async def page_info(self, info: Info) -> PageInfo:
        rows, more = await self.asked.rows(info.context)
        selection = self.asked.selection
        return PageInfo(
            has_next_page=selection.before is not None if selection.backward else more,
            has_previous_page=more if selection.backward else selection.after is not None,
            start_cursor=rows[0].cursor if rows else None,
            end_cursor=rows[-1].cursor if rows else None,
        )

    @strawberry.field(
        description="How many rows the whole list has, as filtered; counted only where it is asked for.",
        directives=[cost(TOTAL)],
    )
    async def total_count(self, info: Info) -> int:
        return await info.context.loaders.total(self.asked.path, self.asked.selection, self.asked.start)


def many(
    path: Path, description: str, *, where: type[Filter] | None = None, order: type[Ordering] | None = None
) -> Any:
    """A field that lists the rows that a path leads to."""

    async def resolve(root: Any, info: Info, **arguments: Any) -> Any:
        selection = selected(path, arguments, info.context.cursor_secret)
        return Listing(asked=Asked(path=path, selection=selection, start=start(path, root.row) if path.ways else ()))

    resolve.__signature__ = inspect.Signature(_parameters(path, where, order))  # type: ignore[attr-defined]
    return strawberry.field(
        resolver=resolve, description=description, metadata={PATH: path}, directives=[PAGED, *reading(path.target)]
    )


def selected(path: Path, arguments: Mapping[str, Any], secret: bytes) -> Selection:
    """What the arguments of a list field ask for; raises InputError."""
    order = complete(path.target, order_of(arguments.get("order_by") or ()))
    where = filtering(arguments["filter"]) if arguments.get("filter") else None
    removed = bool(arguments.get("include_removed"))
    key = cursors.key_of_list(repr((path, where, order, removed)), secret)
    types = [path.target.__table__.c[each.column].type.python_type for each in order]
    ends = {end: cursors.position(arguments[end], types, key) for end in ("after", "before") if arguments.get(end)}
    size, backward = _size(arguments.get("first"), arguments.get("last"))
    cursor_key = cursors.padded(key)
    return Selection(
        where=where, order=order, limit=size, backward=backward, removed=removed, cursor_key=cursor_key, **ends
    )


def _size(first: int | None, last: int | None) -> tuple[int, bool]:
    """How many rows are asked for, and whether from the end."""
    if (first is None) == (last is None):
        raise InputError("Say either `first` or `last`.")
    size = last if first is None else first
    if size is None or not 1 <= size <= LARGEST_PAGE:
        raise InputError(f"`first` and `last` are between 1 and {LARGEST_PAGE}.")
    return size, first is None


def _parameters(path: Path, where: type[Filter] | None, order: type[Ordering] | None) -> list[inspect.Parameter]:
    given: dict[str, Any] = {
        "first": Annotated[int | None, strawberry.argument(description="How many rows from the start, 1 to 1000.")],
        "after": Annotated[str | None, strawberry.argument(description="Begin after the row of this cursor.")],
        "last": Annotated[int | None, strawberry.argument(description="How many rows from the end, 1 to 1000.")],
        "before": Annotated[str | None, strawberry.argument(description="End before the row of this cursor.")],
    }
    if where:
        given["filter"] = Annotated[where | None, strawberry.argument(description="Which rows to list.")]
    if order:
        ordered = "In which order: by the first, then by the next. Without it, in the list's natural order."
        given["order_by"] = Annotated[list[order] | None, strawberry.argument(description=ordered)]  # type: ignore[valid-type]
    if removable(path.target):
        given["include_removed"] = Annotated[bool | None, strawberry.argument(description=_removed(path.target))]
    kind = inspect.Parameter.KEYWORD_ONLY
    own = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=note)
        for name, note in (("root", Any), ("info", Info))
    ]
    asked = [inspect.Parameter(name, kind, default=strawberry.UNSET, annotation=note) for name, note in given.items()]
    return own + asked


def _removed(model: type[Base]) -> str:
    if model is Decision:
        return "Whether to list decisions too that were withdrawn, or that sleep because a record of theirs is gone."
    return "Whether to list rows too that were deleted, archived or merged at their source."


class PageSizes(ValidationRule):
    """Every list says how long a page it wants."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        definition = self.context.get_field_def()
        if definition is None or not {"first", "last"} <= definition.args.keys():
            return
        if not {"first", "last"} & {given.name.value for given in node.arguments or ()}:
            self.report_error(
                GraphQLError(f"{node.name.value!r} needs `first` or `last`, from 1 to {LARGEST_PAGE}.", node)
            )
