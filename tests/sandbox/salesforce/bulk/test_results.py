import csv
import io
from datetime import timedelta

import pytest

from hub.sandbox.world import Fate
from tests.sandbox.salesforce.builders import ACME, GLOBEX, HOOLI, INITECH, JANE, UMBRELLA, record_id
from tests.sandbox.salesforce.bulk.test_jobs import JOBS, made, refused

ODD = 'Quote " comma, line\nand\r\nreturn\u2028sep \x85 ünï'


async def complete(app, client, soql: str, **asked) -> str:
    app.state.salesforce.jobs.polls = 0
    job = await made(client, query=soql, **asked)
    assert (await client.get(f"{JOBS}/{job['id']}")).json()["state"] == "JobComplete"
    return f"{JOBS}/{job['id']}/results"


def rows(text: str, **dialect) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True, **dialect))


async def test_every_value_is_spelled_as_bulk_does(app, client):
    soql = (
        "SELECT Id, Name, Owner.Name, Parent.Id, AnnualRevenue, NumberOfEmployees, Is_Key__c, Renewal__c, IsDeleted,"
        " SystemModstamp, Website FROM Account WHERE Id IN "
        f"('{ACME}', '{GLOBEX}') ORDER BY Id"
    )
    response = await client.get(await complete(app, client, soql))
    stamps = "2026-05-01T07:25:37.000Z", "2026-05-03T07:25:37.000Z"
    assert response.headers["Content-Type"].startswith("text/csv")
    assert response.text == (
        '"Id","Name","Owner.Name","Parent.Id","AnnualRevenue","NumberOfEmployees","Is_Key__c","Renewal__c","IsDeleted",'
        '"SystemModstamp","Website"\n'
        f'"{ACME}","Acme GmbH","Bob Baker","","1.39E8","250","true","","false","{stamps[0]}","https://acme.example"\n'
        f'"{GLOBEX}","globex 100% Ltd","Ann Archer","{ACME}","50000.5","","false","2027-01-31","false",'
        f'"{stamps[1]}",""\n'
    )


async def test_no_character_of_a_text_is_lost(app, client, world):
    world.salesforce.accounts[0].street = ODD
    where = f"SELECT BillingStreet FROM Account WHERE Id = '{ACME}'"
    response = await client.get(await complete(app, client, where, lineEnding="CRLF", columnDelimiter="PIPE"))
    assert response.content.endswith(b'"\r\n')
    assert rows(response.content.decode(), delimiter="|") == [["BillingStreet"], [ODD]]


async def test_no_rows_are_a_header_alone(app, client):
    response = await client.get(await complete(app, client, "SELECT Id FROM Account WHERE Name = 'nobody'"))
    assert response.text == '"Id"\n'
    assert (response.headers["Sforce-NumberOfRecords"], response.headers["Sforce-Locator"]) == ("0", "null")


async def test_query_all_sees_what_went(app, client):
    response = await client.get(
        await complete(app, client, "SELECT Id, IsDeleted, MasterRecordId FROM Account", operation="queryAll")
    )
    gone = {row[0]: row[2] for row in rows(response.text) if row[1] == "true"}
    assert gone == {UMBRELLA: "", HOOLI: ACME}


async def test_results_are_read_page_by_page_and_again(app, client):
    path = await complete(app, client, "SELECT Id FROM Account ORDER BY Id")
    first = await client.get(path, params={"maxRecords": 2})
    assert (first.headers["Sforce-NumberOfRecords"], first.headers["Sforce-Locator"]) == ("2", "Mg")
    for _ in range(2):
        last = await client.get(path, params={"maxRecords": 2, "locator": "Mg"})
        assert (last.headers["Sforce-NumberOfRecords"], last.headers["Sforce-Locator"]) == ("1", "null")
        assert rows(first.text)[1:] + rows(last.text)[1:] == [[ACME], [GLOBEX], [INITECH]]


async def test_a_locator_outlives_the_session(app, client):
    path = await complete(app, client, "SELECT Id FROM Account")
    app.state.salesforce.sessions.expire()
    client.headers["Authorization"] = f"Bearer {app.state.salesforce.sessions.token()}"
    assert rows((await client.get(path, params={"locator": "Mg"})).text)[1:] == [[INITECH]]


async def test_pages_are_named_to_be_read_side_by_side(app, client, world):
    app.state.salesforce.jobs.page_size = 1
    world.salesforce.accounts += [
        type(world.salesforce.accounts[0])(
            id=record_id("001", 50 + n),
            created_at=world.salesforce.accounts[0].created_at,
            modified_at=world.salesforce.accounts[0].created_at,
            truth=1,
            name=f"More {n}",
        )
        for n in range(4)
    ]
    path = (await complete(app, client, "SELECT Id FROM Account")).removesuffix("results")
    body = (await client.get(f"{path}resultPages")).json()
    more = (await client.get(body["nextRecordsUrl"])).json()
    urls = [page["resultUrl"] for page in body["resultPages"] + more["resultPages"]]
    assert (len(body["resultPages"]), body["done"], more["done"]) == (5, False, True)
    found = [row for url in urls for row in rows((await client.get(url)).text)[1:]]
    assert len(found) == len({row[0] for row in found}) == 7


async def test_results_are_as_they_were_when_they_were_found(app, client, clock):
    accounts = await complete(app, client, "SELECT Id, Name, Hub_Account_Id__c FROM Account ORDER BY Id")
    roles = await complete(app, client, "SELECT ContactId, IsDeleted, Opportunity.Id FROM OpportunityContactRole")
    before = (await client.get(accounts)).text, (await client.get(roles)).text
    clock.time += timedelta(minutes=1)
    here = app.state.salesforce
    here.edit("Account", ACME, {"Name": "Acme SE", "Hub_Account_Id__c": "acc_1"})
    here.remove("Account", GLOBEX)
    here.remove("Contact", JANE)
    assert ((await client.get(accounts)).text, (await client.get(roles)).text) == before
    assert "Acme SE" in (await client.get(await complete(app, client, "SELECT Id, Name FROM Account"))).text


async def test_another_version_gets_no_results(app, client):
    path = await complete(app, client, "SELECT Id FROM Account")
    assert (await refused(client, "GET", path.replace("v67.0", "v66.0")))[0] == 409


async def test_a_body_may_stop_short_without_a_word(app, client):
    path = await complete(app, client, "SELECT Id, Name FROM Account")
    whole = (await client.get(path)).content
    app.state.salesforce.jobs.cuts.append(30)
    short = await client.get(path)
    assert (short.status_code, short.content, short.headers["Sforce-NumberOfRecords"]) == (200, whole[:30], "3")
    assert (await client.get(path)).content == whole


@pytest.mark.parametrize("params", [{"locator": "x!"}, {"maxRecords": "0"}, {"maxRecords": "many"}])
async def test_what_makes_no_page_is_refused(app, client, params):
    path = await complete(app, client, "SELECT Id FROM Account")
    assert (await refused(client, "GET", path, params=params))[0] == 400


async def test_a_job_that_still_runs_has_no_results(client):
    job = await made(client)
    assert (await refused(client, "GET", f"{JOBS}/{job['id']}/results"))[1] == "INVALIDJOBSTATE"


async def test_hidden_rows_stay_hidden(app, client, world):
    world.salesforce.accounts[1].fate = Fate.PURGED
    path = await complete(app, client, "SELECT Id FROM Account", operation="queryAll")
    assert [GLOBEX] not in rows((await client.get(path)).text)
