"""What an operation passes before it runs, whatever way it came: it is known, within its limits, and paid for."""

import asyncio
from dataclasses import dataclass
from time import monotonic, thread_time
from typing import NamedTuple

from hub.schema.access import Refused, forbidden
from hub.schema.auditing import Audit
from hub.schema.budgets import REFUSED, Buckets, Exceeded, Granted, headers
from hub.schema.documents import Documents, must_be_allowed
from hub.schema.limits import Limits
from hub.schema.operations import Invalid, cost_within
from hub.schema.plans import Plan, audited, plan
from hub.schema.requests import Asked
from hub.schema.required import missing
from hub.schema.work import Work
from hub.store.sharing import Viewer
from hub.telemetry import Metrics

HESITATION = 1.0
"""Seconds until a client that owes is refused: one that asks again at once would take all the time that is left."""


class Admitted(NamedTuple):
    """An operation that may run, and what it took from its client's budget."""

    plan: Plan
    spent: Granted


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may run what."""

    buckets: Buckets
    documents: Documents
    audit: Audit
    metrics: Metrics
    work: Work

    async def admitted(self, asked: Asked, viewer: Viewer, request_id: str) -> Admitted:
        """The operation that is asked for; raises Refused, and Invalid for one that breaks the rules of GraphQL."""
        await self._must_not_owe(viewer)
        text = await self._text(asked, viewer)
        limits = self.buckets.limits[viewer.role]
        try:
            found, cost = self._measured(text, asked, viewer, limits)
        except Invalid as invalid:
            invalid.spent = self._spent(viewer, REFUSED)
            raise
        spent = self._spent(viewer, cost)
        lacking = missing(found.required, viewer.scopes, asked.variables)
        if lacking:
            await self.audit.forbidden(viewer, audited(found, request_id), lacking)
            raise forbidden(lacking)
        return Admitted(found, spent)

    async def _text(self, asked: Asked, viewer: Viewer) -> str:
        must_be_allowed(asked.query, asked.document_id, documents_only=viewer.documents_only)
        if asked.query is not None:
            return asked.query
        if asked.document_id is None:
            raise Refused(400, "BAD_REQUEST", "There is neither a `query` nor a `documentId` in the request.")
        try:
            return await self.documents.text(viewer.app, asked.document_id, monotonic())
        except Refused:
            self._spent(viewer, REFUSED)
            raise

    def _measured(self, text: str, asked: Asked, viewer: Viewer, limits: Limits) -> tuple[Plan, int]:
        began = thread_time()
        try:
            found = plan(text, asked.operation_name, viewer.role)
            return found, cost_within(found.measure, asked.variables, limits)
        finally:
            self.worked(viewer, thread_time() - began)

    def worked(self, viewer: Viewer, seconds: float) -> None:
        """A document of the client's took so long to plan."""
        self.work.note(viewer.client, seconds, monotonic())

    async def paid(self, plan: Plan, asked: Asked, viewer: Viewer) -> None:
        """Take what an operation costs once more, as soon as the client can afford it."""
        cost = plan.measure.cost(asked.variables)
        while isinstance(spent := self.buckets.take(viewer.client, viewer.role, cost, monotonic()), Exceeded):  # noqa: ASYNC110 - time alone fills it
            await asyncio.sleep(spent.retry_after)

    async def _must_not_owe(self, viewer: Viewer) -> None:
        wait = self.work.wait(viewer.client, monotonic())
        if wait:
            await asyncio.sleep(HESITATION)
            self.metrics.refused_for_rate(viewer.client)
            told = f"Your documents were too much work to read and plan; try again in {wait} s, and send the same ones."
            raise Refused(429, "RATE_LIMITED", told, **{"Retry-After": str(wait)})

    def _spent(self, viewer: Viewer, cost: int) -> Granted:
        """What the client has left after this; raises Refused where it cannot afford it."""
        spent = self.buckets.take(viewer.client, viewer.role, cost, monotonic())
        if isinstance(spent, Exceeded):
            self.metrics.refused_for_rate(viewer.client)
            told = (
                f"This costs {spent.requested:,} and {spent.remaining:,} is left; try again in {spent.retry_after} s."
            )
            raise Refused(429, "RATE_LIMITED", told, **headers(spent))
        return spent
