"""The rows that are created of accounts that a source has none of: planning them, and deciding at the last moment."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from hub.connectors.base import Target, Writing
from hub.graph.company import corporate_domains, duns_number
from hub.graph.domains import registrable_domain
from hub.graph.names import is_telling, standard_name
from hub.model import Connection, WriteItem, WriteOutcome, WritePlan, WritePlanField
from hub.store import undecided, write_creation
from hub.store.database import Database, Session
from hub.store.write_creation import NEVER, Gap, Missing, Said
from hub.store.write_plans import Settled
from hub.store.write_values import VALUES

GAPS = {
    Gap.OF_OTHERS: "rows are created in systems of the connection's owner only, and this is another organization's",
    Gap.UNREAD: "the connection's rows were not all read within the last day: run hub sync, then plan again",
    Gap.UNREADABLE: "some of the connection's rows could not be read: see hub issues, sync, then plan again",
    Gap.UNMAPPED: "some of the connection's rows are not mapped yet: run hub map, then plan again",
}
"""Why no rows are created, and what to do."""


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

    async def essentials(self) -> list[WritePlanField]:
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
        ]

    async def lines(self, source: Any, fields: Sequence[WritePlanField]) -> AsyncIterator[list[WriteItem]]:
        """The lines of the rows that would be made, some rows at a time; counts them."""
        after, names = NEVER, {field.value for field in fields if field.value in VALUES} - {"account_id"}
        while accounts := await self._missing(names, after):
            after = accounts[-1].account_id
            there = await self.writing.known(source, self.key, [each.key for each in accounts])
            reasons = {each.account_id: self._reason(each, there, fields) for each in accounts}
            self.plan.records_to_create += sum(reason is None for reason in reasons.values())
            yield [line for each in accounts for line in self._lines(each, fields, reasons[each.account_id])]

    async def _obstacle(self) -> str | None:
        reason = self.targets[self.key].obstacle or self.targets[self.key].key_obstacle
        if reason is not None:
            return f"is not written, for {self.key} {reason}"
        async with self.database.session() as session:
            gap = await write_creation.gap(session, self.connection, self.stream)
        return f"is not written: {GAPS[gap]}" if gap else None

    async def _missing(self, names: set[str], after: Any) -> Sequence[Missing]:
        async with self.database.session() as session:
            place = (session, self.connection, self.plan.id)
            found = await write_creation.missing(*place, names, after, self.writing.at_once)
            return await looked_into(session, self.connection, found)

    def _reason(self, missing: Missing, there: Mapping[str, str], fields: Sequence[WritePlanField]) -> str | None:
        """Why no row is made of an account; None: one is."""
        if (row := there.get(missing.key)) is not None:
            return f"The row {row} is known by this id: the next sync and mapping bring it."
        return reason_to_wait(missing) or self._unfit(missing, fields)

    def _unfit(self, missing: Missing, fields: Sequence[WritePlanField]) -> str | None:
        for field in fields:
            value, longest = missing.values[field.value], self.targets[field.field].longest
            if value is not None and longest is not None and len(value) > longest:
                return f"{field.field} holds {longest} characters; the value has {len(value)}."
        return None

    def _lines(self, missing: Missing, fields: Sequence[WritePlanField], reason: str | None) -> list[WriteItem]:
        """One line for each value; a single one where no row is made."""
        told = [field for field in fields if missing.values[field.value] is not None]
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
            external_id=missing.key,
            key=missing.key,
            noun=self.writing.noun,
            name=missing.values["name"] or missing.called,
            field=field.field,
            before=None,
            after=missing.values[field.value],
            version=None,
            outcome=WriteOutcome.PENDING if reason is None else WriteOutcome.SKIPPED,
            reason=reason,
        )


def own_name(missing: Missing) -> str | None:
    """What a record of the owner's calls the account that also says its domain; None: none does.

    Mapping will know the row again by the two, and who reads the source learns no name of a partner's.
    """
    for said in missing.said:
        domains = (registrable_domain(said.domain), registrable_domain(said.website))
        if missing.domain is not None and missing.domain in domains and said.name and said.name.strip():
            return said.name.strip()
    return None


async def looked_into(session: Session, connection: Connection, found: Sequence[Missing]) -> list[Missing]:
    """Missing accounts, with what new rows say of them, and the removed rows that may be theirs."""
    removed = await _removed_rows(session, connection, found) if found else {}
    return [
        replace(
            each,
            values={**each.values, "account_id": each.key, "name": own_name(each)},
            removed_row=removed.get(each.account_id),
        )
        for each in found
    ]


async def _removed_rows(session: Session, connection: Connection, found: Sequence[Missing]) -> Mapping[UUID, str]:
    """By accounts that share a name, a domain or a D-U-N-S number with a removed row that was never mapped as it is."""
    accounts: dict[str, list[UUID]] = {}
    for each in found:
        profile = Said(name=each.called, domain=each.domain, website=None, duns=None)
        for mark in set().union(*map(_marks, (profile, *each.said))):
            accounts.setdefault(mark, []).append(each.account_id)
    rows: dict[UUID, str] = {}
    async for row in undecided.removed(session, connection.id):
        for mark in _marks(row):
            rows |= dict.fromkeys(accounts.get(mark, ()), row.external_id)
    return rows


def _marks(said: Any) -> set[str]:
    """What a company is known by, as mapping compares it."""
    name = standard_name(said.name)
    letters = name.letters if is_telling(name) else ""
    return {letters, duns_number(said.duns) or "", *corporate_domains(said.domain, said.website)} - {""}


def reason_to_wait(missing: Missing) -> str | None:
    """Why no row is to be made of an account, whatever the source holds; None: one may be."""
    reasons = (
        (missing.domain is None, "No record names a domain that only this company uses."),
        (own_name(missing) is None, f"No record of the owner's has both a name and the domain {missing.domain}."),
        (missing.was_made, "The hub made a row of it before, which is gone, or is known by another id now."),
        (missing.was_sent, "An earlier plan may have made a row of it: apply that one again, or sync once it expired."),
        (missing.is_doubtful, "Another row, there or to be made, may be the same company: decide that match first."),
        (missing.removed_row, f"The row {missing.removed_row}, which was removed, may be the same company."),
    )
    return next((reason for holds, reason in reasons if holds), None)


async def still_planned(
    session: Session, connection: Connection, essentials: Mapping[str, str], items: Sequence[WriteItem]
) -> set[str]:
    """The keys of those rows that would be planned now as they are in these lines of one plan."""
    keys, plan_id = {item.external_id for item in items}, items[0].plan_id
    found = await write_creation.still_missing(session, connection, plan_id, keys)
    accounts = {each.key: each for each in await looked_into(session, connection, found)}
    changed = {
        item.external_id
        for item in items
        if item.external_id in accounts
        and item.field in essentials
        and item.after != accounts[item.external_id].values[essentials[item.field]]
    }
    return {key for key, each in accounts.items() if reason_to_wait(each) is None} - changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What is known right before rows are created."""

    there: Mapping[str, str]
    """The ids of the rows that are known by keys of such rows."""
    gap: Gap | None
    """Why accounts may only seem to have no row."""
    missing: Collection[str]
    """The keys of accounts that still have none, and may have the one that was planned."""
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
        if self.gap is not None:
            reason = f"It was not created: {GAPS[self.gap]}."
            return Settled(item_id=item.id, outcome=WriteOutcome.CONFLICT, reason=reason)
        if item.external_id not in self.missing:
            reason = "The account changed since it was planned: plan again."
            return Settled(item_id=item.id, outcome=WriteOutcome.CONFLICT, reason=reason)
        return None
