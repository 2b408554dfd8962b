"""Anything with an id."""

import asyncio
from functools import cache
from typing import Annotated
from uuid import UUID

import strawberry

from hub.errors import InputError
from hub.model import Base
from hub.schema.context import Info
from hub.schema.costs import ListSize
from hub.schema.fields import LOOKUP, TYPES, Node, shown
from hub.schema.ids import parsed
from hub.schema.scopes import readable
from hub.store.paths import prefix_of
from hub.store.shape import Lookup, Lookups

MOST_IDS = 100


Id = Annotated[strawberry.ID, strawberry.argument(name="id", description="Its id.")]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="Up to 100 ids.")]


@strawberry.type
class NodeQueries:
    """What can be asked by id."""

    @strawberry.field(
        description="The thing of an id, null where there is none that the viewer may see. "
        "An id that was retired by a merge answers with what took its place.",
        metadata={LOOKUP: Lookup},
    )
    async def node(self, info: Info, node_id: Id) -> Node | None:
        return await _node(info, node_id)

    @strawberry.field(
        description="The things of these ids, in their order, null where there is none to be seen.",
        metadata={LOOKUP: Lookups},
        directives=[ListSize(slicing_arguments=["ids"])],
    )
    async def nodes(self, info: Info, ids: Ids) -> list[Node | None]:
        return await asyncio.gather(*(_node(info, each) for each in most(ids)))


def most(ids: list[strawberry.ID]) -> list[strawberry.ID]:
    """The ids; raises InputError for too many."""
    if len(ids) > MOST_IDS:
        raise InputError(f"`nodes` takes up to {MOST_IDS} ids.")
    return ids


async def _node(info: Info, text: str) -> Node | None:
    model, key = named(text)
    # What a viewer may not read of any row, it is not told of one.
    if not readable(model, info.context.viewer.scopes):
        return None
    found: Node | None = shown(model, await info.context.loaders.node(model, UUID(key)))
    return found


def named(text: str) -> tuple[type[Base], str]:
    """The model and key that an id names; raises InputError."""
    prefix, key = parsed(text)
    model = _models().get(prefix)
    if model is None:
        raise InputError(f"{text[:100]!r} is not an id.")
    return model, key


@cache
def _models() -> dict[str, type[Base]]:
    """The models that have ids, by what those begin with; all types are declared before the first is asked for."""
    return {prefix_of(model): model for model, kind in TYPES.items() if issubclass(kind, Node)}
