"""What administrators, other apps and bad luck do to a client."""

DATA = "/services/data/v67.0"
LIMITS = f"{DATA}/limits"


async def test_the_quota_may_name_the_app_or_say_nothing(app, client):
    quota = app.state.salesforce.quota
    assert (await client.get(LIMITS)).headers["Sforce-Limit-Info"] == "api-usage=1/15000"
    quota.app = (17, 250, "hub")
    told = (await client.get(LIMITS)).headers["Sforce-Limit-Info"]
    assert told == "api-usage=2/15000; per-app-api-usage=17/250(appName=hub)"
    quota.told = False
    assert "Sforce-Limit-Info" not in (await client.get(LIMITS)).headers


async def test_too_many_at_once_is_over_soon(app, client):
    app.state.salesforce.quota.crowded = 1
    refused = await client.get(LIMITS)
    message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    assert (refused.status_code, refused.json()) == (403, [{"message": message, "errorCode": "REQUEST_LIMIT_EXCEEDED"}])
    assert (await client.get(LIMITS)).status_code == 200


async def test_a_field_may_vanish_between_describe_and_query(app, client):
    described = await client.get(f"{DATA}/sobjects/Account/describe")
    known = {"If-Modified-Since": described.headers["Last-Modified"]}
    tag = {"If-None-Match": described.headers["ETag"]}
    for condition in (known, tag, tag | {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}):
        assert (await client.get(f"{DATA}/sobjects/Account/describe", headers=condition)).status_code == 304
    app.state.salesforce.org.hide("Account", "Website")
    refused = (await client.get(f"{DATA}/query", params={"q": "SELECT Website FROM Account"})).json()
    assert "No such column 'Website'" in refused[0]["message"]
    assert (await client.get(f"{DATA}/sobjects/Account/describe", headers=tag)).status_code == 200
    again = await client.get(f"{DATA}/sobjects/Account/describe", headers=known)
    assert "Website" not in {field["name"] for field in again.json()["fields"]}


async def test_an_object_may_vanish(app, client):
    app.state.salesforce.org.withdraw("Campaign")
    assert (await client.get(f"{DATA}/sobjects/Campaign/describe")).status_code == 404
    refused = (await client.get(f"{DATA}/query", params={"q": "SELECT Id FROM Campaign"})).json()
    assert refused[0]["errorCode"] == "INVALID_TYPE"


async def test_a_cursor_may_not_be_filterable(app, client):
    app.state.salesforce.org.make_unfilterable("Account", "SystemModstamp")
    fields = (await client.get(f"{DATA}/sobjects/Account/describe")).json()["fields"]
    [stamp] = [field for field in fields if field["name"] == "SystemModstamp"]
    assert (stamp["filterable"], stamp["sortable"]) == (False, False)
    soql = {"q": "SELECT Id FROM Account WHERE SystemModstamp > 2026-01-01T00:00:00Z"}
    assert (await client.get(f"{DATA}/query", params=soql)).json()[0]["errorCode"] == "INVALID_FIELD"
