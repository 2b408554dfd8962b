"""Writing what was planned, and nothing else, into a source: each value once, however often it is cut off."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

import structlog

from hub.connectors.base import Current, Write, Writing, Written
from hub.errors import HubError, InputError, QuotaExhausted, Unavailable
from hub.jobs.proportion import FEW, is_much
from hub.jobs.sources import Sources
from hub.jobs.write_creation import Now, still_planned
from hub.jobs.write_plan import Tell
from hub.model import Connection, WriteItem, WriteOutcome, WritePlan, WritePlanState
from hub.store import connections, write_creation, write_plans, write_rules
from hub.store.database import Session
from hub.store.locks import only_one
from hub.store.write_plans import Settled

log = structlog.get_logger()

ROUNDS = 4
"""How often a row is tried that the source cannot write just now."""
ATTEMPTS = 3
"""How often one batch is begun of which nobody knows what became of it."""
PAUSE = 5.0
"""Seconds between two rounds or attempts, twice as long each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A person read a plan and wants it applied."""

    plan_id: UUID
    by: str
    is_confirmed: bool = False
    """That it is right to change as many rows as it does."""


async def check(session: Session, approval: Approval) -> WritePlan:
    """The plan, which may be applied. Raises NotFound, and InputError saying what keeps it from being applied."""
    plan = await write_plans.applicable(session, approval.plan_id)
    if _is_much(plan) and not approval.is_confirmed:
        told = f"changes {plan.records_to_change:,} of {plan.records:,} rows"
        made = f" and creates {plan.records_to_create:,}" if plan.records_to_create else ""
        raise InputError(f"The plan {told}{made}: read it, and confirm that this is meant.")
    return plan


def _is_much(plan: WritePlan) -> bool:
    # The hub deletes no row that it created: what share they are makes many of them no fewer.
    return plan.records_to_create > FEW or is_much(plan.records_to_change + plan.records_to_create, plan.records)


async def apply(sources: Sources, approval: Approval, tell: Tell = lambda _: None) -> None:
    """Write what the plan says. One that was applied is left alone; one that was cut off goes on.

    Raises what `check` raises, Busy where another process writes into the source, and SourceError.
    """
    async with sources.database.session() as session:
        plan = await check(session, approval)
        connection = await connections.by_id(session, plan.connection_id)
    async with only_one(sources.database, f"writing into {connection.name}"):
        async with sources.database.session() as session:
            plan = await check(session, approval)
            if plan.state is WritePlanState.APPLIED:
                return
            await write_plans.take_up(session, plan.id, approval.by)
        try:
            await _all_streams(sources, plan, connection, tell)
        except HubError as error:
            async with sources.database.session() as session:
                await write_plans.close(session, plan.id, WritePlanState.STOPPED, str(error))
            raise
        async with sources.database.session() as session:
            await write_plans.give_up(session, plan.id)
            await write_plans.close(session, plan.id, WritePlanState.APPLIED)
            counts = await write_plans.outcomes(session, plan.id)
    log.info("plan applied", connection=connection.name, **{each.lower(): number for each, number in counts.items()})


async def _all_streams(sources: Sources, plan: WritePlan, connection: Connection, tell: Tell) -> None:
    async with sources.opened(connection) as source:
        for stream, writing in sources.writings(connection).items():
            await _Applying(sources, plan, stream, writing, source, tell).to_the_end()


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What persons still allow of a plan."""

    fields: frozenset[str]
    """Those that may be written as planned."""
    key: str | None
    """The field by which new rows are known; None: none were planned."""
    creates_rows: bool
    """Whether rows may be made."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that is still to be written."""

    write: Write
    items: list[WriteItem]
    """Its lines."""
    key: str | None
    """The field by which it is known; None: it is there, and is known by its id."""


@dataclass(slots=True)
class _Applying:
    sources: Sources
    plan: WritePlan
    stream: str
    writing: Writing[Any]
    source: Any
    tell: Tell
    done: int = 0

    async def to_the_end(self) -> None:
        """All rows, and again those that the source could not write just then."""
        for turn in range(ROUNDS):
            if turn and not await self._next(""):
                return
            if turn:
                await self.sources.sleep(PAUSE * 2**turn)
            await self._round()

    async def _round(self) -> None:
        after = ""
        while items := await self._next(after):
            after = items[-1].external_id
            await self._batch(items)
            self.done += len({item.external_id for item in items})
            self.tell(self.done)

    async def _next(self, after: str) -> Sequence[WriteItem]:
        async with self.sources.database.session() as session:
            return await write_plans.open_items(session, self.plan.id, self.stream, after, self.writing.at_once)

    async def _batch(self, items: Sequence[WriteItem]) -> None:
        """Write some rows. Where nobody knows whether that was done, the rows say so themselves when read anew."""
        for attempt in range(1, ATTEMPTS + 1):
            left = await self._left(items)
            if not left:
                return
            try:
                written = await self._written(left)
            except QuotaExhausted:
                raise
            except Unavailable as error:
                if attempt == ATTEMPTS:
                    raise
                await self.sources.sleep(max(error.retry_after or 0, PAUSE * 2**attempt))
                items = [_sending(item) for row in left for item in row.items]
            else:
                await self._settle(_results(left, written))
                return

    async def _left(self, items: Sequence[WriteItem]) -> list[_Row]:
        """What is still to be written, row by row, noted as being sent; of the rest it is noted what became of it."""
        allowed = await self._allowed()
        fresh = await self._fresh([item for item in items if item.key is None], allowed.fields)
        now = await self._now([item for item in items if item.key is not None], allowed)
        decided = [
            (item, now.decision(item) if item.key else decision(item, fresh.get(item.external_id), allowed.fields))
            for item in items
        ]
        left = [item for item, settled in decided if settled is None]
        sending = [Settled(item_id=item.id, outcome=WriteOutcome.SENDING) for item in left]
        await self._settle([*(settled for _, settled in decided if settled), *sending])
        rows = (list(of_row) for _, of_row in groupby(left, key=lambda item: item.external_id))
        return [_row(of_row, fresh, allowed.key) for of_row in rows]

    async def _fresh(self, items: Sequence[WriteItem], allowed: Collection[str]) -> Mapping[str, Current]:
        """Rows that are there, as they are just now."""
        ids = list(dict.fromkeys(item.external_id for item in items))
        fields = list(dict.fromkeys(item.field for item in items if item.field in allowed))
        return await self.writing.current(self.source, ids, fields) if fields else {}

    async def _now(self, items: Sequence[WriteItem], allowed: _Allowed) -> Now:
        """What rows that are to be created are up against."""
        # What was sent before may be there, whatever is allowed by now.
        asked = [item for item in items if allowed.creates_rows or item.outcome is not WriteOutcome.PENDING]
        there: Mapping[str, str] = {}
        if asked and allowed.key is not None:
            keys = list(dict.fromkeys(item.external_id for item in asked))
            there = await self.writing.known(self.source, allowed.key, keys)
        if not asked or not allowed.creates_rows:
            return Now(there=there, gap=None, missing=(), allowed=())
        async with self.sources.database.session() as session:
            connection = await connections.by_id(session, self.plan.connection_id)
            gap = await write_creation.gap(session, connection, self.stream)
            missing = await still_planned(session, connection, self.writing.essentials, items)
        return Now(
            there=there,
            gap=gap,
            missing=missing,
            allowed={*allowed.fields, *self.writing.essentials},
        )

    async def _written(self, left: Sequence[_Row]) -> list[Written]:
        """New rows are found by their key, too: one that is there after all is not made twice."""
        old: list[Write] = []
        new: dict[str, list[Write]] = {}
        for row in left:
            writes = old if row.key is None else new.setdefault(row.key, [])
            writes.append(row.write)
        written = [*await self.writing.write(self.source, old)] if old else []
        for key, writes in new.items():
            written += await self.writing.upsert(self.source, key, writes)
        return written

    async def _allowed(self) -> _Allowed:
        """A person may have disabled a field since it was planned."""
        async with self.sources.database.session() as session:
            rules = await write_rules.of(session, self.plan.connection_id)
            fields = await write_plans.fields(session, self.plan.id)
        own = {(rule.field, rule.value): rule for rule in rules if rule.stream == self.stream}
        planned = [(each.field, each.value) for each in fields if each.stream == self.stream]
        still = [own[each] for each in planned if each in own]
        key = next((each.field for each in fields if each.stream == self.stream and each.is_key), None)
        return _Allowed(
            fields=frozenset(rule.field for rule in still),
            key=key,
            creates_rows=any(rule.creates_rows and rule.field == key for rule in still),
        )

    async def _settle(self, settled: Collection[Settled]) -> None:
        async with self.sources.database.session() as session:
            await write_plans.settle(session, settled)


def decision(item: WriteItem, fresh: Current | None, allowed: Collection[str]) -> Settled | None:
    """What becomes of a line, given its row as it is just now; None: it is to be written."""

    def settled(outcome: WriteOutcome, reason: str | None = None) -> Settled:
        version = fresh.version if fresh and outcome is WriteOutcome.WRITTEN else None
        return Settled(item_id=item.id, outcome=outcome, reason=reason, version=version)

    if item.field not in allowed:
        return settled(WriteOutcome.REFUSED, "It was disabled since it was planned.")
    if fresh is None:
        return settled(WriteOutcome.REFUSED, "The row is gone at the source.")
    there = fresh.values[item.field]
    if there == item.after:
        # Where it was about to be sent, an earlier attempt got that far.
        return settled(WriteOutcome.WRITTEN if item.outcome is WriteOutcome.SENDING else WriteOutcome.UNCHANGED)
    if there != item.before:
        return settled(WriteOutcome.CONFLICT, "Somebody else changed it since it was planned.")
    return None


def _row(items: list[WriteItem], fresh: Mapping[str, Current], key: str | None) -> _Row:
    row = items[0].external_id
    if items[0].key is None:
        write = Write(key=row, values={item.field: item.after for item in items}, version=fresh[row].version)
        return _Row(write, items, None)
    # The field by which the row is known comes with the key itself.
    return _Row(Write(key=row, values={item.field: item.after for item in items if item.field != key}), items, key)


def _sending(item: WriteItem) -> WriteItem:
    item.outcome = WriteOutcome.SENDING
    return item


def _results(left: Sequence[_Row], written: Sequence[Written]) -> list[Settled]:
    became = {each.key: each for each in written}
    return [
        Settled(
            item_id=item.id,
            outcome=became[row.write.key].outcome,
            reason=became[row.write.key].reason,
            version=became[row.write.key].version,
            external_id=became[row.write.key].external_id if item.key else None,
        )
        for row in left
        for item in row.items
    ]
