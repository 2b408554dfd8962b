"""Lists and batches, as far as the wire can go wrong."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from hub.connectors.hubspot import CONNECTOR, client
from hub.connectors.hubspot.definitions import owner_count
from hub.connectors.hubspot.records import record_pages
from hub.connectors.hubspot.search import Kind
from hub.errors import Forbidden, Unavailable, UnexpectedPayload

from .wire import DATE, STREAMS, answer, batch, instead, opened, payloads, read, recorded


async def test_payloads_are_kept_byte_for_byte():
    odd = b'{ "id":"501",  "properties":{"a":"\\u00e9", "a":"\xc3\xa9","n":1.50},"createdAt":"x" }'
    body = b'{"status":"COMPLETE","results":[' + odd + b"]}"
    wire = instead(batch_read=lambda request: httpx.Response(200, content=body))
    async with opened(wire) as source:
        found = await client.records(source, "contacts", ["501"], ["a"])
    assert found.payloads == {"501": odd}


MANY = [f"a_property_with_a_rather_long_name_{number}" for number in range(400)]


def wide(wire):
    """An account with more properties than an address has room for."""

    def answered(request):
        found = wire(request)
        if "/properties/" not in request.url.path:
            return found
        more = [{"name": name, "type": "string"} for name in MANY]
        return httpx.Response(200, json={"results": found.json()["results"] + more}, headers=found.headers)

    return answered


async def test_few_properties_are_asked_for_in_the_address_and_each_page_is_one_request():
    asked = []

    def noted(request):
        asked.append(request)
        return answer(request)

    pages = await read(noted, "contacts")
    assert [each.method for each in asked] == ["GET"] * len(asked)
    assert set(asked[-1].url.params["properties"].split(",")) >= {"email", "lastname", "lastmodifieddate"}
    assert len(asked) == 2 + len(pages) - 1


async def test_many_properties_are_asked_for_in_the_body():
    bodies, addresses = [], []

    def noted(request):
        addresses.append(str(request.url))
        bodies.append(json.loads(request.content or b"{}"))
        return answer(request)

    await read(wide(noted), "contacts")
    asked = [body["properties"] for body in bodies if "inputs" in body]
    assert all({"email", "lastname", "lastmodifieddate", *MANY} <= set(names) for names in asked)
    assert max(map(len, addresses)) < 200


async def test_a_record_merged_away_since_it_was_listed_comes_once_as_its_survivor():
    def merged(request):
        kept, *gone = [each["id"] for each in json.loads(request.content)["inputs"]]
        return {"results": [{"id": kept, "properties": {"hs_merged_object_ids": ";".join(gone)}}]}

    pages = await read(wide(instead(batch_read=merged)), "contacts")
    assert len(pages[-1].payloads) == 1


async def test_a_record_merged_away_may_come_as_a_survivor_that_was_not_asked_for():
    async with opened(instead(batch_read={"results": [{"id": "9", "properties": {}}]})) as source:
        assert list((await client.records(source, "contacts", ["501"], ["email"])).payloads) == ["9"]


async def test_a_record_gone_since_it_was_listed_is_left_out():
    def gone(request):
        return httpx.Response(207, json=batch([], ids=[each["id"] for each in json.loads(request.content)["inputs"]]))

    pages = await read(wide(instead(batch_read=gone)), "contacts")
    assert not any(page.payloads for page in pages)


@pytest.mark.parametrize("said", [{}, {"numErrors": 1}, batch([], ids=["501"]), batch([], message=["not found"])])
async def test_silence_about_a_record_does_not_pass_for_its_removal(said):
    async with opened(instead(batch_read={"results": [], **said})) as source:
        with pytest.raises(Unavailable, match=r"nothing was said of [12] of 2 records"):
            await client.records(source, "contacts", ["501", "502"], ["email"])


async def test_a_batch_that_failed_in_part_does_not_pass_for_read():
    wire = instead(batch_read=lambda request: httpx.Response(207, json=recorded("batch-read-207")))
    with pytest.raises(Unavailable, match="VALIDATION_ERROR"):
        await read(wide(wire), "contacts")


async def test_a_batch_that_is_not_complete_does_not_pass_for_read():
    with pytest.raises(Unavailable, match="PROCESSING"):
        await read(wide(instead(batch_read={"status": "PROCESSING", "results": []})), "contacts")


async def test_a_record_without_an_id_is_unexpected():
    with pytest.raises(UnexpectedPayload, match="missing required field `id`"):
        await read(wide(instead(batch_read={"results": [{"properties": {}}]})), "contacts")


async def test_a_list_that_goes_in_circles_is_given_up():
    wire = instead(owners_2026_03={})
    circle = {"results": [], "paging": {"next": {"after": "7"}}}

    def owners(request):
        return httpx.Response(200, json=circle) if "/owners/" in request.url.path else wire(request)

    with pytest.raises(UnexpectedPayload, match="where it began, at 7"):
        await read(owners, "users")


async def test_an_empty_page_with_more_behind_it_does_not_end_a_list():
    def owners(request):
        if "/owners/" not in request.url.path or "after" in request.url.params:
            return answer(request)
        return httpx.Response(200, json={"results": [], "paging": {"next": {"after": 1}}})

    pages = await read(owners, "users")
    assert sum(len(page.payloads) for page in pages) == 3


async def test_a_line_item_carries_its_deal_and_is_otherwise_as_sent():
    pages = await read(answer, "opportunity_lines")
    lines = {each["id"]: each for page in pages for each in map(json.loads, page.payloads)}
    assert lines == {each["id"]: each for each in payloads("opportunity_lines")}


async def test_a_survivor_brings_the_tombstones_of_what_was_merged_into_it():
    pages = await read(answer, "accounts")
    stones = [(stone.external_id, stone.merged_into) for page in pages for stone in page.tombstones]
    assert stones == [("29022290001", "29022297485"), ("29022290002", "29022297485")]


async def test_archived_records_come_before_the_live_ones():
    pages = await read(answer, "accounts")
    archived = [json.loads(payload)["archived"] for page in pages for payload in page.payloads]
    assert archived == [True, False, False]


async def test_a_stream_that_is_not_permitted_is_reported_with_its_scopes_and_the_others_are_counted():
    def without_leads(request):
        if "/leads" in request.url.path:
            return httpx.Response(403, json=recorded("missing-scopes"))
        return answer(request)

    async with opened(without_leads) as source:
        reports = {each.stream: each async for each in CONNECTOR.report(source)}
    assert list(reports) == list(STREAMS)
    assert [name for name, each in reports.items() if not each.readable] == ["leads"]
    assert "custom-object-read" in reports["leads"].detail
    details = {name: reports[name].detail for name in ("users", "pipelines", "accounts", "contact_accounts")}
    assert details == {
        "users": "2 owners",
        "pipelines": "1 pipelines",
        "accounts": "2 companies",
        "contact_accounts": "those of 4 contacts",
    }


async def test_the_report_does_not_count_owners_beyond_their_first_page():
    page = {"results": [{"id": "1"}], "paging": {"next": {"after": "1"}}}
    async with opened(lambda request: httpx.Response(200, json=page)) as source:
        assert await owner_count(source) == "more than 1 owners"


async def test_a_stream_that_is_not_permitted_is_forbidden():
    async with opened(lambda request: httpx.Response(403 if "/crm/" in request.url.path else 200, json={})) as source:
        with pytest.raises(Forbidden):
            await anext(record_pages(Kind(name="leads"), source, None))


async def test_the_first_reading_goes_on_where_it_stopped():
    contacts = STREAMS["contacts"]
    async with opened(answer) as source:
        pages = [page async for page in contacts.pages(source, None)]
        rest = [page async for page in contacts.pages(source, pages[2].bookmark)]
    assert pages[2].bookmark == {
        "phase": "backfill",
        "since": "2026-11-01T12:00:00Z",
        "after": "103107104018",
        "archive": {"read_at": "2026-11-01T12:00:00Z", "pages": 1},
    }
    assert [page.payloads for page in rest[1:]] == [[], pages[3].payloads]


async def test_hubspots_clock_counts_and_not_ours():
    async with opened(answer) as source:
        _, now = await client.properties(source, "contacts")
    assert now.strftime("%a, %d %b %Y %H:%M:%S GMT") == DATE


async def test_more_names_than_a_body_has_room_for_are_asked_for_in_parts_and_put_together(monkeypatch):
    monkeypatch.setattr(client, "NAMES_IN_A_BODY", 10)
    asked = []

    def in_parts(request):
        names = json.loads(request.content)["properties"]
        asked.append(names)
        record = {"id": "7", "properties": dict.fromkeys(names, "x"), "updatedAt": f"{len(asked)}"}
        gone = {"id": "8", "properties": {}, "updatedAt": "1"}
        return batch([record, gone]) if len(asked) == 1 else batch([record], ids=["8"])

    async with opened(instead(batch_read=in_parts)) as source:
        found = await client.records(source, "contacts", ["7", "8"], ["one", "two", "three", "hs_merged_object_ids"])
    merged = "hs_merged_object_ids"
    assert asked == [["one", "two", merged], ["three", merged], [merged]]
    names = ["hs_merged_object_ids", "three", "one", "two"]
    assert json.loads(found.payloads.pop("7")) == {"id": "7", "properties": dict.fromkeys(names, "x"), "updatedAt": "1"}
    assert found.payloads == {}
    assert found.merged == {"7": "x"}


async def test_a_deal_without_a_currency_is_in_the_accounts_own():
    pages = await read(answer, "opportunities")
    deals = [json.loads(payload) for page in pages for payload in page.payloads]
    assert {deal["companyCurrency"] for deal in deals} == {"USD"}
    deals[0]["properties"]["deal_currency_code"] = None
    [record] = STREAMS["opportunities"].to_records(deals[0])
    assert record.currency == "USD"


async def test_rows_are_asked_for_by_id_live_first_and_then_archived():
    wanted = [each["id"] for each in payloads("accounts")]
    async with opened(answer) as source:
        pages = [page async for page in STREAMS["accounts"].among(source, [*wanted, "999"])]
    found = [json.loads(payload) for page in pages for payload in page.payloads]
    assert sorted(each["id"] for each in found) == sorted(wanted)
    assert [each["archived"] for each in found] == sorted((each["archived"] for each in found), reverse=True)
    assert {stone.merged_into for page in pages for stone in page.tombstones} == {"29022297485"}


async def test_the_ids_of_live_rows_are_listed_without_the_archived_ones():
    async with opened(answer) as source:
        found = [each async for ids in STREAMS["accounts"].ids(source) for each in ids]
    assert found == sorted((each["id"] for each in payloads("accounts") if not each["archived"]), key=int)


def test_every_stream_that_is_not_read_whole_is_swept_and_dated():
    for stream in STREAMS.values():
        if not stream.whole(None):
            assert stream.ids
            assert stream.among
            assert stream.modified_at({"updatedAt": "2026-01-01T00:00:00Z"}).year == 2026


@pytest.mark.parametrize(
    ("pages", "minutes", "is_listed"),
    [(1, 0, True), (30, 20, False), (30, 29, True), (20_000, 23 * 60, False), (20_000, 24 * 60, True)],
)
async def test_archived_records_are_listed_the_less_often_the_more_there_are(pages, minutes, is_listed):
    listed = []

    def noted(request: httpx.Request) -> httpx.Response:
        listed.append(request.url.params.get("archived"))
        return answer(request)

    now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    archive = {"read_at": f"{now - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}", "pages": pages}
    bookmark = {"phase": "changes", "since": now.isoformat(), "archive": archive}
    async with opened(noted) as source:
        *_, last = [page async for page in STREAMS["contacts"].pages(source, bookmark)]

    assert ("true" in listed) is is_listed
    assert last.bookmark["archive"] == ({"read_at": "2026-11-01T12:00:00Z", "pages": 1} if is_listed else archive)
