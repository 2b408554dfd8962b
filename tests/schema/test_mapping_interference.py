"""What mapping makes of one organization's records may depend on another's: how far, stands here."""

from sqlalchemy.ext.asyncio import AsyncSession

from hub.jobs.mapping import map_accounts
from hub.model import Organization, Verdict
from hub.store.database import Database
from tests.schema.builders import a_connection, a_decision, an_account_record, an_organization
from tests.schema.conftest import Ask

ACCOUNTS = "{ accounts(first: 10) { totalCount nodes { id name domain createdAt records(first: 9) { totalCount } } } }"
MATCHES = "{ accountRecords(first: 10) { nodes { matches(first: 9) { totalCount nodes { score } } } } }"


async def test_what_another_says_of_a_shared_account_changes_nothing_of_ours(
    ask: Ask, session: AsyncSession, database: Database, home: Organization
) -> None:
    theirs = await a_connection(session, await an_organization(session))
    ours = await a_connection(session, home)
    await an_account_record(session, ours, name="Acme Robotics", domain="acme-robotics.example")
    await session.commit()
    await map_accounts(database)
    before = await ask(ACCOUNTS)
    other = await an_account_record(session, theirs, name="Acme Robotics Incorporated", domain="acme-robotics.example")
    await session.commit()
    await map_accounts(database)
    assert await ask(ACCOUNTS) == before
    other.name, other.removal = "Elsewhere", "DELETED"
    await session.commit()
    await map_accounts(database)
    assert await ask(ACCOUNTS) == before


async def test_what_another_says_may_join_two_accounts_of_ours(
    ask: Ask, session: AsyncSession, database: Database, home: Organization
) -> None:
    """By design: records of all owners are mapped together, so that partners speak of the same account."""
    ours = await a_connection(session, home)
    await an_account_record(session, ours, name="Acme Robotics", domain="acme-robotics.example")
    await an_account_record(session, ours, name="Zenith Labs Holding", duns="150483782")
    await session.commit()
    await map_accounts(database)
    assert (await ask(ACCOUNTS))["data"]["accounts"]["totalCount"] == 2
    theirs = await a_connection(session, await an_organization(session))
    both = {"name": "Acme Robotics", "domain": "acme-robotics.example", "duns": "150483782"}
    await an_account_record(session, theirs, **both)
    await session.commit()
    await map_accounts(database)
    after = await ask(ACCOUNTS)
    assert after["data"]["accounts"]["totalCount"] == 1, after


async def test_what_another_says_hides_no_match_of_ours(
    ask: Ask, session: AsyncSession, database: Database, home: Organization
) -> None:
    theirs = await a_connection(session, await an_organization(session))
    ours = await a_connection(session, home)
    alike = {"name": "Acme Robotics", "domain": "acme-robotics.example"}
    first = await an_account_record(session, theirs, name="Somebody else")
    await an_account_record(session, ours, **alike)
    await an_account_record(session, ours, **alike)
    await session.commit()
    await map_accounts(database)
    before = await ask(MATCHES)
    assert before["data"]["accountRecords"]["nodes"][0]["matches"]["totalCount"] == 1
    first.name, first.domain = alike["name"], alike["domain"]
    await session.commit()
    await map_accounts(database)
    assert await ask(MATCHES) == before


async def test_a_decision_of_theirs_takes_records_of_ours_along_that_are_the_same(
    ask: Ask, session: AsyncSession, database: Database, home: Organization
) -> None:
    """By design, as above: there is one account for both."""
    names = ("Acme Robotics", "Zenith Labs")
    for owner in (home, await an_organization(session)):
        crm = await a_connection(session, owner)
        facts = [{"name": name, "domain": f"{name[:4].lower()}.example"} for name in names]
        records = [await an_account_record(session, crm, **each) for each in facts]
    await session.commit()
    await map_accounts(database)
    assert (await ask(ACCOUNTS))["data"]["accounts"]["totalCount"] == 2
    await a_decision(session, *records, verdict=Verdict.SAME)
    await session.commit()
    await map_accounts(database)
    after = await ask(ACCOUNTS)
    assert after["data"]["accounts"]["totalCount"] == 1, after
    assert (await ask("{ decisions(first: 9) { totalCount } }"))["data"]["decisions"]["totalCount"] == 0
