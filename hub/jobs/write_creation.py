"""The rows that are created of accounts that a source has none of: planning them, and deciding at the last moment."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.connectors.base import Target, Writing
from hub.model import Connection, WriteItem, WriteOutcome, WritePlan, WritePlanField
from hub.store import write_creation
from hub.store.database import Database
from hub.store.write_creation import NEVER, Missing
from hub.store.write_plans import Settled
from hub.store.write_values import VALUES

TOO_EARLY = "is not written yet: rows are created once all rows of this connection were read and mapped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """What new rows of a stream are made of."""

    database: Database
    plan: WritePlan
    connection: Connection
    stream: str
    writing: Writing[Any]
    key: str
    """The field by which they are known."""
    targets: Mapping[str, Target]

    async def essentials(self, taken: Sequence[str]) -> list[WritePlanField]:
        """The fields that every new row takes beside those that are enabled, and what keeps rows from being made."""
        obstacle = await self._obstacle()
        return [
            WritePlanField(
                plan_id=self.plan.id,
                stream=self.stream,
                field=field,
                value=value,
                obstacle=obstacle or self.targets[field].obstacle,
            )
            for field, value in self.writing.essentials.items()
            if field not in taken
        ]

    async def lines(self, source: Any, fields: Sequence[WritePlanField]) -> AsyncIterator[list[WriteItem]]:
        """The lines of the rows that would be made, some rows at a time; counts them."""
        after, names = NEVER, {field.value for field in fields if field.value in VALUES} - {"account_id"}
        while accounts := await self._missing(names, after):
            after = accounts[-1].account_id
            accounts = [each for each in accounts if each.row.name is not None]
            keys = [each.row.external_id for each in accounts]
            there = await self.writing.known(source, self.key, keys) if keys else {}
            reasons = {each.account_id: self._reason(each, there, fields) for each in accounts}
            self.plan.records_to_create += sum(reason is None for reason in reasons.values())
            yield [line for each in accounts for line in self._lines(each, fields, reasons[each.account_id])]

    async def _obstacle(self) -> str | None:
        reason = self.targets[self.key].obstacle or self.targets[self.key].key_obstacle
        if reason is not None:
            return f"is not written, for {self.key} {reason}"
        async with self.database.session() as session:
            known = await write_creation.is_comparable(session, self.connection.id, self.stream)
        return None if known else TOO_EARLY

    async def _missing(self, names: set[str], after: Any) -> Sequence[Missing]:
        async with self.database.session() as session:
            return await write_creation.missing(session, self.connection, names, after, self.writing.at_once)

    def _reason(self, missing: Missing, there: Mapping[str, str], fields: Sequence[WritePlanField]) -> str | None:
        """Why no row is made of an account; None: one is."""
        if (row := there.get(missing.row.external_id)) is not None:
            return f"The row {row} is known by this id: the next sync and mapping bring it."
        if missing.was_made:
            return "The hub made a row of it before, which is gone, or is known by another id now."
        if missing.is_doubtful:
            return "A row that is there may be the same company: decide that match first."
        return self._unfit(missing, fields)

    def _unfit(self, missing: Missing, fields: Sequence[WritePlanField]) -> str | None:
        for field in fields:
            value, longest = missing.row.values[field.value], self.targets[field.field].longest
            if value is not None and longest is not None and len(value) > longest:
                return f"{field.field} holds {longest} characters; the value has {len(value)}."
        return None

    def _lines(self, missing: Missing, fields: Sequence[WritePlanField], reason: str | None) -> list[WriteItem]:
        """One line for each value; a single one where no row is made."""
        told = [field for field in fields if missing.row.values[field.value] is not None]
        if reason is not None:
            told = [field for field in told if field.field == self.key]
        for field in told:
            field.to_create += reason is None
            field.skipped += reason is not None
        return [self._line(missing, field, reason) for field in told]

    def _line(self, missing: Missing, field: WritePlanField, reason: str | None) -> WriteItem:
        return WriteItem(
            plan_id=self.plan.id,
            connection_id=self.connection.id,
            stream=self.stream,
            external_id=missing.row.external_id,
            key=missing.row.external_id,
            noun=self.writing.noun,
            name=missing.row.name,
            field=field.field,
            before=None,
            after=missing.row.values[field.value],
            version=None,
            outcome=WriteOutcome.PENDING if reason is None else WriteOutcome.SKIPPED,
            reason=reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What is known right before rows are created."""

    there: Mapping[str, str]
    """The ids of the rows that are known by keys of such rows."""
    missing: Collection[str]
    """The keys of accounts that still have no row."""
    allowed: Collection[str]
    """Fields that may still be written; none where rows may not be created any more."""

    def decision(self, item: WriteItem) -> Settled | None:
        """What becomes of a line of a row that is to be created; None: it is to be sent."""
        row = self.there.get(item.external_id)
        if row is not None and item.outcome in (WriteOutcome.SENDING, WriteOutcome.RETRY):
            return Settled(item_id=item.id, outcome=WriteOutcome.WRITTEN, external_id=row)
        if row is not None:
            reason = f"The row {row} was created since it was planned."
            return Settled(item_id=item.id, outcome=WriteOutcome.CONFLICT, reason=reason)
        if item.field not in self.allowed:
            reason = "It was disabled since it was planned."
            return Settled(item_id=item.id, outcome=WriteOutcome.REFUSED, reason=reason)
        if item.external_id not in self.missing:
            reason = "The account changed since it was planned: a row may be there by now."
            return Settled(item_id=item.id, outcome=WriteOutcome.CONFLICT, reason=reason)
        return None
