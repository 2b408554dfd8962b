"""Questions at the level of groups, and how what is known of accounts came about."""

from decimal import Decimal

from sqlalchemy import update

from hub import model
from hub.jobs.mapping import map_accounts
from hub.jobs.relating import relate
from hub.schema.ids import opaque
from tests.schema.builders import (
    a_connection,
    a_key,
    a_relation,
    an_account,
    an_account_record,
    an_opportunity,
    an_organization,
    settled,
)
from tests.schema.conftest import client

GROUPS = """query($filter: AccountGroupFilter) {
  accountGroups(first: 9, filter: $filter) { totalCount nodes {
    name head { name } amounts { amount currency } accounts(first: 9) { totalCount nodes { name group { name } } }
    opportunities(first: 9) { totalCount }
    relations(first: 9) { nodes { kind source from { name } to { name } } } } } }"""
MEMBERSHIPS = """{ accountRecords(first: 1, filter: {externalId: {eq: "moves"}}) { nodes { memberships(first: 9) {
  nodes { validTo account { id } record { externalId } } } } } }"""
CHANGES = """query($since: String) { changes(first: 50, since: $since, types: [
  ACCOUNT_MERGED, ACCOUNT_SPLIT, MEMBERSHIP_MOVED]) {
  head nodes { type action nodeId otherId node { id } } } }"""


async def a_family(session, owner):
    """A parent, its two children and somebody else, each with a record of `owner`'s, by their names."""
    crm = await a_connection(session, owner)
    names = ("Parent", "One", "Two", "Other")
    records = {name: await an_account_record(session, crm, await an_account(session, name)) for name in names}
    for child in ("One", "Two"):
        await a_relation(session, crm, records["Parent"], records[child])
    return crm, records


async def test_a_group_has_its_head_its_accounts_and_their_open_deals_each_once(ask, session, home):
    crm, records = await a_family(session, home)
    euros = {"amount": Decimal("10.50"), "currency": "EUR"}
    is_open = {"is_closed": False}
    await an_opportunity(session, crm, records["One"], records["Two"], **euros, **is_open)
    await an_opportunity(session, crm, records["Parent"], **euros, **is_open)
    await an_opportunity(session, crm, records["Two"], amount=Decimal(7), currency=None, **is_open)
    await an_opportunity(session, crm, records["Two"], amount=Decimal(99), currency="EUR", is_closed=True)

    groups = (await ask(GROUPS))["data"]["accountGroups"]

    children = [{"name": name, "group": {"name": "Parent"}} for name in ("One", "Parent", "Two")]
    told = {"kind": "PARENT_OF", "source": "SOURCE", "from": {"name": "Parent"}}
    assert groups["totalCount"] == 2
    assert groups["nodes"] == [
        {
            "name": "Other",
            "head": {"name": "Other"},
            "amounts": [],
            "accounts": {"totalCount": 1, "nodes": [{"name": "Other", "group": {"name": "Other"}}]},
            "opportunities": {"totalCount": 0},
            "relations": {"nodes": []},
        },
        {
            "name": "Parent",
            "head": {"name": "Parent"},
            "amounts": [{"amount": "21.00", "currency": "EUR"}, {"amount": "7", "currency": None}],
            "accounts": {"totalCount": 3, "nodes": children},
            "opportunities": {"totalCount": 4},
            "relations": {"nodes": [{**told, "to": {"name": name}} for name in ("One", "Two")]},
        },
    ]
    with_child = {"accounts": {"some": {"name": {"eq": "Two"}}}}
    assert [each["name"] for each in (await ask(GROUPS, filter=with_child))["data"]["accountGroups"]["nodes"]] == [
        "Parent"
    ]


async def test_the_id_of_a_group_leads_to_where_its_head_is_now(ask, session, home):
    _, records = await a_family(session, home)
    retired = model.AccountRedirect(
        owner_id=home.id,
        retired_id=home.id,
        account_id=records["One"].account_id,
        retired_at=records["One"].observed_at,
    )
    session.add(retired)
    ids = [opaque(model.AccountGroup, each) for each in (*(each.account_id for each in records.values()), home.id)]

    answer = await ask("query($ids: [ID!]!) { nodes(ids: $ids) { ... on AccountGroup { name } } }", ids=ids)

    assert [each["name"] for each in answer["data"]["nodes"]] == ["Parent", "Parent", "Parent", "Other", "Parent"]


async def test_what_another_says_of_parents_changes_nothing_of_our_groups(ask, session, home, database):
    """Nor what the rules find of two records that nobody sees both of."""
    partner = await an_organization(session)
    names = ("Alphabet", "Verily")
    records = []
    for owner, parent in ((home, None), (partner, "Alphabet")):
        crm = await a_connection(session, owner)
        for name in names:
            named = parent if name == "Verily" else None
            facts = {"name": name, "domain": f"{name.lower()}.com", "parent_external_id": named}
            records.append(await an_account_record(session, crm, external_id=name, **facts))
    await session.commit()
    await map_accounts(database)
    async with database.session() as mapping:
        between = model.RelationFound(model.RelationKind.PARENT_OF, records[0].id, records[3].id, 9.5, "name")
        await relate(mapping, [between])

    query = "{ accounts(first: 9) { nodes { id group { name } relations(first: 9) { totalCount } } } }"
    ours, theirs = [(await ask(query, viewer=each))["data"]["accounts"]["nodes"] for each in (home, partner)]

    assert [each["id"] for each in ours] == [each["id"] for each in theirs]
    assert [(each["group"]["name"], each["relations"]["totalCount"]) for each in ours] == [
        ("Alphabet", 0),
        ("Verily", 0),
    ]
    assert [(each["group"]["name"], each["relations"]["totalCount"]) for each in theirs] == [("Alphabet", 1)] * 2


async def test_a_viewer_follows_what_mapping_did_to_its_own_records(ask, session, home, database):
    partner = await an_organization(session)
    for owner in (home, partner):
        crm = await a_connection(session, owner)
        for key, name in (("stays", "Alphabet"), ("moves", "Bosch")):
            await an_account_record(session, crm, external_id=key, name=name, domain=f"{name.lower()}.com")
    await session.commit()
    await map_accounts(database)
    before = (await ask("{ accounts(first: 9) { nodes { id name } } }"))["data"]["accounts"]["nodes"]
    heir, retired = (each["id"] for each in before)
    await session.execute(
        update(model.AccountRecord)
        .where(model.AccountRecord.external_id == "moves", model.AccountRecord.connection_id != crm.id)
        .values(name="Alphabet", domain="alphabet.com")
    )
    await session.commit()
    await map_accounts(database)
    await settled(database)

    told = (await ask(CHANGES))["data"]["changes"]["nodes"]

    moved = [each for each in told if each["type"] == "MEMBERSHIP_MOVED"]
    assert [each for each in told if each not in moved] == [
        {"type": "ACCOUNT_MERGED", "action": "REMOVED", "nodeId": retired, "otherId": heir, "node": {"id": heir}}
    ]
    assert [(each["otherId"], each["nodeId"] == each["node"]["id"]) for each in moved] == [(retired, True)]
    assert (await ask(CHANGES, viewer=partner))["data"]["changes"]["nodes"] == []
    (record,) = (await ask(MEMBERSHIPS))["data"]["accountRecords"]["nodes"]
    past, present = record["memberships"]["nodes"]
    assert (past["account"]["id"], past["validTo"] is None) == (heir, False)
    assert (present["account"]["id"], present["validTo"]) == (heir, None)


async def test_money_of_groups_is_for_those_who_may_read_deals(database, session, home):
    await a_family(session, home)
    key = await a_key(session, home, scopes=frozenset({model.Scope.ACCOUNT_READ}))
    await session.commit()
    headers = {"Authorization": f"Bearer {key}"}
    async with client(database, None) as http:
        named, money = [
            (
                await http.post(
                    "/graphql",
                    json={"query": f"{{ accountGroups(first: 9) {{ nodes {{ {field} }} }} }}"},
                    headers=headers,
                )
            )
            for field in ("name", "amounts { amount }")
        ]
    assert len(named.json()["data"]["accountGroups"]["nodes"]) == 2
    assert money.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
