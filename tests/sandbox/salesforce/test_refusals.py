import json
from pathlib import Path

import pytest

from hub.sandbox.salesforce.sessions import DAILY_REQUESTS
from tests.sandbox.salesforce.builders import ACME, DEAL, UMBRELLA, client_of

RECORDED = Path(__file__).parents[1] / "fixtures" / "salesforce"

REFUSED = [
    ("SELECT Nme FROM Account", "INVALID_FIELD", "No such column 'Nme' on entity 'Account'."),
    ("SELECT Id, Owner.Nme FROM Account", "INVALID_FIELD", "No such column 'Nme' on entity 'User'."),
    ("SELECT Id FROM Account WHERE Nme = 'x'", "INVALID_FIELD", "No such column 'Nme'"),
    ("SELECT Id FROM Account ORDER BY Nme", "INVALID_FIELD", "No such column 'Nme'"),
    ("SELECT IsPartner FROM Account", "INVALID_FIELD", "No such column 'IsPartner'"),
    ("SELECT Owned.Name FROM Account", "INVALID_FIELD", "Didn't understand relationship 'Owned'"),
    ("SELECT Id, id FROM Account", "INVALID_FIELD", "duplicate field selected: Id"),
    ("SELECT Id, FIELDS(STANDARD) FROM Account", "INVALID_FIELD", "duplicate field selected: Id"),
    ("SELECT Id FROM Account WHERE BillingAddress = 'x'", "INVALID_FIELD", "can not be filtered"),
    ("SELECT Id FROM Opportunity WHERE Description LIKE 'x'", "INVALID_FIELD", "can not be filtered"),
    ("SELECT Id FROM Account ORDER BY BillingAddress", "INVALID_FIELD", "can not be sorted"),
    ("SELECT Id FROM Account WHERE IsDeleted = 'true'", "INVALID_FIELD", "should not be enclosed in quotes"),
    ("SELECT Id FROM Account WHERE SystemModstamp > '2026-01-01T00:00:00Z'", "INVALID_FIELD", "should not be enclosed"),
    ("SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01", "INVALID_FIELD", "must be of type datetime"),
    ("SELECT Id FROM Opportunity WHERE CloseDate > 2026-01-01T00:00:00Z", "INVALID_FIELD", "must be of type date"),
    ("SELECT Id FROM Account WHERE Name = 7", "INVALID_FIELD", "should be enclosed in quotes"),
    ("SELECT Id FROM Account WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: x"),
    ("SELECT Id FROM Account WHERE Id LIKE '001%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on id field"),
    ("SELECT Id FROM ChannelProgram", "INVALID_TYPE", "sObject type 'ChannelProgram' is not supported."),
    ("SELECT Id, (SELECT Id FROM Oppties) FROM Account", "INVALID_TYPE", "relationship 'Oppties'"),
    ("SELECT FIELDS(ALL) FROM Account", "MALFORMED_QUERY", "LIMIT of at most 200"),
    ("SELECT FIELDS(CUSTOM) FROM Account LIMIT 201", "MALFORMED_QUERY", "LIMIT of at most 200"),
    ("SELECT FIELDS(MOST) FROM Account LIMIT 1", "MALFORMED_QUERY", "unexpected token: 'MOST'"),
    ("SELECT FROM Account", "MALFORMED_QUERY", "unexpected token: 'FROM'"),
    ("SELECT Id Account", "MALFORMED_QUERY", "unexpected token: 'Account'"),
    ("SELECT * FROM Account", "MALFORMED_QUERY", "unexpected token: '*'"),
    ("SELECT 'Id' FROM Account", "MALFORMED_QUERY", "unexpected token: ''Id''"),
    ("DELETE Id FROM Account", "MALFORMED_QUERY", "unexpected token: 'DELETE'"),
    ("SELECT UPPER(Name) FROM Account", "MALFORMED_QUERY", "unexpected token: 'UPPER'"),
    ("SELECT Id FROM Account a", "MALFORMED_QUERY", "unexpected token: 'a'"),
    ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    ("SELECT Id FROM Account WHERE Name IS NULL", "MALFORMED_QUERY", "unexpected token: 'IS'"),
    ("SELECT Id FROM Account WHERE Name = 'x", "MALFORMED_QUERY", "unexpected token: '''"),
    ("SELECT Id FROM Account WHERE Name = 'a\\qb'", "MALFORMED_QUERY", "illegal escape: '\\q'"),
    ("SELECT Id FROM Account WHERE (Name = 'x'", "MALFORMED_QUERY", "unexpected token"),
    ("SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", "MALFORMED_QUERY", "token: 'OR'"),
    ("SELECT Id FROM Account WHERE CreatedDate = NOWISH", "MALFORMED_QUERY", "unexpected token: 'NOWISH'"),
    ("SELECT Id FROM Account WHERE CreatedDate = LAST_N_DAYS:x", "MALFORMED_QUERY", "unexpected token: 'x'"),
    ("SELECT Id FROM Account WHERE CreatedDate > 2026-02-30T00:00:00Z", "MALFORMED_QUERY", "unexpected token: '2026"),
    ("SELECT Id FROM Account LIMIT -1", "MALFORMED_QUERY", "unexpected token: '-1'"),
    ("SELECT Id FROM Account ORDER BY Name NULLS", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    ("SELECT Id, COUNT(Id) FROM Account", "MALFORMED_QUERY", "must be grouped or aggregated"),
    ("SELECT Id, COUNT() FROM Account", "MALFORMED_QUERY", "COUNT() must be the only element"),
    ("SELECT SUM(Name) FROM Account", "MALFORMED_QUERY", "does not support aggregate operator SUM"),
    ("SELECT Name FROM Account GROUP BY Name HAVING COUNT(Id) > 1", "MALFORMED_QUERY", "unexpected token: 'HAVING'"),
    ("SELECT Id FROM Account OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000"),
]


@pytest.mark.parametrize(("soql", "code", "problem"), REFUSED)
async def test_a_query_is_refused(client, soql, code, problem):
    response = await client.get("/services/data/v67.0/query", params={"q": soql})
    assert response.status_code == 400
    [error] = response.json()
    assert error["errorCode"] == code
    assert problem in error["message"]
    assert error.keys() == {"message", "errorCode"}


async def test_a_query_is_wanted(client):
    response = await client.get("/services/data/v67.0/query")
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, "MALFORMED_QUERY")


async def test_an_unknown_object_is_shown_where_the_recorded_error_shows_it(client):
    recorded = json.loads((RECORDED / "unknown-object.json").read_text())[0]
    soql = "SELECT Id,Name,BillingCity,IsDeleted FROM Accout"
    [error] = (await client.get("/services/data/v67.0/query", params={"q": soql})).json()
    assert error["errorCode"] == recorded["errorCode"]
    assert error["message"].splitlines()[:4] == recorded["message"].splitlines()[:4]


async def test_a_mistake_is_placed_by_row_and_column(client):
    soql = "SELECT Id,\n  Nme\nFROM Account"
    [error] = (await client.get("/services/data/v67.0/query", params={"q": soql})).json()
    assert "ERROR at Row:2:Column:3\nNo such column 'Nme'" in error["message"]


async def test_an_unknown_field_in_a_body_is_refused_as_recorded(client):
    response = await client.patch(f"/services/data/v67.0/sobjects/Account/{ACME}", json={"AccountNumer": "7"})
    assert response.status_code == 400
    assert response.json() == json.loads((RECORDED / "unknown-field.json").read_text())


async def test_a_field_that_cannot_be_written_is_refused_as_recorded(client):
    recorded = json.loads((RECORDED / "invalid-field-upsert.json").read_text())[0]
    response = await client.post("/services/data/v67.0/sobjects/Account", json={"Name": "x", "MasterRecordId": ACME})
    [error] = response.json()
    assert response.status_code == 400
    assert (error["errorCode"], error["fields"]) == (recorded["errorCode"], recorded["fields"])
    assert error["message"].startswith("Unable to create/update fields: MasterRecordId.")


async def test_a_row_in_the_bin_is_refused_as_recorded(client):
    response = await client.delete(f"/services/data/v67.0/sobjects/Account/{UMBRELLA}")
    assert response.status_code == 404
    assert response.json() == json.loads((RECORDED / "entity-is-deleted.json").read_text())


@pytest.mark.parametrize(
    "path",
    [
        "/services/data/v67.0/nothing",
        "/services/data/v67.0/sobjects/ChannelProgram",
        "/services/data/v67.0/sobjects/ChannelProgram/describe",
        f"/services/data/v67.0/sobjects/Account/{DEAL}",
        "/services/data/v67.0/sobjects/Account/acme",
        "/services/data/v99.0/limits",
        "/services/data/v67/limits",
        "/services/data/vX.0/limits",
    ],
)
async def test_what_is_not_there_is_answered_with_an_array(client, path):
    response = await client.get(path)
    assert response.status_code == 404
    assert response.json()[0]["errorCode"] == "NOT_FOUND"


async def test_a_retired_version_is_gone(client):
    response = await client.get("/services/data/v30.0/limits")
    assert (response.status_code, response.json()[0]["errorCode"]) == (410, "UNSUPPORTED_API_VERSION")


async def test_a_method_that_a_resource_lacks_is_not_allowed(client):
    response = await client.put("/services/data/v67.0/limits")
    assert (response.status_code, response.json()[0]["errorCode"]) == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic x", ""])
async def test_without_a_session_nothing_is_told(app, header):
    async with client_of(app) as stranger:
        response = await stranger.get("/services/data/v67.0/limits", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


async def test_too_long_a_request_is_refused_in_html(client):
    soql = "SELECT Id FROM Account WHERE Name IN ('{}')".format("x" * 16_300)
    response = await client.get("/services/data/v67.0/query", params={"q": soql})
    assert response.status_code == 414
    assert response.headers["Content-Type"].startswith("text/html")
    assert "Date" in response.headers


async def test_headers_count_towards_the_longest_request(client):
    fitting = {"X-Long": "x" * 15_000}
    assert (await client.get("/services/data/v67.0/limits", headers=fitting)).status_code == 200
    assert (await client.get(f"/services/data/v67.0/limits?{'x' * 1300}", headers=fitting)).status_code == 414


async def test_the_daily_quota_is_counted_and_ends(app, client):
    response = await client.get("/services/data/v67.0/limits")
    assert response.headers["Sforce-Limit-Info"] == f"api-usage=1/{DAILY_REQUESTS}"
    assert response.json()["DailyApiRequests"] == {"Max": DAILY_REQUESTS, "Remaining": DAILY_REQUESTS - 1}
    app.state.salesforce.quota.used = DAILY_REQUESTS
    response = await client.get("/services/data/v67.0/limits")
    assert response.status_code == 403
    assert response.json() == [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
