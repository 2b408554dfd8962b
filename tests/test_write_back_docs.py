"""The examples of docs/write-back.md, run as they stand, against the sandbox."""

import asyncio
import json
import re
from pathlib import Path

from graphql import parse, validate
from sqlalchemy import text
from typer.testing import CliRunner, Result

from hub.cli import app
from hub.errors import InputError
from hub.jobs.mapping import map_accounts
from hub.jobs.sync import Order, sync
from hub.model import AccountRecord
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.server import Sandbox, serving
from hub.schema.schema import CORE
from hub.settings import Settings
from hub.store import connections, organizations
from hub.store.database import Database
from hub.store.secrets import sealer
from tests.builders import SEALER, saved

TEXT = (Path(__file__).parents[1] / "docs" / "write-back.md").read_text()
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = [line for _, body in BLOCKS for line in body.splitlines() if line.startswith("hub ")]
MAPPED = """
with company as (insert into account (id) select id from account_record returning id)
update account_record set account_id = company.id from company where company.id = account_record.id
"""


def test_the_documents_are_valid():
    documents = [body for kind, body in BLOCKS if kind == "graphql"]
    assert [validate(CORE, parse(each)) for each in documents] == [[], []]


async def an_org(database: Database, settings: Settings, sandbox: Sandbox) -> None:
    """A connection to the sandbox's Salesforce, whose accounts were synced and mapped."""
    seal = sealer(settings)
    async with database.session() as session:
        home = await organizations.settle(session, "Home Inc.", "home.example")
        connection_id = await connections.connect(
            session,
            seal,
            name="salesforce",
            connector="salesforce",
            owner_id=home,
            subject_id=home,
            config={"base_url": sandbox.salesforce_url, "client_id": sandbox.salesforce.client_id},
            secrets={"client_secret": sandbox.salesforce.client_secret},
        )
    await sync(database, seal, Order(connection_id=connection_id, stream="accounts"))
    async with database.session() as session:
        await session.execute(text(MAPPED))


async def test_the_commands_lead_from_nothing_to_values_in_the_source(database, settings, database_url):
    environment = {"HUB_DATABASE_URL": database_url, "HUB_DATA_DIR": str(settings.data_dir)}

    async def hub(line: str) -> Result:
        """In a thread, while the sandbox answers here: a process for each command would take seconds."""
        return await asyncio.to_thread(CliRunner().invoke, app, line.split()[1:], env=environment)

    async def told(line: str) -> str:
        result = await hub(line)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.output

    async with serving(made_up_ecosystem(60)) as sandbox:
        await an_org(database, settings, sandbox)
        *enabling, planning, applying = COMMANDS
        for line in enabling:
            assert "may be written into" in await told(line)
        assert "Similar ones: Hub_Account_Id__c" in str(
            (await hub(enabling[0].replace("Account_Id", "Acount_Id"))).exception
        )
        planned = await told(planning)
        (plan,) = re.findall(r"(write_plan_[0-9a-f-]{36}) is ready", planned)
        assert re.search(r"\nAccount \w{18} .*: Hub_Account_Id__c — → account_[0-9a-f-]{36}\n", planned)
        refused = await hub(applying.replace("PLAN --confirm", plan))
        assert isinstance(refused.exception, InputError)
        assert "confirm that this is meant" in str(refused.exception)

        assert f"{plan} is applied" in await told(applying.replace("PLAN", plan))

        shown = json.loads(await told(f"hub write-back show {plan} --json --lines 1000"))
        accounts = [each for each in sandbox_accounts(shown) if each["outcome"] == "WRITTEN"]
        assert len(accounts) == shown["recordsToChange"] == shown["outcomes"]["WRITTEN"]
        assert json.loads(await told("hub write-back rules --json"))[0]["field"] == "Hub_Account_Id__c"
        assert "any more" in await told("hub write-back disable salesforce Hub_Account_Id__c")

        await an_account_elsewhere(database)
        await told("hub write-back enable salesforce Hub_Account_Id__c account_id --create")
        assert json.loads(await told("hub write-back rules --json"))[0]["createsRows"] is True
        planned = await told(f"{planning} --lines 1000")
        assert re.search(r"rows, 1 to create +\n", planned)
        for field, value in (("Hub_Account_Id__c", "account_"), ("Name", "Acme GmbH"), ("Website", "acme.example")):
            line = rf"\ncreate Account account_[0-9a-f-]{{36}} Acme GmbH: {field} — → {value}"
            assert re.search(line, planned)


async def an_account_elsewhere(database: Database) -> None:
    """A company that the org has no row of, and mapping as it is."""
    async with database.session() as session:
        (org,) = await connections.named(session, "salesforce")
        about = {"connector": "file", "owner_id": org.owner_id, "subject_id": org.owner_id, "config": {}, "secrets": {}}
        other = await connections.connect(session, SEALER, name="old crm", **about)
        acme = AccountRecord(external_id="1", name="Acme GmbH", website="https://acme.example")
        await saved(session, other, "accounts", acme)
    await map_accounts(database)


def sandbox_accounts(shown: dict[str, list[dict[str, str]]]) -> list[dict[str, str]]:
    return [each for each in shown["lines"] if each["field"] == "Hub_Account_Id__c"]
