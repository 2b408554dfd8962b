"""Planning what would be written into a source: everything is read, nothing is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.connectors.base import Current, Target, Writing
from hub.errors import Forbidden, HubError, InputError
from hub.jobs.sources import Sources
from hub.jobs.write_creation import Creation
from hub.model import Connection, WriteItem, WriteOutcome, WritePlan, WritePlanField, WritePlanState, WriteRule
from hub.store import connections, write_plans, write_rules, write_values
from hub.store.database import Session
from hub.store.locks import only_one
from hub.store.write_values import Wanted

Tell = Callable[[int], None]
"""Called with the number of rows that are done."""


async def begin(session: Session, connection_id: UUID, by: str) -> UUID:
    """An empty plan, for `fill` to make. Raises NotFound, and InputError where nothing was enabled."""
    connection = await connections.by_id(session, connection_id)
    if not await write_rules.of(session, connection_id):
        raise InputError(f"Nothing may be written into {connection.name}: enable a field first.")
    await write_plans.close_expired(session, connection_id)
    return await write_plans.begin(session, connection_id, by)


async def fill(sources: Sources, plan_id: UUID, tell: Tell = lambda _: None) -> None:
    """Compare what the source holds with what we would write, until the plan is READY, or FAILED.

    One that was cut off begins anew; one that is made is left alone. Raises NotFound, Busy where another process makes
    it, and what reading the source raises.
    """
    async with only_one(sources.database, f"the plan {plan_id}"):
        async with sources.database.session() as session:
            plan = await write_plans.by_id(session, plan_id)
            if plan.state is not WritePlanState.PLANNING:
                return
            await write_plans.empty(session, plan)
        try:
            await _all_streams(sources, plan, tell)
        except HubError as error:
            async with sources.database.session() as session:
                await write_plans.close(session, plan_id, WritePlanState.FAILED, str(error))
            raise
        async with sources.database.session() as session:
            await write_plans.close(session, plan_id, WritePlanState.READY)


async def _all_streams(sources: Sources, plan: WritePlan, tell: Tell) -> None:
    async with sources.database.session() as session:
        connection = await connections.by_id(session, plan.connection_id)
        rules = await write_rules.of(session, connection.id)
    async with sources.opened(connection) as source:
        for stream, writing in sources.writings(connection).items():
            own = [rule for rule in rules if rule.stream == stream]
            if own:
                await _Planning(sources, plan, connection, stream, writing).made(source, own, tell)


@dataclass(frozen=True, slots=True)
class _Planning:
    sources: Sources
    plan: WritePlan
    connection: Connection
    stream: str
    writing: Writing[Any]

    async def made(self, source: Any, rules: Sequence[WriteRule], tell: Tell) -> None:
        """The plan of one stream."""
        targets = await self._targets(source, rules)
        fields = [self._field(rule, targets[rule.field]) for rule in rules]
        await self._store(fields, [])
        writable = [field for field in fields if field.obstacle is None]
        await self._compare(source, writable, targets, tell)
        for rule in rules:
            if rule.creates_rows:
                await self._create(source, self._creation(rule, targets), writable)

    async def _compare(
        self, source: Any, writable: Sequence[WritePlanField], targets: Mapping[str, Target], tell: Tell
    ) -> None:
        """The lines of the rows that are there."""
        after = ""
        while writable and (rows := await self._wanted(writable, after)):
            after = rows[-1].external_id
            names = [field.field for field in writable]
            fresh = await self.writing.current(source, [row.external_id for row in rows], names)
            items = [
                item for row in rows for item in self._compared(row, fresh.get(row.external_id), writable, targets)
            ]
            self.plan.records += len(rows)
            self.plan.records_to_change += len({i.external_id for i in items if i.outcome is WriteOutcome.PENDING})
            await self._store(writable, items)
            tell(self.plan.records)

    async def _create(self, source: Any, creation: Creation, writable: Sequence[WritePlanField]) -> None:
        """The lines of the rows that are to be made."""
        essentials = await creation.essentials()
        await self._store(essentials, [])
        if any(field.obstacle for field in essentials):
            return
        fields = [*writable, *essentials]
        async for lines in creation.lines(source, fields):
            await self._store(fields, lines)

    def _creation(self, rule: WriteRule, targets: Mapping[str, Target]) -> Creation:
        return Creation(
            database=self.sources.database,
            plan=self.plan,
            connection=self.connection,
            stream=self.stream,
            writing=self.writing,
            key=rule.field,
            targets=targets,
        )

    def _field(self, rule: WriteRule, target: Target) -> WritePlanField:
        return WritePlanField(
            plan_id=self.plan.id,
            stream=self.stream,
            field=rule.field,
            value=rule.value,
            is_key=rule.creates_rows,
            obstacle=target.obstacle,
        )

    async def _targets(self, source: Any, rules: Sequence[WriteRule]) -> dict[str, Target]:
        """What each field is, those of new rows included; none where the rows may not be written at all."""
        named = [rule.field for rule in rules]
        try:
            there = await self.writing.targets(source)
        except Forbidden as error:
            return dict.fromkeys((*self.writing.essentials, *named), Target(obstacle=str(error)))
        absent = Target(obstacle=f"is no field of {self.writing.noun} there, or hidden from the hub")
        return {field: there.get(field, absent) for field in (*self.writing.essentials, *named)}

    async def _wanted(self, fields: Sequence[WritePlanField], after: str) -> Sequence[Wanted]:
        async with self.sources.database.session() as session:
            names = {field.value for field in fields}
            return await write_values.wanted(session, self.connection, names, after, self.writing.at_once)

    async def _store(self, fields: Sequence[WritePlanField], items: list[WriteItem]) -> None:
        async with self.sources.database.session() as session:
            await write_plans.add(session, self.plan, fields, items)

    def _compared(
        self, row: Wanted, fresh: Current | None, fields: Sequence[WritePlanField], targets: Mapping[str, Target]
    ) -> list[WriteItem]:
        """The lines of one row; counts them by what they come to."""
        lines = []
        for field in fields:
            before, after = fresh.values[field.field] if fresh else None, row.values[field.value]
            reason = _reason_to_skip(fresh, after, targets[field.field])
            if reason is None and before == after:
                field.unchanged += 1
                continue
            _count(field, reason, before, after)
            lines.append(self._line(row, field, fresh, after, reason))
        return lines

    def _line(
        self, row: Wanted, field: WritePlanField, fresh: Current | None, after: str | None, reason: str | None
    ) -> WriteItem:
        return WriteItem(
            plan_id=self.plan.id,
            connection_id=self.connection.id,
            stream=self.stream,
            external_id=row.external_id,
            noun=self.writing.noun,
            name=row.name,
            field=field.field,
            before=fresh.values[field.field] if fresh else None,
            after=after,
            version=fresh.version if fresh else None,
            outcome=WriteOutcome.PENDING if reason is None else WriteOutcome.SKIPPED,
            reason=reason,
        )


def _reason_to_skip(fresh: Current | None, after: str | None, target: Target) -> str | None:
    if fresh is None:
        return "The row is gone at the source."
    if after is not None and target.longest is not None and len(after) > target.longest:
        return f"The value has {len(after)} characters; the field holds {target.longest}."
    return None


def _count(field: WritePlanField, reason: str | None, before: str | None, after: str | None) -> None:
    if reason is not None:
        field.skipped += 1
    elif before is None:
        field.to_fill += 1
    elif after is None:
        field.to_clear += 1
    else:
        field.to_replace += 1
