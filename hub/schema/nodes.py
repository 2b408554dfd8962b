"""Anything with an id."""

import asyncio
from typing import Annotated

import strawberry

from hub.errors import InputError
from hub.schema.context import Info
from hub.schema.fields import TYPES, Node, shown
from hub.schema.ids import parsed
from hub.schema.scopes import readable

MOST_IDS = 100


Id = Annotated[strawberry.ID, strawberry.argument(name="id", description="Its id.")]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="Up to 100 ids.")]


@strawberry.type
class NodeQueries:
    """What can be asked by id."""

    @strawberry.field(
        description="The thing of an id, null where there is none that the viewer may see. "
        "An id that was retired by a merge answers with what took its place."
    )
    async def node(self, info: Info, node_id: Id) -> Node | None:
        return await _node(info, node_id)

    @strawberry.field(description="The things of these ids, in their order, null where there is none to be seen.")
    async def nodes(self, info: Info, ids: Ids) -> list[Node | None]:
        if len(ids) > MOST_IDS:
            raise InputError(f"`nodes` takes up to {MOST_IDS} ids.")
        return await asyncio.gather(*(_node(info, each) for each in ids))


async def _node(info: Info, text: str) -> Node | None:
    table, key = parsed(text)
    kinds = (model for model, kind in TYPES.items() if model.__tablename__ == table and issubclass(kind, Node))
    model = next(kinds, None)
    if model is None:
        raise InputError(f"{text[:100]!r} is not an id.")
    # What a viewer may not read of any row, it is not told of one.
    if not readable(model, info.context.viewer.scopes):
        return None
    found: Node | None = shown(model, await info.context.loaders.node(model, key))
    return found
