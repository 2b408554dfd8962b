import gzip

import httpx
import pytest

from hub.sandbox.hubspot import credentials, hubspot_app
from hub.sandbox.world import World
from tests.sandbox.hubspot.conftest import Asker, StoppedClock, a_world, an_account, asking

COMPANIES = "/crm/objects/2026-03/companies"


async def test_a_list_goes_by_numeric_id_and_pages_by_the_last_id(hubspot: Asker) -> None:
    first = (await hubspot.get(COMPANIES, limit=3)).json()
    assert [each["id"] for each in first["results"]] == ["901", "902", "903"]
    assert first["paging"]["next"]["after"] == "903"
    last = (await hubspot.get(COMPANIES, limit=3, after="903")).json()
    assert [each["id"] for each in last["results"]] == ["20008"]
    assert "paging" not in last


async def test_a_list_has_ten_rows_unless_asked_and_never_more_than_a_hundred() -> None:
    async with asking(a_world(accounts=[an_account(number) for number in range(1, 150)])) as hubspot:
        assert len((await hubspot.get(COMPANIES)).json()["results"]) == 10
        assert len((await hubspot.get(COMPANIES, limit=100)).json()["results"]) == 100
        for limit in ("101", "0", "many"):
            refused = await hubspot.get(COMPANIES, limit=limit)
            assert (refused.status_code, refused.json()["category"]) == (400, "VALIDATION_ERROR")
        assert (await hubspot.get(COMPANIES, after="x")).status_code == 400


async def test_only_the_default_properties_come_unasked(hubspot: Asker) -> None:
    record = (await hubspot.get(f"{COMPANIES}/901")).json()
    assert record["properties"] == {
        "createdate": "2026-03-01T09:00:00.123Z",
        "domain": "acme.example",
        "hs_lastmodifieddate": "2026-05-01T07:40:38.456Z",
        "hs_object_id": "901",
        "name": "Acme GmbH",
    }
    assert record["createdAt"] == "2026-03-01T09:00:00.123Z"
    assert record["updatedAt"] == "2026-05-01T07:40:38.456Z"
    assert record["archived"] is False
    assert record["url"].endswith("/record/0-2/901")


async def test_asked_properties_are_strings_or_null_and_unknown_names_are_ignored(hubspot: Asker) -> None:
    asked = (
        "industry,numberofemployees,annualrevenue,lifecyclestage,type,duns_number,segment,health_score,is_reference,"
        "renewal_date,phone,nonsense,hs_merged_object_ids,hubspot_owner_id,hs_parent_company_id"
    )
    values = (await hubspot.get(f"{COMPANIES}/901", properties=asked)).json()["properties"]
    assert values == {
        "annualrevenue": "1.5E7",
        "createdate": "2026-03-01T09:00:00.123Z",
        "duns_number": "123456789",
        "health_score": "51.3",
        "hs_lastmodifieddate": "2026-05-01T07:40:38.456Z",
        "hs_merged_object_ids": "1005;1006",
        "hs_object_id": "901",
        "hs_parent_company_id": None,
        "hubspot_owner_id": "11",
        "industry": "COMPUTER_SOFTWARE",
        "is_reference": "true",
        "lifecyclestage": "customer",
        "numberofemployees": "12;34",
        "phone": None,
        "renewal_date": "2027-01-02",
        "segment": "SMB",
        "type": "CUSTOMER",
    }


async def test_property_names_may_be_repeated_instead_of_separated_by_commas(hubspot: Asker) -> None:
    response = await hubspot.http.get(f"{COMPANIES}/901?properties=city&properties=zip")
    assert {"city", "zip"} <= response.json()["properties"].keys()


async def test_a_deal_names_its_stage_by_id_and_its_amount_in_its_own_currency(hubspot: Asker) -> None:
    asked = (
        "dealname,dealstage,pipeline,amount,deal_currency_code,amount_in_home_currency,closedate,dealtype,hs_is_closed,"
        "hs_is_closed_won,hs_deal_stage_probability,lead_source,hs_v2_date_entered_discovery,"
        "hs_v2_date_entered_998100001,hs_v2_date_entered_closedwon"
    )
    values = (await hubspot.get("/crm/objects/2026-09/0-3/71", properties=asked)).json()["properties"]
    values = {name: value for name, value in values.items() if name in asked.split(",")}
    assert values == {
        "amount": "5000.00",
        "amount_in_home_currency": None,
        "closedate": "2026-12-31T00:00:00Z",
        "deal_currency_code": "EUR",
        "dealname": "Deal 71",
        "dealstage": "998100001",
        "dealtype": "NEW_BUSINESS",
        "hs_deal_stage_probability": "0.6",
        "hs_is_closed": "false",
        "hs_is_closed_won": "false",
        "hs_v2_date_entered_998100001": "2026-05-01T07:25:37.456Z",
        "hs_v2_date_entered_closedwon": None,
        "hs_v2_date_entered_discovery": "2026-03-01T09:00:00.123Z",
        "lead_source": "Partner Referral",
        "pipeline": "default",
    }


async def test_a_contact_knows_its_company_and_is_stamped_with_lastmodifieddate(hubspot: Asker) -> None:
    asked = "company,associatedcompanyid,hs_email_domain,website,hs_calculated_merged_vids"
    moved = (await hubspot.get("/crm/objects/2026-03/contacts/502", properties=asked)).json()["properties"]
    assert (moved["company"], moved["associatedcompanyid"], moved["hs_email_domain"]) == ("Acme GmbH", "901", None)
    assert "lastmodifieddate" in moved
    assert "hs_lastmodifieddate" not in moved
    free = (await hubspot.get("/crm/objects/2026-03/contacts/503", properties=asked)).json()["properties"]
    assert (free["company"], free["associatedcompanyid"], free["hs_email_domain"]) == (None, None, "acme.example")


async def test_a_line_of_a_deal_is_a_record_of_its_own(hubspot: Asker) -> None:
    path = "/crm/objects/2026-03/line_items"
    asked = "name,hs_product_id,quantity,price,amount,hs_line_item_currency_code"
    (line,) = (await hubspot.get(path, properties=asked)).json()["results"]
    values = line["properties"]
    assert [values[name] for name in asked.split(",")] == ["Product 31", "31", "2.5", "19.90", "49.75", "EUR"]
    (archived,) = (await hubspot.get(path, archived="true", properties="name")).json()["results"]
    assert (archived["id"], archived["properties"]["name"]) == ("42", None)


async def test_a_product_has_its_code_and_price(hubspot: Asker) -> None:
    record = (await hubspot.get("/crm/objects/2026-03/products/31", properties="hs_sku,price,hs_product_type")).json()
    values = record["properties"]
    assert (values["hs_sku"], values["price"], values["hs_product_type"]) == ("P-31", "19.90", "CLOUD_SOFTWARE")


async def test_an_archived_record_is_found_among_the_archived_only(hubspot: Asker) -> None:
    (gone,) = (await hubspot.get(COMPANIES, archived="true")).json()["results"]
    assert (gone["id"], gone["archived"], gone["archivedAt"]) == ("1004", True, "2026-09-01T08:00:00.005Z")
    assert (await hubspot.get(f"{COMPANIES}/1004")).status_code == 404
    assert (await hubspot.get(f"{COMPANIES}/1004", archived="true")).json()["id"] == "1004"


async def test_a_merged_away_id_answers_with_the_survivor(hubspot: Asker) -> None:
    for loser in ("1005", "1006"):
        assert (await hubspot.get(f"{COMPANIES}/{loser}")).json()["id"] == "901"


async def test_a_purged_record_is_gone_from_everywhere(hubspot: Asker) -> None:
    assert (await hubspot.get(f"{COMPANIES}/1007")).status_code == 404
    assert (await hubspot.get(f"{COMPANIES}/1007", archived="true")).status_code == 404


async def test_a_contact_is_found_by_its_unique_email(hubspot: Asker) -> None:
    path = "/crm/objects/2026-03/contacts/ADA501@acme.example"
    assert (await hubspot.get(path, idProperty="email")).json()["id"] == "501"
    assert (await hubspot.get(path, idProperty="lastname")).status_code == 400
    assert (await hubspot.get(path, idProperty="email", archived="true")).status_code == 404


async def test_hubspot_fills_in_a_record_seconds_after_its_creation(hubspot: Asker) -> None:
    record = (await hubspot.get(f"{COMPANIES}/20008")).json()
    assert record["createdAt"] == "2026-03-01T09:00:00.123Z"
    assert record["updatedAt"] == "2026-03-01T09:00:06.819Z"


async def test_a_batch_reads_up_to_a_hundred_and_names_the_missing(hubspot: Asker) -> None:
    body = {"inputs": [{"id": "901"}, {"id": "1005"}, {"id": "5"}, {"id": "1004"}], "properties": ["city"]}
    response = await hubspot.post(f"{COMPANIES}/batch/read", body)
    answer = response.json()
    assert response.status_code == 207
    assert [each["id"] for each in answer["results"]] == ["901"]
    assert answer["results"][0]["properties"]["city"] == "Köln"
    assert answer["numErrors"] == 1
    assert answer["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    assert answer["errors"][0]["context"] == {"ids": ["5", "1004"]}
    archived = await hubspot.post(f"{COMPANIES}/batch/read?archived=true", {"inputs": [{"id": "1004"}]})
    assert (archived.status_code, archived.json()["results"][0]["id"]) == (200, "1004")


async def test_a_batch_reads_by_a_unique_property(hubspot: Asker) -> None:
    body = {"inputs": [{"id": "ada501@acme.example"}], "idProperty": "email"}
    response = await hubspot.post("/crm/objects/2026-03/contacts/batch/read", body)
    assert [each["id"] for each in response.json()["results"]] == ["501"]


@pytest.mark.parametrize(
    "body", [{"inputs": [{"id": "1"}] * 101}, {}, {"inputs": ["1"]}, {"inputs": [{"name": "x"}]}, []]
)
async def test_a_malformed_batch_is_refused(hubspot: Asker, body: object) -> None:
    assert (await hubspot.post(f"{COMPANIES}/batch/read", body)).status_code == 400


async def test_a_body_that_is_no_json_is_refused(hubspot: Asker) -> None:
    response = await hubspot.http.post(f"{COMPANIES}/batch/read", content=b"{")
    assert (response.status_code, response.json()["category"]) == (400, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    "path",
    [
        "/crm/v3/objects/companies",
        "/crm/v4/objects/companies/901/associations/contacts",
        "/crm/objects/2025-09/companies",
        "/oauth/v1/token",
        "/nonsense",
    ],
)
async def test_only_the_two_dated_versions_answer(hubspot: Asker, path: str) -> None:
    response = await hubspot.get(path)
    assert response.status_code == 404
    assert response.json()["correlationId"] == response.headers["x-hubspot-correlation-id"]


async def test_an_unknown_object_type_is_refused_without_a_category(hubspot: Asker) -> None:
    response = await hubspot.get("/crm/objects/2026-09/butterflies")
    assert response.status_code == 400
    assert response.json()["message"] == "Unable to infer object type from: butterflies"
    assert "category" not in response.json()


async def test_every_answer_carries_the_sandboxes_date(hubspot: Asker, clock: StoppedClock) -> None:
    assert (await hubspot.get(COMPANIES)).headers["date"] == "Sun, 01 Nov 2026 12:00:00 GMT"
    clock.advance(90)
    assert (await hubspot.get("/nonsense")).headers["date"] == "Sun, 01 Nov 2026 12:01:30 GMT"


async def test_an_answer_is_compressed_where_the_client_takes_gzip(world: World) -> None:
    transport = httpx.ASGITransport(app=hubspot_app(world, StoppedClock()))
    headers = {"Authorization": f"Bearer {credentials().service_key}", "Accept-Encoding": "gzip"}
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as http,
        http.stream("GET", "/crm/properties/2026-03/companies") as response,
    ):
        raw = b"".join([chunk async for chunk in response.aiter_raw()])
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw).startswith(b'{"results":[')
