"""What a query means for the rows of an org: which it finds, in which order, and how they are spelled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hub.sandbox.salesforce.aggregates import aggregated
from hub.sandbox.salesforce.finding import Asked, cut, found, selected
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.refusal import Refusal, at
from hub.sandbox.salesforce.shape import Body, shape
from hub.sandbox.salesforce.sobject import SObject
from hub.sandbox.salesforce.soql import Aggregate, Query

MAX_OFFSET = 2000


@dataclass(frozen=True, slots=True)
class Result:
    """The rows that a query found. They are spelled when they are sent."""

    total: int
    rows: Sequence[Any]
    spelled: Callable[[Sequence[Any]], list[Body]]
    width: int
    """How many columns were asked for."""


def result(asked: Asked, query: Query) -> Result:
    """What a query finds; raises INVALID_TYPE, INVALID_FIELD or MALFORMED_QUERY."""
    sobject = entity(asked.org, query)
    if query.offset > MAX_OFFSET:
        raise Refusal(400, "NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}")
    if query.groups or any(isinstance(column, Aggregate) for column in query.columns):
        return _aggregate(asked, sobject, query)
    spelled = shape(asked, sobject, query)
    rows = selected(asked, sobject, query)
    return Result(len(rows), rows, spelled, len(query.columns))


def entity(org: Org, query: Query) -> SObject[Any]:
    """The object that a query reads; raises INVALID_TYPE."""
    sobject = org.sobject(query.entity)
    if sobject is None:
        problem = f"sObject type '{query.entity}' is not supported. The describe call lists the types that exist."
        raise at(query.soql, query.entity_at, "INVALID_TYPE", problem)
    return sobject


def _aggregate(asked: Asked, sobject: SObject[Any], query: Query) -> Result:
    rows = found(asked, sobject, query)
    if [column for column in query.columns if isinstance(column, Aggregate) and column.path is None]:
        if len(query.columns) > 1 or query.groups:
            raise at(query.soql, query.entity_at, "MALFORMED_QUERY", "COUNT() must be the only element in SELECT")
        return Result(len(cut(rows, query)), (), list, 1)
    bodies = cut(aggregated(asked.org, sobject, query, rows), query)
    return Result(len(bodies), bodies, list, len(query.columns))
