"""What a portal is set up with: properties, pipelines, owners, the account."""

from hub.sandbox.world import World
from tests.sandbox.hubspot.conftest import Asker, StoppedClock, a_user, asking


async def test_a_property_says_its_type_and_options(hubspot: Asker) -> None:
    results = (await hubspot.get("/crm/properties/2026-03/companies")).json()["results"]
    by_name = {each["name"]: each for each in results}
    assert (by_name["name"]["type"], by_name["name"]["fieldType"]) == ("string", "text")
    assert (by_name["annualrevenue"]["type"], by_name["annualrevenue"]["fieldType"]) == ("number", "number")
    assert [each["value"] for each in by_name["type"]["options"]] == ["CUSTOMER", "PARTNER", "PROSPECT"]
    assert [each["value"] for each in by_name["is_reference"]["options"]] == ["true", "false"]
    assert by_name["hs_merged_object_ids"]["options"] == []
    assert by_name["hubspot_owner_id"]["externalOptions"] is True
    assert by_name["hs_lastmodifieddate"]["modificationMetadata"]["readOnlyValue"] is True


async def test_the_portals_own_properties_are_told_from_hubspots(hubspot: Asker) -> None:
    results = (await hubspot.get("/crm/properties/2026-03/0-2")).json()["results"]
    own = {each["name"]: each["type"] for each in results if "hubspotDefined" not in each}
    assert own == {
        "duns_number": "string",
        "health_score": "number",
        "hub_account_id": "string",
        "hub_overlapping_partners": "string",
        "is_reference": "bool",
        "renewal_date": "date",
        "segment": "string",
    }
    assert (await hubspot.get("/crm/properties/2026-03/companies", archived="true")).json() == {"results": []}


async def test_one_property_can_be_asked_for(hubspot: Asker) -> None:
    email = (await hubspot.get("/crm/properties/2026-03/contacts/email")).json()
    assert (email["name"], email["hasUniqueValue"]) == ("email", True)
    assert (await hubspot.get("/crm/properties/2026-03/contacts/nonsense")).status_code == 404


async def test_a_stage_has_an_id_of_its_own_and_says_in_words_whether_it_is_closed(hubspot: Asker) -> None:
    (pipeline,) = (await hubspot.get("/crm/pipelines/2026-03/deals")).json()["results"]
    assert [(each["id"], each["label"], each["metadata"]) for each in pipeline["stages"]] == [
        ("discovery", "Discovery", {"isClosed": "false", "probability": "0.2"}),
        ("998100001", "Price Quote", {"isClosed": "false", "probability": "0.6"}),
        ("closedwon", "Closed Won", {"isClosed": "true", "probability": "1.0"}),
        ("closedlost", "Closed Lost", {"isClosed": "true", "probability": "0.0"}),
    ]
    assert (await hubspot.get("/crm/pipelines/2026-03/deals/default")).json() == pipeline
    assert (await hubspot.get("/crm/pipelines/2026-03/deals/default/stages")).json()["results"] == pipeline["stages"]
    assert (await hubspot.get("/crm/pipelines/2026-03/deals/other")).status_code == 404
    assert (await hubspot.get("/crm/pipelines/2026-03/contacts")).json() == {"results": []}


async def test_owners_are_active_unless_the_archived_are_asked_for(hubspot: Asker) -> None:
    active = (await hubspot.get("/crm/owners/2026-03")).json()["results"]
    assert [(each["id"], each["userId"], each["archived"]) for each in active] == [
        ("11", 7_000_011, False),
        ("13", 7_000_013, False),
    ]
    (archived,) = (await hubspot.get("/crm/owners/2026-03", archived="true")).json()["results"]
    assert (archived["id"], archived["archived"], archived["userIdIncludingInactive"]) == ("12", True, 7_000_012)
    assert "userId" not in archived


async def test_owners_come_in_pages_and_by_email(clock: StoppedClock, world: World) -> None:
    world.hubspot.users[:] = [a_user(number) for number in range(1, 12)]
    async with asking(world, clock) as hubspot:
        first = (await hubspot.get("/crm/owners/2026-03", limit=5)).json()
        assert ([each["id"] for each in first["results"]], first["paging"]["next"]["after"]) == (list("12345"), "5")
        last = (await hubspot.get("/crm/owners/2026-03", limit=6, after=5)).json()
        assert len(last["results"]) == 6
        assert "paging" not in last
        (one,) = (await hubspot.get("/crm/owners/2026-03", email="oona7@home.example")).json()["results"]
        assert one["id"] == "7"


async def test_one_owner_is_found_by_id_or_by_login(hubspot: Asker) -> None:
    assert (await hubspot.get("/crm/owners/2026-03/11")).json()["email"] == "oona11@home.example"
    assert (await hubspot.get("/crm/owners/2026-03/7000011", idProperty="userId")).json()["id"] == "11"
    assert (await hubspot.get("/crm/owners/2026-03/12", archived="true")).json()["id"] == "12"
    assert (await hubspot.get("/crm/owners/2026-03/12")).status_code == 404


async def test_the_account_says_its_currency_and_time_zone(hubspot: Asker) -> None:
    details = (await hubspot.get("/account-info/2026-03/details")).json()
    assert (details["companyCurrency"], details["additionalCurrencies"]) == ("USD", ["EUR"])
    assert (details["timeZone"], details["utcOffsetMilliseconds"]) == ("US/Eastern", -18_000_000)
