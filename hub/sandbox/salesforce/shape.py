"""How the rows of a query are spelled: the columns asked for, parents and children nested in them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hub.sandbox.salesforce.columns import Rows, values_of
from hub.sandbox.salesforce.finding import Asked, arranged, cut, found
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.paths import inside, reached, relationship
from hub.sandbox.salesforce.refusal import Refusal, at
from hub.sandbox.salesforce.sobject import Field, SObject
from hub.sandbox.salesforce.soql import AllFields, Path, Query
from hub.sandbox.salesforce.spelling import SPELLINGS

MAX_ALL_FIELDS = 200

Body = dict[str, Any]
Spelling = Callable[[Rows], Sequence[Any]]
"""What rows have to say under one key. Column by column is twice as fast as row by row."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What is told of a row of an object."""

    asked: Asked
    sobject: SObject[Any]
    members: dict[str, Spelling]

    def bodies(self, rows: Rows) -> list[Body]:
        """The rows, their attributes first."""
        name = self.sobject.name
        url = f"/services/data/v{self.asked.version}/sobjects/{name}/"
        attributes = [{"type": name, "url": url + row.id} for row in rows]
        columns = [attributes, *(spelling(rows) for spelling in self.members.values())]
        keys = ("attributes", *self.members)
        return [dict(zip(keys, cells, strict=True)) for cells in zip(*columns, strict=True)]


def shape(asked: Asked, sobject: SObject[Any], query: Query) -> Callable[[Rows], list[Body]]:
    """How a query's rows are spelled: the columns in the order they were asked for."""
    paths: list[Path] = []
    for column in query.columns:
        if isinstance(column, AllFields):
            paths += _all_fields(asked.org, sobject, query, column)
        elif isinstance(column, Path):
            paths.append(inside(asked.org, sobject, column))
    children = (column for column in query.columns if isinstance(column, Query))
    members = _members(asked, sobject, paths, query.soql)
    members.update(_child(asked, sobject, column) for column in children)
    return Shape(asked, sobject, members).bodies


def shape_of(asked: Asked, sobject: SObject[Any], names: Sequence[str]) -> Callable[[Rows], list[Body]]:
    """How rows are spelled that were asked for by id, with these fields."""
    paths = [Path((name,), 0) for name in names]
    return Shape(asked, sobject, _members(asked, sobject, paths, ", ".join(names))).bodies


def _members(asked: Asked, sobject: SObject[Any], paths: Iterable[Path], soql: str) -> dict[str, Spelling]:
    members: dict[str, Spelling] = {}
    nested: dict[str, list[Path]] = {}
    for path in paths:
        field = reached(asked.org, sobject, path, soql).field
        hop = relationship(asked.org, sobject, path.names[0]) if len(path.names) > 1 else None
        if hop is not None:
            key = str(hop.relationship)
            nested.setdefault(key, []).append(Path(path.names[1:], path.at))
            members[key] = _related(asked, hop, nested[key], soql)
        elif field.name in members:
            raise Refusal(400, "INVALID_FIELD", f"duplicate field selected: {field.name}")
        else:
            members[field.name] = _leaf(asked.org, field)
    return members


def _leaf(org: Org, field: Field[Any]) -> Spelling:
    values, spelling = values_of(org, field), SPELLINGS.get(field.kind)
    if spelling is None:
        return lambda rows: list(values(rows))
    return lambda rows: [None if held is None else spelling(held) for held in values(rows)]


def _related(asked: Asked, hop: Field[Any], paths: list[Path], soql: str) -> Spelling:
    org, target = asked.org, asked.org.target(hop)
    bodies = Shape(asked, target, _members(asked, target, paths, soql)).bodies

    def spelled(rows: Rows) -> list[Body | None]:
        others = [org.row(target, hop.value(org, row)) for row in rows]
        present = iter(bodies([other for other in others if other is not None]))
        return [None if other is None else next(present) for other in others]

    return spelled


def _all_fields(org: Org, sobject: SObject[Any], query: Query, column: AllFields) -> list[Path]:
    bounded = query.limit is not None and query.limit <= MAX_ALL_FIELDS
    if column.scope not in ("ALL", "STANDARD", "CUSTOM"):
        raise at(query.soql, column.at, "MALFORMED_QUERY", f"unexpected token: '{column.scope}'")
    if column.scope != "STANDARD" and not bounded:
        limit = f"The SOQL FIELDS function must have a LIMIT of at most {MAX_ALL_FIELDS}"
        raise Refusal(400, "MALFORMED_QUERY", limit)
    chosen = (
        field for field in org.fields(sobject) if column.scope == "ALL" or field.custom == (column.scope == "CUSTOM")
    )
    return [Path((field.name,), column.at) for field in chosen]


def _child(asked: Asked, sobject: SObject[Any], query: Query) -> tuple[str, Spelling]:
    relation = asked.org.child(sobject, query.entity.lower())
    if relation is None:
        problem = f"Didn't understand relationship '{query.entity}' in FROM part of query call."
        raise at(query.soql, query.entity_at, "INVALID_TYPE", problem)
    child, link = relation
    bodies = shape(asked, child, query)
    by_parent: dict[Any, list[Any]] = {}
    for row in arranged(asked.org, child, query, found(asked, child, query)):
        by_parent.setdefault(link.value(asked.org, row), []).append(row)

    def spelled(row: Any) -> Body | None:
        rows = cut(by_parent.get(row.id, []), query)
        return {"totalSize": len(rows), "done": True, "records": bodies(rows)} if rows else None

    return str(link.children), lambda rows: list(map(spelled, rows))
