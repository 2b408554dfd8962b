import json
from datetime import timedelta
from pathlib import Path

import pytest

from hub.sandbox.world import Fate
from tests.sandbox.salesforce.builders import ACME, DEAL, GLOBEX, HOOLI, INITECH, JANE, JOHN, UMBRELLA, record_id

DATA = "/services/data/v67.0"
ROWS = f"{DATA}/composite/sobjects"
KEY = "Hub_Account_Id__c"
ACCOUNT = {"attributes": {"type": "Account"}}


async def sent(client, method: str, path: str, records: list[dict], *, all_or_none: bool = False) -> list[dict]:
    response = await client.request(method, path, json={"allOrNone": all_or_none, "records": records})
    assert response.status_code == 200, response.text
    return response.json()


def codes(items: list[dict]) -> list[str | None]:
    return [item["errors"][0]["statusCode"] if item["errors"] else None for item in items]


async def test_each_row_is_answered_for_itself(client, world, clock):
    clock.time += timedelta(minutes=1)
    records = [
        ACCOUNT | {"id": ACME, "Name": "Acme SE", KEY: "acc_1"},
        ACCOUNT | {"id": GLOBEX, "Nme": "x"},
        ACCOUNT | {"id": record_id("001", 99), "Name": "x"},
        ACCOUNT | {"id": UMBRELLA, "Name": "x"},
        ACCOUNT | {"Name": "x"},
        {"attributes": {"type": "Contact"}, "Id": JANE, "Title": "CTO"},
        {"id": INITECH, "Name": "x"},
        {"attributes": {"type": "Nothing"}, "id": INITECH},
    ]
    items = await sent(client, "PATCH", ROWS, records)
    assert items[0] == {"id": ACME, "success": True, "errors": []}
    assert codes(items) == [
        None,
        "INVALID_FIELD",
        "INVALID_CROSS_REFERENCE_KEY",
        "ENTITY_IS_DELETED",
        "MISSING_ARGUMENT",
        None,
        "JSON_PARSER_ERROR",
        "INVALID_TYPE",
    ]
    assert items[1].keys() == {"success", "errors"}
    assert items[1]["errors"][0].keys() == {"statusCode", "message", "fields"}
    copy = world.salesforce
    assert (copy.accounts[0].name, copy.accounts[0].custom[KEY], copy.contacts[0].title) == ("Acme SE", "acc_1", "CTO")


async def test_all_or_none_writes_nothing_when_one_is_wrong(client, world):
    records = [ACCOUNT | {"id": ACME, "Name": "Acme SE"}, ACCOUNT | {"id": GLOBEX, "Name": None}]
    records.append(ACCOUNT | {"id": INITECH, "AnnualRevenue": "much"})
    items = await sent(client, "PATCH", ROWS, records, all_or_none=True)
    rolled_back = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert codes(items) == [rolled_back, rolled_back, "JSON_PARSER_ERROR"]
    assert world.salesforce.accounts[0].name == "Acme GmbH"


async def test_upserts_tell_what_was_made(app, client, world):
    app.state.salesforce.org.unique.clear()
    await sent(client, "PATCH", ROWS, [ACCOUNT | {"id": ACME, KEY: "acc_1"}])
    for each in (GLOBEX, INITECH):
        await sent(client, "PATCH", ROWS, [ACCOUNT | {"id": each, KEY: "twice"}])
    records = [
        ACCOUNT | {KEY: "acc_1", "Name": "Acme SE"},
        ACCOUNT | {KEY: "acc_2", "Name": "Newco"},
        ACCOUNT | {KEY: "twice", "Name": "x"},
        ACCOUNT | {KEY: "acc_1", "Name": "x"},
        ACCOUNT | {"Name": "x"},
        {"attributes": {"type": "Contact"}, KEY: "x"},
        {KEY: "acc_3"},
    ]
    items = await sent(client, "PATCH", f"{ROWS}/Account/{KEY}", records)
    assert items[0] == {"id": ACME, "success": True, "errors": [], "created": False}
    assert items[1] == {"id": world.salesforce.accounts[-1].id, "success": True, "errors": [], "created": True}
    assert codes(items)[2:] == [
        "DUPLICATE_EXTERNAL_ID",
        "DUPLICATE_VALUE",
        "MISSING_ARGUMENT",
        "INVALID_TYPE",
        "JSON_PARSER_ERROR",
    ]
    assert world.salesforce.accounts[-1].custom[KEY] == "acc_2"


async def test_a_value_that_must_be_unique_is_written_once(client, world):
    given = [ACCOUNT | {"id": each, KEY: "twice"} for each in (ACME, GLOBEX)]
    assert codes(await sent(client, "PATCH", ROWS, given[:1])) == [None]
    assert codes(await sent(client, "PATCH", ROWS, given)) == [None, "DUPLICATE_VALUE"]
    assert codes(await sent(client, "POST", ROWS, [ACCOUNT | {"Name": "x", KEY: "twice"}])) == ["DUPLICATE_VALUE"]


async def test_upserts_by_id_change_what_is_there(client, world):
    [item] = await sent(client, "PATCH", f"{ROWS}/Account/Id", [ACCOUNT | {"Id": ACME, "Name": "Acme SE"}])
    assert (item["created"], world.salesforce.accounts[0].name) == (False, "Acme SE")


async def test_rows_are_made_and_thrown_away_together(client, world):
    made = await sent(client, "POST", ROWS, [ACCOUNT | {"Name": "One"}, ACCOUNT | {"Website": "two.example"}])
    assert codes(made) == [None, "REQUIRED_FIELD_MISSING"]
    params = {"ids": f"{made[0]['id']},{DEAL},zzz000000000000", "allOrNone": "false"}
    gone = (await client.delete(ROWS, params=params)).json()
    assert codes(gone) == [None, None, "MALFORMED_ID"]
    assert (world.salesforce.accounts[-1].fate, world.salesforce.opportunities[0].fate) == (Fate.DELETED, Fate.DELETED)


async def test_rows_are_retrieved_in_the_order_of_their_ids(client):
    asked = {"ids": [GLOBEX, HOOLI, ACME[:15], record_id("001", 99)], "fields": ["Name", "SystemModstamp", "Id"]}
    found = (await client.post(f"{ROWS}/Account", json=asked)).json()
    assert [row and row["Name"] for row in found] == ["globex 100% Ltd", None, "Acme GmbH", None]
    assert found[0].keys() == {"attributes", "Id", "Name", "SystemModstamp"}


async def test_a_row_that_somebody_holds_on_to_is_not_changed(app, client):
    app.state.salesforce.org.locked.add(ACME)
    records = [ACCOUNT | {"id": ACME, "Name": "x"}, ACCOUNT | {"id": GLOBEX, "Name": "x"}]
    assert codes(await sent(client, "PATCH", ROWS, records)) == ["UNABLE_TO_LOCK_ROW", None]


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("PATCH", ROWS, {"records": [ACCOUNT] * 201}, "EXCEEDED_MAX_SIZE_REQUEST"),
        ("PATCH", ROWS, {"records": ["x"]}, "JSON_PARSER_ERROR"),
        ("PATCH", ROWS, {}, "JSON_PARSER_ERROR"),
        ("POST", f"{ROWS}/Account", {"ids": [ACME]}, "JSON_PARSER_ERROR"),
        ("POST", f"{ROWS}/Account", {"ids": [ACME] * 2001, "fields": ["Id"]}, "EXCEEDED_MAX_SIZE_REQUEST"),
        ("PATCH", f"{ROWS}/Account/Name", {"records": []}, "NOT_FOUND"),
    ],
)
async def test_a_request_that_is_wrong_as_a_whole_is_refused(client, method, path, body, code):
    response = await client.request(method, path, json=body)
    assert (response.status_code // 100, response.json()[0]["errorCode"]) == (4, code)


async def test_an_upsert_makes_then_changes_then_cannot_choose(app, client, world):
    app.state.salesforce.org.unique.clear()
    path = f"{DATA}/sobjects/Account/{KEY}/acc%20%C3%BC"
    assert (await client.patch(path, params={"updateOnly": "true"}, json={"Name": "Newco"})).status_code == 404
    made = await client.patch(path, json={"Name": "Newco"})
    assert (made.status_code, made.json()["created"], world.salesforce.accounts[-1].custom[KEY]) == (201, True, "acc ü")
    changed = await client.patch(path, json={"Name": "Newco SE"})
    assert (changed.status_code, changed.json()) == (200, made.json() | {"created": False})
    assert (await client.get(path)).json()["Name"] == "Newco SE"
    await client.patch(f"{DATA}/sobjects/Account/{ACME}", json={KEY: "acc ü"})
    several = await client.patch(path, json={"Name": "Which?"})
    urls = [f"{DATA}/sobjects/Account/{each}" for each in (ACME, made.json()["id"])]
    assert (several.status_code, several.json()) == (300, urls)
    assert (await client.get(path)).status_code == 404


async def test_an_upsert_names_its_key_in_the_path_alone(client):
    response = await client.patch(f"{DATA}/sobjects/Account/{KEY}/acc_1", json={KEY: "acc_1"})
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, "INVALID_FIELD")


async def test_a_row_that_changed_meanwhile_is_not_written(client, world):
    path = f"{DATA}/sobjects/Account/{ACME}"
    for since, status in (("Fri, 01 May 2026 07:25:36 GMT", 412), ("Fri, 01 May 2026 07:25:37 GMT", 204)):
        response = await client.patch(path, json={"Name": f"Name {status}"}, headers={"If-Unmodified-Since": since})
        assert response.status_code == status
    assert world.salesforce.accounts[0].name == "Name 204"


async def test_what_fails_is_spelled_as_recorded(client):
    recorded = json.loads((Path(__file__).parents[1] / "fixtures/salesforce/invalid-field-upsert.json").read_text())
    response = await client.patch(f"{DATA}/sobjects/Account/Id/{JOHN}", json={"Name": "x"})
    assert response.json()[0].keys() <= recorded[0].keys() | {"fields"}
