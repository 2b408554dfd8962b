from tests.sandbox.hubspot.conftest import Asker

OBJECTS = "/crm/objects/2026-03"


async def test_tickets_are_read_by_name_and_by_number(hubspot: Asker) -> None:
    for kind in ("tickets", "0-5"):
        records = (await hubspot.get(f"{OBJECTS}/{kind}")).json()["results"]
        assert [(each["id"], each["properties"]["hs_pipeline_stage"]) for each in records] == [("61", "1"), ("62", "4")]
    assert await hubspot.found("tickets", {"propertyName": "subject", "operator": "EQ", "value": "ticket 62"}) == ["62"]


async def test_a_ticket_belongs_to_companies_contacts_and_deals(hubspot: Asker) -> None:
    async def types(pair: str, one: str) -> list[tuple[int, list[int]]]:
        body = {"inputs": [{"id": one}]}
        (row,) = (await hubspot.post(f"/crm/associations/2026-09/{pair}/batch/read", body)).json()["results"]
        return [(to["toObjectId"], [each["typeId"] for each in to["associationTypes"]]) for to in row["to"]]

    assert await types("tickets/companies", "61") == [(901, [26, 339])]
    assert await types("companies/tickets", "903") == [(62, [25, 340])]
    assert await types("tickets/contacts", "61") == [(501, [16])]
    assert await types("deals/tickets", "71") == [(62, [27])]


async def test_a_ticket_moves_through_the_support_pipeline(hubspot: Asker) -> None:
    (pipeline,) = (await hubspot.get("/crm/pipelines/2026-03/tickets")).json()["results"]
    assert (pipeline["id"], [stage["id"] for stage in pipeline["stages"]]) == ("0", ["1", "2", "3", "4"])
    assert pipeline["stages"][-1]["metadata"] == {"ticketState": "CLOSED", "isClosed": "true"}
    made = (await hubspot.post(f"{OBJECTS}/tickets", {"properties": {"subject": "Help"}})).json()
    path = f"{OBJECTS}/tickets/{made['id']}"
    closed = (await hubspot.http.patch(path, json={"properties": {"hs_pipeline_stage": "4"}})).json()["properties"]
    assert closed["closed_date"] == "2026-11-01T12:00:00.000Z"
    assert (await hubspot.http.patch(path, json={"properties": {"hs_pipeline_stage": "9"}})).status_code == 400
