"""An imitated vendor that is written into, and what tests ask of it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from hub.connectors import hubspot, salesforce
from hub.connectors.base import Connector, Write
from hub.jobs import write_apply, write_plan, write_rule
from hub.jobs.sources import Sources
from hub.jobs.sync import Order, sync
from hub.jobs.write_apply import Approval
from hub.model import AccountRecord, Partnership, WriteItem, WriteOutcome, WritePlan, WriteRule
from hub.store import connections, write_plans
from hub.store.database import Database
from tests.builders import SEALER, a_connection, an_organization, saved
from tests.connectors.hubspot.sandbox import Sandbox as HubSpotSandbox
from tests.connectors.salesforce.sandbox import Sandbox as SalesforceSandbox

KEY = "writer"


async def no_time(_: float) -> None:
    """Waiting, without the wait."""


@dataclass
class Vendor:
    """An imitated vendor with few accounts, and a connection to it whose accounts were synced and mapped."""

    database: Database
    connector: Connector[Any]
    world: Any
    open: Callable[[], AbstractAsyncContextManager[Any]]
    later: Callable[[float], None]
    fields: tuple[str, str]
    id: UUID = field(init=False)

    @property
    def sources(self) -> Sources:
        """With small batches, so that there are several."""
        streams = tuple(
            replace(each, writing=replace(each.writing, at_once=10)) if each.writing else each
            for each in self.connector.streams
        )
        connector = replace(self.connector, streams=streams, source=lambda *_: self.open())
        return Sources(database=self.database, sealer=SEALER, connectors={connector.name: connector}, sleep=no_time)

    async def sync(self) -> int:
        """How many payloads the sync took for changed."""
        order = Order(connection_id=self.id, stream="accounts")
        (run,) = await sync(self.database, SEALER, order, connectors=self.sources.connectors)
        assert run.error is None
        return run.changed

    async def enable(self, field: str, value: str, *, creates_rows: bool = False) -> None:
        place = {"connection_id": self.id, "stream": "accounts", "field": field}
        rule = WriteRule(**place, value=value, creates_rows=creates_rows, enabled_by=KEY)
        async with self.database.session() as session:
            await write_rule.enable(session, self.sources, rule)

    async def plan(self) -> WritePlan:
        async with self.database.session() as session:
            plan_id = await write_plan.begin(session, self.id, KEY)
        await write_plan.fill(self.sources, plan_id)
        async with self.database.session() as session:
            return await write_plans.by_id(session, plan_id)

    async def apply(self, plan: WritePlan, *, is_confirmed: bool = True) -> dict[WriteOutcome, int]:
        await write_apply.apply(self.sources, Approval(plan_id=plan.id, by=KEY, is_confirmed=is_confirmed))
        return await self.outcomes(plan)

    async def outcomes(self, plan: WritePlan) -> dict[WriteOutcome, int]:
        async with self.database.session() as session:
            return await write_plans.outcomes(session, plan.id)

    async def items(self, plan: WritePlan) -> dict[tuple[str, str], WriteItem]:
        async with self.database.session() as session:
            return {(each.external_id, each.field): each for each in await write_plans.items(session, plan.id, 1000)}

    async def records(self) -> dict[str, AccountRecord]:
        live = select(AccountRecord).where(AccountRecord.connection_id == self.id, AccountRecord.removal.is_(None))
        async with self.database.session() as session:
            return {each.external_id: each for each in await session.scalars(live)}

    async def held(self) -> dict[str, dict[str, str | None]]:
        """What the vendor holds in our fields, asked over the wire."""
        writing = next(each.writing for each in self.connector.streams if each.name == "accounts")
        async with self.open() as source:
            rows = await writing.current(source, list(await self.records())[:100], self.fields)
        return {key: dict(row.values) for key, row in rows.items()}

    async def edit(self, key: str, **values: str | None) -> None:
        """Somebody else writes a row."""
        writing = next(each.writing for each in self.connector.streams if each.name == "accounts")
        async with self.open() as source:
            await writing.write(source, [Write(key=key, values=values)])


async def an_org(database: Database) -> Vendor:
    sandbox = SalesforceSandbox(accounts=60)
    vendor = Vendor(
        database=database,
        connector=salesforce.CONNECTOR,
        world=sandbox,
        open=sandbox.opened,
        later=lambda seconds: sandbox.later(seconds=seconds),
        fields=("Hub_Account_Id__c", "Hub_Overlapping_Partners__c"),
    )
    return await _connected(database, vendor)


async def a_portal(database: Database) -> Vendor:
    sandbox = HubSpotSandbox(accounts=30)

    def later(seconds: float) -> None:
        sandbox.clock.time += timedelta(seconds=seconds)

    vendor = Vendor(
        database=database,
        connector=hubspot.CONNECTOR,
        world=sandbox,
        open=sandbox.opened,
        later=later,
        fields=("hub_account_id", "hub_overlapping_partners"),
    )
    return await _connected(database, vendor)


async def _connected(database: Database, vendor: Vendor) -> Vendor:
    async with database.session() as session:
        vendor.id = await a_connection(session, connector=vendor.connector.name)
    return vendor


async def a_partners_list(database: Database, owner_of: UUID, account_id: UUID, name: str) -> None:
    """A partner's list, which the owner of a connection holds, has a record of the account."""
    async with database.session() as session:
        owner = (await connections.by_id(session, owner_of)).owner_id
        partner = an_organization(name)
        session.add(partner)
        await session.flush()
        session.add(Partnership(organization_id=owner, partner_id=partner.id, types=[]))
        its = await connections.connect(
            session,
            SEALER,
            name=f"list of {name}",
            connector="file",
            owner_id=owner,
            subject_id=partner.id,
            config={},
            secrets={},
        )
        await saved(session, its, "accounts", AccountRecord(external_id="1", name="as they call it"))
        mapped = update(AccountRecord).where(AccountRecord.connection_id == its).values(account_id=account_id)
        await session.execute(mapped)
