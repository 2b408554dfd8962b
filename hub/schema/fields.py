"""How types are declared: fields are columns of a model, or paths from it. Resolvers and compilers read the same."""

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar, TypeVar

import strawberry

from hub.model import AccountRecord, Base
from hub.model.base import Attribute
from hub.schema.context import Info
from hub.schema.ids import opaque
from hub.schema.scopes import reading
from hub.store.paths import Path
from hub.store.read import AnyRow

COLUMN = "column"
"""Field metadata: the column that a field shows."""
PATH = "path"
"""Field metadata: the path that a field follows."""
ID = "id"
"""Field metadata: the field is the row's id."""
ENTRIES = "entries"
"""Field metadata: the column of a JSON object whose entries a field lists."""
ELEMENTS = "elements"
"""Field metadata: the column of a JSON array of objects that a field lists."""
LOOKUP = "lookup"
"""Field metadata: the shape of a field that finds rows by id."""


@dataclasses.dataclass(kw_only=True)
class Stored:
    """A row, shown: a field that is a column is looked up in it."""

    row: strawberry.Private[AnyRow]
    model: ClassVar[type[Base]]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__["row"], name)


@strawberry.interface(description="Something with an id that never changes; `node` finds it again.")
class Node(Stored):
    """A row with an id."""

    @strawberry.field(description="The opaque id, such as `account_0199a3c8-…`. Never parse it.", metadata={ID: True})
    def id(self) -> strawberry.ID:
        return opaque(self.model, self.row.id)


TYPES: dict[type[Base], type[Stored]] = {}
"""The type that shows the rows of a model."""

StoredT = TypeVar("StoredT", bound=Stored)


def shows(model: type[Base], description: str) -> Callable[[type[StoredT]], type[StoredT]]:
    """The class becomes the GraphQL type that shows rows of the model."""

    def declare(cls: type[StoredT]) -> type[StoredT]:
        cls.model = model
        declared = strawberry.type(cls, description=description, directives=reading(model))
        TYPES[model] = declared
        return declared

    return declare


def shown(model: type[Base], row: AnyRow | None) -> Any:
    """The row as the type that shows its model."""
    return None if row is None else TYPES[model](row=row)


def column(attribute: Attribute, description: str) -> Any:
    """A field that shows a column of the same name."""
    field = strawberry.field(description=description, metadata={COLUMN: attribute})
    field.init = False
    return field


def one(path: Path | Callable[[Any], Path], description: str, *, name: str | None = None) -> Any:
    """A field that shows the one row that a path leads to; a path per model where the field is an interface's.

    Wherever it starts, such a path leads to rows of the same model.
    """
    found = (lambda _: path) if isinstance(path, Path) else cache(path)

    async def resolve(root: Any, info: Info) -> Any:
        there = found(root.model)
        return shown(there.target, await info.context.loaders.single(there, root.row))

    del resolve.__annotations__["return"]
    return strawberry.field(
        resolver=resolve,
        description=description,
        name=name,
        metadata={PATH: path},
        directives=reading(found(AccountRecord).target),
    )
