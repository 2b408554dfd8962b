from datetime import timedelta

import pytest

from hub.sandbox.salesforce import salesforce_app
from hub.sandbox.salesforce.org import INDEXED
from hub.sandbox.world import AccountEntry, CampaignEntry, CampaignMemberEntry, Fate
from tests.sandbox.salesforce.builders import (
    MAY,
    Copy,
    a_campaign,
    a_client,
    a_world,
    many_accounts,
    record_id,
)

DATA = "/services/data/v67.0"
SECOND = timedelta(seconds=1)
HALF = "2026-05-01T08:25:37Z"


def indexed_accounts() -> list[AccountEntry]:
    """So many that they are indexed, two in each second; every fifth is deleted."""
    rows = many_accounts(INDEXED)
    for number, row in enumerate(rows):
        row.modified_at = MAY + (number // 2) * SECOND + timedelta(microseconds=number)
        row.fate = Fate.LIVE if number % 5 else Fate.DELETED
    return rows


@pytest.fixture(scope="module")
def accounts() -> list[AccountEntry]:
    """Read only."""
    return indexed_accounts()


@pytest.fixture
async def client(accounts, clock):
    async with a_client(salesforce_app(a_world(Copy(accounts=accounts)), clock)) as client:
        yield client


def key(row) -> tuple:
    return (row.modified_at.replace(microsecond=0), row.id)


async def ids(client, where: str, resource: str = "queryAll") -> list[str]:
    page = (await client.get(f"{DATA}/{resource}", params={"q": f"SELECT Id FROM Account {where}"})).json()
    return [row["Id"] for row in page["records"]]


MARK = MAY + 3600 * SECOND
STAMPS = [
    (f"SystemModstamp >= {HALF}", lambda at, _: at >= MARK),
    (f"SystemModstamp > {HALF}", lambda at, _: at > MARK),
    (f"SystemModstamp = {HALF}", lambda at, _: at == MARK),
    (
        f"SystemModstamp < {HALF} AND SystemModstamp >= 2026-05-01T08:15:37Z",
        lambda at, _: MARK - 600 * SECOND <= at < MARK,
    ),
    (f"SystemModstamp <= {HALF} AND SystemModstamp != {HALF}", lambda at, _: at < MARK),
    (f"NOT SystemModstamp < {HALF}", lambda at, _: at >= MARK),
    (
        f"SystemModstamp > {HALF} OR (SystemModstamp = {HALF} AND Id > '{record_id('001', 7201)}')",
        lambda at, id_: (at, id_) > (MARK, record_id("001", 7201)),
    ),
    (
        f"SystemModstamp < {HALF} OR Id = '{record_id('001', 9999)}'",
        lambda at, id_: at < MARK or id_ == record_id("001", 9999),
    ),
]


@pytest.mark.parametrize(("where", "is_found"), STAMPS)
async def test_an_index_finds_what_a_search_would(client, accounts, where, is_found):
    expected = [row.id for row in sorted(accounts, key=key) if is_found(*key(row))]
    assert await ids(client, f"WHERE {where} ORDER BY SystemModstamp, Id LIMIT 300") == expected[:300]


async def test_ids_are_an_order_too(client, accounts):
    first = record_id("001", 5000)
    expected = [row.id for row in accounts if row.id > first and row.fate is Fate.LIVE]
    found = await ids(client, f"WHERE Id > '{first}' ORDER BY Id LIMIT 100 OFFSET 3", "query")
    assert found == expected[3:103]
    assert (
        len(await ids(client, f"WHERE Id <= '{record_id('001', 20)}' AND Id >= '{record_id('001', 11)}' ORDER BY Id"))
        == 10
    )


async def test_other_orders_are_not_the_index_s(client, accounts):
    in_order = [row.id for row in sorted(accounts, key=key)]
    last = sorted(accounts, key=lambda row: (-key(row)[0].timestamp(), row.id))
    assert await ids(client, "ORDER BY SystemModstamp DESC, Id LIMIT 5") == [row.id for row in last][:5]
    assert await ids(client, "ORDER BY SystemModstamp, Id LIMIT 5") == in_order[:5]
    assert sorted(await ids(client, f"WHERE SystemModstamp = {HALF}")) == sorted(in_order[7200:7202])


async def test_an_index_hears_of_changes(clock):
    app = salesforce_app(a_world(Copy(accounts=indexed_accounts())), clock)
    here, since = app.state.salesforce, "WHERE SystemModstamp >= 2026-11-01T00:00:00Z ORDER BY SystemModstamp, Id"
    async with a_client(app) as client:
        assert await ids(client, since) == []
        made = here.create("Account", {"Name": "New"})
        clock.time += SECOND
        here.edit("Account", record_id("001", 4), {"Name": "Changed"})
        here.remove("Account", record_id("001", 2))
        assert await ids(client, since) == [made, record_id("001", 2), record_id("001", 4)]
        assert await ids(client, f"WHERE Id >= '{made}' ORDER BY Id") == [made]


async def test_what_hangs_on_rows_is_indexed_too(clock):
    campaign: CampaignEntry = a_campaign()
    campaign.members = [
        CampaignMemberEntry(id=record_id("00v", number), contact=None, lead=None, status="Sent", has_responded=False)
        for number in range(INDEXED)
    ]
    app = salesforce_app(a_world(Copy(campaigns=[campaign])), clock)
    soql = {"q": "SELECT Id FROM CampaignMember WHERE IsDeleted = FALSE ORDER BY SystemModstamp, Id LIMIT 2"}
    async with a_client(app) as client:
        for gone in range(2):
            rows = (await client.get(f"{DATA}/query", params=soql)).json()["records"]
            assert [row["Id"] for row in rows] == [record_id("00v", gone), record_id("00v", gone + 1)]
            app.state.salesforce.remove("CampaignMember", rows[0]["Id"])


async def test_an_index_does_not_sort_by_what_cannot_be_sorted_by(accounts, clock):
    app = salesforce_app(a_world(Copy(accounts=accounts)), clock)
    app.state.salesforce.org.make_unfilterable("Account", "SystemModstamp")
    async with a_client(app) as client:
        params = {"q": "SELECT Id FROM Account ORDER BY SystemModstamp LIMIT 1"}
        response = await client.get(f"{DATA}/query", params=params)
        assert (response.status_code, response.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
