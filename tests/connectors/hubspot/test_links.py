"""What records are linked to, as far as the wire can go wrong."""

import json

import httpx
import msgspec
import pytest

from hub.connectors.hubspot.links import links
from hub.errors import Unavailable, UnexpectedPayload

from .wire import STREAMS, answer, batch, instead, opened, payloads, read, recorded


async def linked(wire, *ids):
    async with opened(wire) as source:
        return await links(source, "deals", "companies", ids)


@pytest.mark.parametrize("said", [{}, {"numErrors": 1}, batch([], fromObjectId=["501"])])
async def test_silence_about_the_links_of_a_record_does_not_pass_for_none(said):
    with pytest.raises(Unavailable, match=r"nothing was said of [12] of 2 records"):
        await linked(instead(batch_read={"results": [], **said}), "501", "502")


async def test_failures_that_are_counted_and_not_named_are_taken_for_as_many_records():
    wire = instead(batch_read=batch([], fromObjectId=["501"]) | {"numErrors": 3})
    assert len(await linked(wire, "501", "502", "503")) == 3
    with pytest.raises(Unavailable):
        await linked(wire, "501", "502", "503", "504")


async def test_recorded_links_arrive_as_sent_and_records_without_any_as_having_none():
    found = await linked(
        instead(batch_read=lambda request: httpx.Response(207, json=recorded("associations"))), "501", "103107104018"
    )
    assert msgspec.json.decode(found["501"].sent) == recorded("associations")["results"][0]
    assert (found["103107104018"].sent, found["103107104018"].to) == (None, [])


async def test_no_links_is_a_payload_that_says_so():
    wire = instead(companies_batch_read=lambda request: httpx.Response(207, json=recorded("associations")))
    payloads = [payload for page in await read(wire, "contact_accounts") for payload in page.payloads]
    assert b'{"from":{"id":"103107104018"},"to":[]}' in payloads
    assert [len(list(STREAMS["contact_accounts"].to_records(json.loads(each)))) for each in payloads] == [1, 0, 0, 0]


def paged_links(request):
    entry = {"toObjectId": 5, "associationTypes": []}
    [asked] = json.loads(request.content)["inputs"]
    if "after" in asked:
        return {"results": [{"from": {"id": "1"}, "to": [entry | {"toObjectId": 6}]}]}
    return {"results": [{"from": {"id": "1"}, "to": [entry], "paging": {"next": {"after": "5"}}}]}


async def test_the_links_of_one_record_are_read_to_their_last_page():
    found = await linked(instead(batch_read=paged_links), "1")
    assert [msgspec.json.decode(each)["toObjectId"] for each in found["1"].to] == [5, 6]
    assert found["1"].sent is None


async def test_links_that_go_on_where_they_began_are_given_up():
    circle = {"results": [{"from": {"id": "1"}, "to": [], "paging": {"next": {"after": "x"}}}]}
    with pytest.raises(UnexpectedPayload, match="where they began, at x"):
        await linked(instead(batch_read=circle), "1")


async def test_links_of_a_record_that_was_not_asked_about_are_left_to_the_next_reading():
    assert list(await linked(instead(batch_read={"results": [{"from": {"id": "9"}, "to": []}]}), "1")) == ["1"]


async def test_links_are_read_a_thousand_records_at_a_time():
    sizes = []

    def many(request):
        if request.url.path.endswith("/batch/read"):
            sizes.append(len(json.loads(request.content)["inputs"]))
            return httpx.Response(207, json=batch([]) | {"numErrors": sizes[-1]})
        if "/objects/" in request.url.path:
            start = int(request.url.params.get("after", 0))
            page = {"results": [{"id": str(start + one)} for one in range(1, 101)]}
            more = {"paging": {"next": {"after": str(start + 100)}}} if start < 1_900 else {}
            return httpx.Response(200, json=page | more)
        return answer(request)

    pages = await read(many, "contact_accounts")
    assert sizes == [1_000, 1_000]
    assert sum(len(page.payloads) for page in pages) == 2_000


async def test_the_labels_of_partners_that_the_config_names_are_part_of_the_payload():
    [page] = await read(answer, "opportunity_accounts", partner_labels=["End customer"])
    found = json.loads(page.payloads[0])
    assert found["partnerLabels"] == ["End customer"]
    assert found["to"] == payloads("opportunity_accounts")[0]["to"]
    roles = [getattr(record, "role", None) for record in STREAMS["opportunity_accounts"].to_records(found)]
    assert [role for role in roles if role] == ["End customer"]


async def test_other_links_do_not_carry_the_labels_of_partners():
    [page] = await read(answer, "opportunity_contacts", partner_labels=["End customer"])
    assert b"partnerLabels" not in b"".join(page.payloads)


async def test_the_links_of_some_rows_are_asked_for_by_their_ids():
    async with opened(answer) as source:
        pages = [page async for page in STREAMS["contact_accounts"].among(source, ["501", "9"])]
    found = [json.loads(payload) for page in pages for payload in page.payloads]
    assert found == [payloads("contact_accounts")[0], {"from": {"id": "9"}, "to": []}]


async def test_a_type_numbered_by_the_account_is_not_taken_for_hubspots_own():
    [record] = list(STREAMS["ticket_accounts"].to_records(payloads("ticket_accounts")[1]))
    assert (record.external_id, record.label, record.is_primary) == (
        "4100000002:29022297485:26",
        "Partner in charge",
        False,
    )
