"""What requests leave in the audit log: every mutation, and every refusal of a client that is known."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from hub.model import AuditKind, Scope
from hub.schema.recent import Recent
from hub.store import audit
from hub.store.database import Database
from hub.store.sharing import Viewer

MOST_NAMES = 20
"""Root fields and ids that one event tells at most."""
REPEATED_WITHIN = 60.0
"""Seconds in which the same refusal of the same client is told once: a client in a loop must not fill the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is told of an operation: never a variable's value."""

    name: str | None
    document_hash: str
    """SHA-256 of the document, in hexadecimal."""
    root_fields: tuple[str, ...]
    scopes: frozenset[Scope]
    """What it needs."""
    request_id: str | None


@dataclass(slots=True)
class Outcome:
    """What became of a mutation."""

    code: str | None = None
    """The code of the error it ended with; None where all went well."""
    ids: list[str] = field(default_factory=list)
    """What it was done to."""


class Audit:
    """Writes the audit log for one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._refused: Recent[tuple[str, ...], bool] = Recent(10_000, REPEATED_WITHIN)

    @asynccontextmanager
    async def mutation(self, viewer: Viewer, operation: Operation, outcome: Outcome) -> AsyncIterator[Outcome]:
        """Tells of a mutation before anything is changed, and of its outcome. What cannot be told is not done."""
        await self._tell(_event(viewer, AuditKind.MUTATION, operation, "BEGUN"))
        try:
            yield outcome
        except asyncio.CancelledError:
            outcome.code = "CANCELLED"
            raise
        except Exception:
            outcome.code = outcome.code or "INTERNAL_SERVER_ERROR"
            raise
        finally:
            ids = tuple(outcome.ids[:MOST_NAMES])
            event = _event(viewer, AuditKind.MUTATION, operation, outcome.code or "OK", ids)
            # Whoever asked may have left: what was done is told all the same.
            await asyncio.shield(self._tell(event))

    async def forbidden(self, viewer: Viewer, operation: Operation, missing: frozenset[Scope]) -> None:
        """Tells that a viewer lacked scopes."""
        if self._is_new("FORBIDDEN", viewer.client, operation.document_hash):
            event = _event(viewer, AuditKind.REFUSAL, operation, "FORBIDDEN", scopes=missing)
            await self._tell(event)

    async def unauthenticated(self, client: str, request_id: str | None) -> None:
        """Tells that a key which exists was presented wrong, expired, revoked, or from elsewhere."""
        if self._is_new("UNAUTHENTICATED", client):
            await self._tell(
                audit.Event(
                    kind=AuditKind.REFUSAL,
                    client=client,
                    action="authenticate",
                    outcome="UNAUTHENTICATED",
                    request_id=request_id,
                )
            )

    def _is_new(self, *what: str) -> bool:
        if self._refused.get(what):
            return False
        self._refused.keep(what, True)  # noqa: FBT003 - that it was told
        return True

    async def _tell(self, event: audit.Event) -> None:
        async with self._database.session() as session:
            await audit.append(session, event)


def _event(
    viewer: Viewer,
    kind: AuditKind,
    operation: Operation,
    outcome: str,
    ids: tuple[str, ...] = (),
    *,
    scopes: frozenset[Scope] | None = None,
) -> audit.Event:
    return audit.by(
        viewer,
        kind,
        operation.name or "anonymous",
        outcome,
        document_hash=operation.document_hash,
        scopes=tuple(sorted(each.value for each in (operation.scopes if scopes is None else scopes))),
        root_fields=operation.root_fields,
        ids=ids,
        request_id=operation.request_id,
    )


def root_fields(document: DocumentNode, operation: OperationDefinitionNode) -> tuple[str, ...]:
    """The names of the first fields that an operation selects, in their order."""
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    found: dict[str, None] = {}
    left: list[Any] = [operation.selection_set]
    while left and len(found) < MOST_NAMES:
        node = left.pop()
        if isinstance(node, FieldNode):
            found[node.name.value] = None
        elif isinstance(node, FragmentSpreadNode):
            left += [each.selection_set for each in [fragments.pop(node.name.value, None)] if each]
        else:
            left += reversed(node.selections if isinstance(node, SelectionSetNode) else [node.selection_set])
    return tuple(found)
