"""Whole answers that HubSpot really gave, as our streams meet them."""

import httpx
import pytest

from hub.connectors.hubspot import CONNECTOR, client, mapping
from hub.connectors.hubspot.definitions import pipeline_pages

from .memory import decoded
from .wire import DATE, answer, opened, recorded

STREAMS = {stream.name: stream for stream in CONNECTOR.streams}


def giving(name, *ends):
    """The wire, but for paths with one of these ends, which answer with the recording."""

    def answered(request):
        if request.url.path.endswith(ends):
            return httpx.Response(200, json=recorded(name), headers={"Date": DATE})
        return answer(request)

    return answered


def contacts_in(payloads):
    return [record for payload in payloads for record in mapping.contact(decoded(payload))]


async def test_a_page_of_a_list_gives_its_contacts():
    wire = giving("list-page", "/objects/2026-03/contacts")
    async with opened(wire) as source:
        page = await anext(client.listed_records(source, "contacts", ("email",)))
    rows, onward = page
    said = contacts_in(rows.payloads.values())
    assert [record.external_id for record in said] == [each["id"] for each in recorded("list-page")["results"]]
    assert all(record.email.endswith("@mail.example") for record in said)
    assert onward == recorded("list-page")["paging"]["next"]["after"]


async def test_a_batch_gives_its_contacts():
    found = recorded("batch-read")["results"]
    async with opened(giving("batch-read", "/batch/read")) as source:
        pages = [page async for page in STREAMS["contacts"].among(source, [each["id"] for each in found])]
    said = contacts_in(payload for page in pages for payload in page.payloads)
    assert [record.last_name for record in said] == [each["properties"]["lastname"] for each in found]
    assert all(record.custom == {} for record in said)


@pytest.mark.parametrize(
    ("name", "total", "after"),
    [("search-first-page", 57, "54"), ("search-second-page", 57, None), ("search-single-page", 115, None)],
)
async def test_a_page_of_a_search_gives_its_records_and_where_it_goes_on(name, total, after):
    async with opened(giving(name, "/search")) as source:
        found = await client.search(source, "contacts", (), ("lastmodifieddate",))
    assert found.total == total == recorded(name)["total"]
    assert [each.id for each in found.results] == [each["id"] for each in recorded(name)["results"]]
    assert found.after() == after == recorded(name).get("paging", {}).get("next", {}).get("after")


@pytest.mark.parametrize(("name", "kind"), [("contact-properties", "contacts"), ("deal-properties", "deals")])
async def test_properties_tell_their_types(name, kind):
    async with opened(giving(name, f"/properties/2026-03/{kind}")) as source:
        fields, _ = await client.properties(source, kind)
    assert fields == {each["name"]: each["type"] for each in recorded(name)["results"]}
    assert "enumeration" in fields.values()


@pytest.mark.parametrize(("name", "kind"), [("contact-pipelines", "contacts"), ("deal-pipelines", "deals")])
async def test_pipelines_tell_which_stages_are_closed(name, kind):
    async with opened(giving(name, f"/pipelines/2026-03/{kind}")) as source:
        [page] = [page async for page in pipeline_pages(kind, source, None)]
    for payload, sent in zip(map(decoded, page.payloads), recorded(name)["results"], strict=True):
        [pipeline] = mapping.pipeline(payload)
        stages = list(mapping.stages(payload))
        assert (pipeline.label, pipeline.source_created_at) == (sent["label"], None)
        assert [stage.name for stage in stages] == [stage["id"] for stage in sent["stages"]]
        assert [stage.is_closed for stage in stages] == [
            stage["metadata"]["isClosed"] == "true" for stage in sent["stages"]
        ]
