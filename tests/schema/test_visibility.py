"""What must not appear. The only place where that is tested."""

import pytest

from hub import model
from hub.model import Base
from hub.schema.fields import TYPES, Node
from hub.schema.ids import opaque
from hub.store.sharing import RULES
from tests.schema.builders import (
    a_connection,
    a_contact_record,
    a_match,
    a_partnership,
    a_person,
    an_account,
    an_account_record,
    an_opportunity,
    an_organization,
    employs,
)
from tests.schema.test_statements import one_of_each

ROOTS = (
    "organizations",
    "connections",
    "syncRuns",
    "issues",
    "accounts",
    "accountGroups",
    "accountRecords",
    "people",
    "opportunities",
    "leads",
    "tickets",
    "exports",
    "decisions",
)


async def test_a_stranger_sees_nothing_but_itself(ask, session, home):
    await one_of_each(session, home)
    stranger = await an_organization(session, "Stranger")
    lists = " ".join(f"{root}(first: 100) {{ totalCount nodes {{ id }} }}" for root in ROOTS)

    answer = await ask(f"{{ {lists} }}", viewer=stranger)

    found = answer["data"]
    assert found.pop("organizations") == {
        "totalCount": 1,
        "nodes": [{"id": opaque(model.Organization, stranger.id)}],
    }
    assert list(found.values()) == [{"totalCount": 0, "nodes": []}] * (len(ROOTS) - 1)


async def test_a_stranger_finds_nothing_by_id(ask, session, home):
    await one_of_each(session, home)
    stranger = await an_organization(session, "Stranger")
    nodes = [shown for shown, kind in TYPES.items() if issubclass(kind, Node)]
    ids = []
    for shown in nodes:
        rows = (await session.execute(shown.__table__.select())).all()
        ids += [opaque(shown, row.id) for row in rows if row.id != stranger.id]
    assert len(ids) >= len(nodes)

    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert (await ask(query, viewer=stranger, ids=ids))["data"]["nodes"] == [None] * len(ids)
    found = (await ask(query, ids=ids))["data"]["nodes"]
    assert [node and node["id"] for node in found] == ids


@pytest.fixture
async def two_owners(session, home):
    """Home and another organization, each with a connection that speaks of the same company and person."""
    other = await an_organization(session, "Other")
    ours, theirs = await a_connection(session, home, name="ours"), await a_connection(session, other, name="theirs")
    account, person = await an_account(session, "Acme"), await a_person(session)
    records = []
    for connection in (ours, theirs):
        record = await an_account_record(session, connection, account, name=f"as {connection.name} says")
        contact = await a_contact_record(session, connection, person, last_name=connection.name)
        await employs(session, connection, record, contact)
        await an_opportunity(session, connection, record, name=f"deal of {connection.name}")
        records.append(record)
    await a_match(session, *records)
    return other


EVERYTHING = """{
  accounts(first: 9) { totalCount nodes { name
    records(first: 9) { totalCount nodes { name connection { name } } }
    people(first: 9) { totalCount nodes { contacts(first: 9) { totalCount nodes { lastName } } } }
    opportunities(first: 9) { totalCount nodes { name } }
    matches(first: 9) { totalCount nodes { id } } } }
}"""


async def test_each_owner_sees_its_own_side_of_a_shared_account(ask, two_owners):
    for viewer, mine in (({}, "ours"), ({"viewer": two_owners}, "theirs")):
        (account,) = (await ask(EVERYTHING, **viewer))["data"]["accounts"]["nodes"]
        assert account["records"] == {
            "totalCount": 1,
            "nodes": [{"name": f"as {mine} says", "connection": {"name": mine}}],
        }
        assert account["people"]["nodes"] == [{"contacts": {"totalCount": 1, "nodes": [{"lastName": mine}]}}]
        assert account["opportunities"] == {"totalCount": 1, "nodes": [{"name": f"deal of {mine}"}]}
        assert account["matches"] == {"totalCount": 0, "nodes": []}


@pytest.mark.parametrize(
    "condition",
    [
        '{ records: { some: { name: { contains: "theirs" } } } }',
        '{ records: { some: { connection: { name: { eq: "theirs" } } } } }',
        '{ opportunities: { some: { name: { contains: "theirs" } } } }',
        '{ not: { records: { none: { name: { contains: "theirs" } } } } }',
        '{ people: { some: { accounts: { some: { records: { some: { name: { contains: "theirs" } } } } } } } }',
    ],
)
async def test_a_filter_is_no_oracle_for_what_is_hidden(ask, two_owners, condition):
    query = f"{{ accounts(first: 9, filter: {condition}) {{ totalCount nodes {{ id }} }} }}"

    assert (await ask(query))["data"]["accounts"] == {"totalCount": 0, "nodes": []}
    assert (await ask(query, viewer=two_owners))["data"]["accounts"]["totalCount"] == 1


async def test_a_hidden_connection_does_not_tie_what_is_seen(ask, session, home):
    """Both a person and an account are ours; only the other's list says that they belong together."""
    other = await an_organization(session, "Other")
    ours, theirs = await a_connection(session, home), await a_connection(session, other)
    account, person = await an_account(session), await a_person(session)
    await an_account_record(session, ours, account)
    await a_contact_record(session, ours, person)
    record = await an_account_record(session, theirs, account)
    await employs(session, theirs, record, await a_contact_record(session, theirs, person))

    answer = await ask(
        "{ people(first: 9) { nodes { accounts(first: 9) { totalCount nodes { id } } } }"
        "  accounts(first: 9, filter: { people: { some: {} } }) { totalCount } }"
    )

    assert answer["data"]["people"]["nodes"] == [{"accounts": {"totalCount": 0, "nodes": []}}]
    assert answer["data"]["accounts"]["totalCount"] == 0


async def test_a_partner_sees_the_partnership_and_its_tier_but_no_rows(ask, session, home):
    partner = await an_organization(session, "Partner")
    program = model.Program(organization_id=home.id, name="Network")
    secret = model.Program(organization_id=home.id, name="Secret")
    session.add_all([program, secret])
    await session.flush()
    tier = model.Tier(program_id=program.id, name="Gold", rank=1)
    session.add(tier)
    await session.flush()
    await a_partnership(session, home, partner, tier_id=tier.id)
    crm = await a_connection(session, home, partner)
    await an_account_record(session, crm, await an_account(session))

    answer = await ask(
        """{ organizations(first: 9) { nodes { name connections(first: 9) { totalCount }
          programs(first: 9) { nodes { name } }
          partnerships(first: 9) { nodes { tier { name } organization { name } partner { name } } } } }
          accountRecords(first: 9) { totalCount } }""",
        viewer=partner,
    )

    one = {"tier": {"name": "Gold"}, "organization": {"name": "Home"}, "partner": {"name": "Partner"}}
    assert answer["data"] == {
        "organizations": {
            "nodes": [
                {
                    "name": "Home",
                    "connections": {"totalCount": 0},
                    "programs": {"nodes": [{"name": "Network"}]},
                    "partnerships": {"nodes": [one]},
                },
                {
                    "name": "Partner",
                    "connections": {"totalCount": 0},
                    "programs": {"nodes": []},
                    "partnerships": {"nodes": [one]},
                },
            ]
        },
        "accountRecords": {"totalCount": 0},
    }


def test_credentials_and_digests_have_no_way_out():
    for shown, kind in TYPES.items():
        names = {field.python_name for field in kind.__strawberry_definition__.fields}
        assert not names & {"credentials", "config", "digest"}, shown


def test_whatever_is_shown_has_a_rule_of_who_may_see_it():
    def mapped(base):
        return [model_ for each in base.__subclasses__() for model_ in (each, *mapped(each))]

    ruled = {shown for shown in mapped(Base) if any(kind in RULES for kind in shown.__mro__)}
    assert set(TYPES) <= ruled
    assert {shown.__name__ for shown in mapped(Base)} - {shown.__name__ for shown in ruled} == {
        "Account",
        "ApiKey",
        "Change",
        "ChangeHint",
        "ChangeHorizon",
        "ColumnMapping",
        "ExportChunk",
        "IdempotencyKey",
        "Person",
        "Restatement",
        "SeenKey",
        "TrustedDocument",
    }
