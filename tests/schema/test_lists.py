from decimal import Decimal

import pytest

from hub.model import Removal
from tests.schema.builders import (
    a_connection,
    a_sync_run,
    an_account,
    an_account_record,
    an_issue,
    an_opportunity,
    an_organization,
)

NAMES = "{ accounts(first: 100, filter: %s) { nodes { name } } }"


def names(answer, field="accounts"):
    assert "errors" not in answer, answer
    return [node["name"] for node in answer["data"][field]["nodes"]]


async def some_deals(session, home, *amounts):
    connection = await a_connection(session, home)
    for number, amount in enumerate(amounts):
        await an_opportunity(session, connection, name=f"Deal {number}", amount=amount and Decimal(amount))


WALK = """query($first: Int, $after: String, $last: Int, $before: String, $order: [OpportunityOrder!]) {
  opportunities(first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
    totalCount
    edges { cursor node { name } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


async def walked(ask, order, size, *, backward):
    """All names, a page at a time, in the order in which the pages came."""
    found, cursor = [], None
    for _ in range(20):
        turn = {"last": size, "before": cursor} if backward else {"first": size, "after": cursor}
        answer = await ask(WALK, order=order, **turn)
        assert "errors" not in answer, answer
        page = answer["data"]["opportunities"]
        found.append([edge["node"]["name"] for edge in page["edges"]])
        info = page["pageInfo"]
        assert (info["startCursor"], info["endCursor"]) == (page["edges"][0]["cursor"], page["edges"][-1]["cursor"])
        if not info["hasPreviousPage" if backward else "hasNextPage"]:
            return found
        cursor = info["startCursor" if backward else "endCursor"]
    raise AssertionError("the list does not end")


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("nulls", ["FIRST", "LAST"])
@pytest.mark.parametrize("size", [1, 2, 5, 100])
async def test_pages_forward_and_backward_make_up_the_whole_list(ask, session, home, direction, nulls, size):
    await some_deals(session, home, "5", None, "7.25", "5", None, "-1")
    order = [{"field": "AMOUNT", "direction": direction, "nulls": nulls}]
    whole = [name for page in await walked(ask, order, 100, backward=False) for name in page]

    forward = await walked(ask, order, size, backward=False)
    backward = await walked(ask, order, size, backward=True)

    assert len(whole) == 6
    assert [name for page in forward for name in page] == whole
    assert [name for page in reversed(backward) for name in page] == whole
    assert set(whole[:2] if nulls == "FIRST" else whole[-2:]) == {"Deal 1", "Deal 4"}


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_ordered_by_what_is_never_null_make_up_the_whole_list(ask, session, home, direction):
    crm = await a_connection(session, home)
    for name in ("b", "a", "b", "c", "b"):
        await an_account_record(session, crm, await an_account(session, name))
    query = """query($after: String, $order: [AccountOrder!]) { accounts(first: 2, after: $after, orderBy: $order) {
        nodes { id name } pageInfo { hasNextPage endCursor } } }"""
    order = [{"field": "NAME", "direction": direction}]

    found, info = [], {"hasNextPage": True, "endCursor": None}
    while info["hasNextPage"]:
        page = (await ask(query, order=order, after=info["endCursor"]))["data"]["accounts"]
        found, info = [*found, *page["nodes"]], page["pageInfo"]

    assert [node["name"] for node in found] == sorted("babcb", reverse=direction == "DESC")
    assert len({node["id"] for node in found}) == 5


async def test_a_list_without_an_order_is_in_its_natural_one(ask, session, home):
    connection = await a_connection(session, home)
    for name in ("Cedar", "Alder", "Birch"):
        await an_account_record(session, connection, await an_account(session, name), name=name)

    assert names(await ask("{ accounts(first: 10) { nodes { name } } }")) == ["Alder", "Birch", "Cedar"]
    assert names(await ask("{ accounts(last: 2) { nodes { name } } }")) == ["Birch", "Cedar"]


async def test_an_empty_list_has_no_cursors(ask):
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    answer = await ask(f"{{ accounts(first: 3) {{ totalCount edges {{ cursor }} {info} }} }}")

    assert answer["data"]["accounts"] == {
        "totalCount": 0,
        "edges": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }


async def test_each_parent_has_pages_of_its_own(ask, session, home):
    connection = await a_connection(session, home)
    for name in ("Alder", "Birch"):
        account = await an_account(session, name)
        for number in range(3):
            await an_account_record(session, connection, account, name=f"{name} {number}")
    query = """query($after: String) { accounts(first: 9) { nodes { name
        records(first: 2, after: $after) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } } } }"""

    first = (await ask(query))["data"]["accounts"]["nodes"]
    after = first[1]["records"]["pageInfo"]["endCursor"]
    second = (await ask(query, after=after))["data"]["accounts"]["nodes"]

    assert [each["name"] for each in first[0]["records"]["nodes"]] == ["Alder 0", "Alder 1"]
    assert first[0]["records"]["totalCount"] == 3
    assert first[0]["records"]["pageInfo"]["hasNextPage"] is True
    assert [each["name"] for each in second[1]["records"]["nodes"]] == ["Birch 2"]


@pytest.mark.parametrize(
    "arguments",
    [
        "first: 0",
        "first: 1001",
        "first: -1",
        "last: 1001",
        "first: 1, last: 1",
        "first: null",
        "first: null, last: null",
    ],
)
async def test_a_page_has_between_1_and_1000_rows_from_one_end(ask, arguments):
    answer = await ask(f"{{ accounts({arguments}) {{ totalCount }} }}")

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_a_list_without_first_or_last_is_refused_before_anything_is_read(ask, statements, session, home):
    await session.commit()
    statements.clear()
    answer = await ask("{ accounts { totalCount nodes { records { totalCount } } } }")

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["GRAPHQL_VALIDATION_FAILED"] * 2
    assert "needs `first` or `last`" in answer["errors"][0]["message"]
    assert statements == []


@pytest.mark.parametrize(
    "other",
    [
        'people(first: 1, after: "%s") { totalCount nodes { id } }',
        'accounts(first: 1, after: "%s", orderBy: [{ field: DOMAIN }]) { nodes { id } }',
        'accounts(first: 1, after: "%s", filter: { name: { eq: "A" } }) { nodes { id } }',
        'accounts(first: 1, after: "%s", includeRemoved: true) { nodes { id } }',
        'accounts(first: 1, after: "x%s") { nodes { id } }',
        'accounts(first: 1, before: "A") { nodes { id } } #%s',
        'accounts(first: 1, before: "é") { nodes { id } } #%s',
    ],
)
async def test_a_cursor_of_another_list_is_refused(ask, session, home, other):
    await an_account_record(session, await a_connection(session, home), await an_account(session))
    answer = await ask("{ accounts(first: 1) { pageInfo { endCursor } } }")
    cursor = answer["data"]["accounts"]["pageInfo"]["endCursor"]

    refused = await ask("{ %s\n }" % (other % cursor))

    assert [error["extensions"]["code"] for error in refused["errors"]] == ["INVALID_CURSOR"]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('{ name: { eq: "Alder" } }', ["Alder"]),
        ('{ name: { contains: "LD" } }', ["Alder"]),
        ('{ name: { contains: "%" } }', ["100% Cedar"]),
        ('{ name: { in: ["Alder", "Birch", "Nobody"] } }', ["Alder", "Birch"]),
        ("{ name: { in: [] } }", []),
        ('{ domain: { eq: "birch.com" } }', ["Birch"]),
        ("{ domain: { isNull: true } }", ["100% Cedar", "Alder"]),
        ("{ domain: { isNull: false } }", ["Birch"]),
        ('{ not: { domain: { eq: "birch.com" } } }', ["100% Cedar", "Alder"]),
        ('{ or: [{ name: { eq: "Alder" } }, { domain: { contains: "birch" } }] }', ["Alder", "Birch"]),
        ('{ and: [{ name: { contains: "r" } }, { not: { name: { contains: "i" } } }] }', ["100% Cedar", "Alder"]),
        ("{ or: [] }", []),
        ("{ and: [] }", ["100% Cedar", "Alder", "Birch"]),
        ("{}", ["100% Cedar", "Alder", "Birch"]),
        ('{ records: { some: { connection: { connector: { eq: "hubspot" } } } } }', ["Birch"]),
        ('{ records: { none: { connection: { connector: { eq: "hubspot" } } } } }', ["100% Cedar", "Alder"]),
        ('{ records: { some: { connection: { organization: { name: { eq: "Partner" } } } } } }', ["Birch"]),
        ('{ opportunities: { some: { amount: { gte: 100, lt: "200.01" } } } }', ["Alder"]),
        ("{ opportunities: { some: { isWon: { eq: true } } } }", ["Alder"]),
        ('{ opportunities: { some: { closeDate: { gt: "2026-01-31" } } } }', []),
        ('{ createdAt: { gt: "2020-01-01T00:00:00Z" }, name: { eq: "Birch" } }', ["Birch"]),
        ('{ createdAt: { lte: "2020-01-01T00:00:00+01:00" } }', []),
    ],
)
async def test_accounts_are_filtered(ask, session, home, condition, expected):
    crm = await a_connection(session, home)
    theirs = await a_connection(session, home, await an_organization(session, "Partner"), "hubspot")
    alder = await an_account_record(session, crm, await an_account(session, "Alder"))
    await an_account_record(session, theirs, await an_account(session, "Birch", "birch.com"))
    await an_account_record(session, crm, await an_account(session, "100% Cedar"))
    await an_opportunity(session, crm, alder, amount=Decimal(200), currency="EUR", is_won=True)

    assert names(await ask(NAMES % condition)) == expected


async def test_accounts_are_filtered_by_id(ask, session, home):
    crm = await a_connection(session, home)
    for name in ("Alder", "Birch"):
        await an_account_record(session, crm, await an_account(session, name))
    (first, _) = (await ask("{ accounts(first: 2) { nodes { id } } }"))["data"]["accounts"]["nodes"]

    query = "query($id: ID!) { accounts(first: 2, filter: { id: { in: [$id] } }) { totalCount nodes { name } } }"
    answer = await ask(query, id=first["id"])

    assert names(answer) == ["Alder"]
    assert answer["data"]["accounts"]["totalCount"] == 1


@pytest.mark.parametrize(
    "condition",
    [
        "{ name: null }",
        "{ name: { eq: null } }",
        "{ and: null }",
        '{ id: { eq: "nonsense" } }',
        f"{{ name: {{ in: {['a'] * 501} }} }}".replace("'", '"'),
        '{ not: { not: { not: { not: { not: { not: { not: { not: { not: { name: { eq: "a" } } } } } } } } } } }',
    ],
)
async def test_a_filter_that_means_nothing_is_refused(ask, condition):
    answer = await ask("query($f: AccountFilter) { accounts(first: 1, filter: $f) { totalCount } }", f=None)
    assert answer["data"]["accounts"]["totalCount"] == 0

    refused = await ask(NAMES % condition)

    assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        ("{ createdAt: null }", "createdAt"),
        ("{ domain: { isNull: null } }", "isNull"),
        ("{ name: { in: null } }", "in"),
        ("{ or: null }", "or"),
    ],
)
async def test_what_is_null_in_a_filter_is_named_as_the_client_wrote_it(ask, condition, name):
    refused = await ask(NAMES % condition)

    assert refused["errors"][0]["message"].startswith(f"`{name}` in a filter is null")


@pytest.mark.parametrize(
    "value", ['createdAt: { gt: "yesterday" }', 'createdAt: { gt: "2026-01-01T00:00:00" }', "createdAt: { gt: 3 }"]
)
async def test_a_value_that_is_none_of_its_kind_is_refused(ask, value):
    refused = await ask(NAMES % f"{{ {value} }}")

    assert refused["errors"][0]["extensions"]["code"] in {"GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"}
    assert "Internal" not in refused["errors"][0]["message"]


async def test_a_variable_of_the_wrong_kind_is_refused(ask):
    query = "query($f: OpportunityFilter) { opportunities(first: 1, filter: $f) { totalCount } }"
    for wrong in ({"amount": {"gt": "much"}}, {"amount": {"gt": "NaN"}}, {"closeDate": {"eq": "soon"}}, {"x": 1}):
        refused = await ask(query, f=wrong)
        assert [error["extensions"]["code"] for error in refused["errors"]] == ["BAD_USER_INPUT"]


async def test_opportunities_are_ordered_by_amount_with_unknown_ones_last(ask, session, home):
    await some_deals(session, home, "5", None, "7")
    query = "{ opportunities(first: 9, orderBy: [{ field: AMOUNT, direction: DESC }]) { nodes { name } } }"

    assert names(await ask(query), "opportunities") == ["Deal 2", "Deal 0", "Deal 1"]


async def test_removed_rows_are_listed_only_where_they_are_asked_for(ask, session, home):
    crm = await a_connection(session, home)
    account = await an_account(session)
    record = await an_account_record(session, crm, account, name="Gone", removal=Removal.DELETED)
    await an_opportunity(session, crm, record, name="Lost", removal=Removal.ARCHIVED)
    query = """{ accounts(first: 9%s) { totalCount nodes { name } }
        accountRecords(first: 9%s) { totalCount nodes { name removal } }
        opportunities(first: 9%s) { totalCount nodes { name } } }"""

    hidden = (await ask(query % ("", "", "")))["data"]
    shown = (await ask(query % ((", includeRemoved: true",) * 3)))["data"]

    assert [hidden[field] for field in hidden] == [{"totalCount": 0, "nodes": []}] * 3
    assert [shown[field]["totalCount"] for field in shown] == [1, 1, 1]
    assert shown["accountRecords"]["nodes"] == [{"name": "Gone", "removal": "DELETED"}]


async def test_issues_are_filtered_by_kind_connection_and_being_open(ask, session, home):
    one, other = await a_connection(session, home, name="one"), await a_connection(session, home, name="other")
    await an_issue(session, one, subject="a")
    await an_issue(session, other, subject="b")
    query = """{ issues(first: 9, filter: { isOpen: true, kind: { in: [NEW_FIELD] },
        connection: { name: { eq: "one" } } }) { nodes { subject resolvedAt connection { name } } } }"""

    answer = await ask(query)

    assert answer["data"]["issues"]["nodes"] == [{"subject": "a", "resolvedAt": None, "connection": {"name": "one"}}]


async def test_sync_runs_are_filtered_by_state(ask, session, home):
    crm = await a_connection(session, home)
    await a_sync_run(session, crm, "accounts", state="SUCCEEDED")
    await a_sync_run(session, crm, "contacts")

    answer = await ask("{ syncRuns(first: 9, filter: { state: { eq: RUNNING } }) { nodes { stream state } } }")

    assert answer["data"]["syncRuns"]["nodes"] == [{"stream": "contacts", "state": "RUNNING"}]
