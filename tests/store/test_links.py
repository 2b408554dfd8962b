"""Links of deals and contacts know the account they lead to, in whatever order things are written."""

from collections.abc import Awaitable, Callable
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import text

from hub.jobs.mapping import map_accounts
from hub.model import AccountRecord, ContactAccount, OpportunityAccount
from hub.store import links
from hub.store.database import Database
from tests.builders import a_connection, saved

LINKS = ("opportunity_account", "contact_account")
Say = Callable[..., Awaitable[None]]


@pytest.fixture
async def connection_id(database: Database) -> UUID:
    async with database.session() as session:
        return await a_connection(session)


@pytest.fixture
def say(database: Database, connection_id: UUID) -> Say:
    """Stores what a source says: records by their names, and links of one deal and one contact each."""

    async def save(*linked: str, **names: str) -> None:
        records = [
            AccountRecord(external_id=key, name=name, domain=f"{name.lower()}.example") for key, name in names.items()
        ]
        async with database.session() as session:
            await saved(session, connection_id, "accounts", *records)
            await saved(session, connection_id, "deals", *map(a_deal_link, linked))
            await saved(session, connection_id, "contacts", *map(a_contact_link, linked))

    return save


def a_deal_link(account: str) -> OpportunityAccount:
    return OpportunityAccount(
        external_id=f"deal of {account}", opportunity_external_id="1", account_external_id=account
    )


def a_contact_link(account: str) -> ContactAccount:
    return ContactAccount(external_id=f"contact of {account}", contact_external_id="1", account_external_id=account)


async def run(database: Database, statement: str) -> None:
    async with database.session() as session:
        await session.execute(text(statement))


async def astray(database: Database) -> int:
    """How many links do not lead to the account of the live record that they name."""
    found = 0
    async with database.session() as session:
        for link in LINKS:
            found += await session.scalar(
                text(f"""
                    select count(*) from {link} link
                    left join account_record record on record.removal is null
                      and (record.connection_id, record.external_id) = (link.connection_id, link.account_external_id)
                    where link.account_id is distinct from record.account_id
                """)
            )
    return found


async def placed(database: Database) -> list[str | None]:
    """The profile's name of the account that each link leads to, by what the link names."""
    async with database.session() as session:
        rows = await session.execute(
            text(" union all ".join(f"select account_external_id, account_id from {link}" for link in LINKS))
        )
        names = {row.id: row.name for row in await session.execute(text("select id, name from account_profile"))}
    return [names.get(row.account_id) for row in sorted(rows, key=lambda row: row.account_external_id)]


@pytest.mark.parametrize("first", ["the record", "the link"])
async def test_a_link_leads_to_the_account_whichever_comes_first(database, say, first):
    if first == "the record":
        await say(a="Acme")
        await map_accounts(database)
        await say("a")
    else:
        await say("a")
        await say(a="Acme")
        await map_accounts(database)

    assert await placed(database) == ["Acme", "Acme"]


async def test_a_link_leads_nowhere_while_its_record_is_removed_and_back_when_it_is(database, say):
    await say("a", a="Acme")
    await map_accounts(database)
    await run(database, "update account_record set removal = 'DELETED'")
    assert await placed(database) == [None, None]
    await map_accounts(database)
    assert await placed(database) == [None, None]
    await run(database, "update account_record set removal = null")

    assert await placed(database) == ["Acme", "Acme"]


async def test_a_link_follows_its_record_that_came_back_after_its_account_was_retired(database, say):
    await say("a", "b", a="Acme", b="Acme", c="Birch", d="Birch", e="Birch")
    await map_accounts(database)
    await run(database, "update account_record set removal = 'DELETED' where external_id = 'a'")
    await say(b="Birch")
    await map_accounts(database)
    assert await placed(database) == [None, None, "Birch", "Birch"]
    await run(database, "update account_record set removal = null where external_id = 'a'")
    assert await placed(database) == ["Birch"] * 4

    await map_accounts(database)

    assert await placed(database) == ["Acme", "Acme", "Birch", "Birch"]


async def test_a_link_that_comes_to_name_another_record_leads_to_its_account(database, say):
    await say("a", a="Acme", b="Birch")
    await map_accounts(database)
    for link in LINKS:
        await run(database, f"update {link} set account_external_id = 'b'")

    assert await placed(database) == ["Birch", "Birch"]


async def test_a_link_leads_nowhere_when_its_record_is_called_otherwise_and_to_the_one_that_is_called_so_now(
    database, say
):
    await say("a", "b", "c", a="Acme", b="Birch")
    await map_accounts(database)
    await run(database, "update account_record set external_id = 'c' where external_id = 'a'")
    assert await placed(database) == [None, None, "Birch", "Birch", "Acme", "Acme"]
    await run(database, "update account_record set external_id = 'a' where external_id = 'b'")

    assert await placed(database) == ["Birch", "Birch", None, None, "Acme", "Acme"]


async def test_a_link_leads_nowhere_when_its_record_is_gone_for_good(database, say):
    await say("a", a="Acme")
    await map_accounts(database)
    await run(database, "delete from account_record")

    assert await placed(database) == [None, None]


@pytest.mark.parametrize(
    "change",
    [
        "update account_record set account_id = (select account_id from account_record where external_id = 'b')",
        "update account_record set removal = 'DELETED'",
        "update account_record set external_id = 'c'",
    ],
    ids=["moved", "removed", "renamed"],
)
async def test_a_link_that_was_written_while_its_record_changed_is_placed_by_the_next_mapping(database, say, change):
    await say(a="Acme", b="Birch")
    await map_accounts(database)
    async with database.session() as session:
        await session.execute(text(f"{change} where external_id = 'a'"))
        await say("a")
    assert await astray(database) == len(LINKS), "neither saw the other"

    await map_accounts(database)

    assert await astray(database) == 0


async def test_placing_writes_only_what_differs(database, say):
    await say("a", "b", a="Acme", b="Birch")
    await map_accounts(database)
    versions = text(
        "select xmin::text, id from opportunity_account union all select xmin::text, id from contact_account"
    )
    async with database.session() as session:
        before = set(map(tuple, await session.execute(versions)))
        await links.place(session)

        assert set(map(tuple, await session.execute(versions))) == before


async def test_no_order_of_changes_leads_a_link_astray(database, say):
    random = Random(11)  # noqa: S311 - not a secret
    keys = ("a", "b", "c", "d")
    await say(*keys, "e")
    for _ in range(60):
        one = random.choice(keys)
        match random.randrange(7):
            case 0 | 1:
                await say(**{one: random.choice(["Acme", "Birch", "Cedar"])})
            case 2:
                await run(database, f"update account_record set removal = 'DELETED' where external_id = '{one}'")
            case 3:
                await run(database, f"update account_record set removal = null where external_id = '{one}'")
            case 4:
                await run(database, f"delete from account_record where external_id = '{one}'")
            case 5:
                await run(
                    database,
                    f"update account_record it set external_id = 'e' where external_id = '{one}'"
                    " and not exists (select from account_record where external_id = 'e')",
                )
            case _:
                await map_accounts(database)
        assert await astray(database) == 0
