"""What the hub would do with an operation, and why: for `hub documents explain`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, OperationType

from hub.errors import InputError
from hub.model import Role
from hub.schema.drafting import Uncompilable
from hub.schema.limits import LIMITS
from hub.schema.operations import Invalid, cost_within
from hub.schema.plans import Plan, plan
from hub.store.statement import laid_out

SECRET = bytes(32)
"""Cursors are explained under any key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is known of an operation before it runs."""

    kind: str
    name: str | None
    cost: int
    most: int
    """What one operation of the role may cost."""
    scopes: tuple[str, ...]
    sql: str | None
    """The one statement that answers it, laid out; None where graphql-core does."""
    parameters: tuple[str, ...] = ()
    """What stands for $1, $2, …"""
    reason: str | None = None
    """Why it is not compiled."""


def explained(text: str, name: str | None, variables: Mapping[str, Any], role: Role) -> Explanation:
    """An operation, explained for a role; raises InputError where it would be refused."""
    try:
        found = plan(text, name, role)
        cost = cost_within(found.measure, variables, LIMITS[role])
    except Invalid as invalid:
        raise InputError("\n".join(error.message for error in invalid.errors)) from invalid
    sql, parameters, reason = _statement(found, variables)
    return Explanation(
        kind=found.kind.value,
        name=found.name,
        cost=cost,
        most=LIMITS[role].cost,
        scopes=tuple(sorted(found.required.scopes)),
        sql=sql,
        parameters=parameters,
        reason=reason,
    )


def _statement(found: Plan, variables: Mapping[str, Any]) -> tuple[str | None, tuple[str, ...], str | None]:
    if found.kind is not OperationType.QUERY:
        return None, (), f"it is a {found.kind.value}"
    try:
        statement = found.question(variables, SECRET).statement
    except Uncompilable as reason:
        return None, (), str(reason)
    except GraphQLError as error:
        raise InputError(error.message) from error
    return laid_out(statement), statement.parameters, None
