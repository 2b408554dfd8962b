import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from hub.connectors.base import Page
from hub.connectors.salesforce import CONNECTOR
from hub.errors import Forbidden, Unavailable, UnexpectedPayload
from hub.model import Removal, RemovalEvidence

from .wire import FIXTURES, NOW, Answer, answer, opened, payloads, recorded

STREAMS = {stream.name: stream for stream in CONNECTOR.streams}
IDS = [row["Id"] for row in payloads("accounts")]
LOST = httpx.Response(400, json=[{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}])


class Org:
    """The recorded org, with some answers replaced; remembers what it was asked."""

    def __init__(self, instead: Callable[[httpx.Request], httpx.Response | None] = lambda _: None) -> None:
        self.asked: list[httpx.Request] = []
        self._instead = instead

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return self._instead(request) or answer(request)

    @property
    def queries(self) -> list[str]:
        return [request.url.params["q"] for request in self.asked if "q" in request.url.params]

    def asked_for(self, part: str) -> list[httpx.Request]:
        return [request for request in self.asked if part in request.url.path]


async def pages(org: Answer, stream: str = "accounts", bookmark: Any = None) -> list[Page]:
    async with opened(org) as source:
        return [page async for page in STREAMS[stream].pages(source, bookmark)]


def read_ids(read: list[Page]) -> list[str]:
    return [re.search(rb'"Id": ?"(\w+)"', payload)[1].decode() for page in read for payload in page.payloads]


async def test_payloads_keep_every_byte():
    text = (FIXTURES / "opportunities.json").read_text("utf-8")
    row = re.search(r'^ +(\{"attributes".*1\.0E7.*\})$', text, re.MULTILINE)[1]
    body = f'{{"totalSize": 1, "done": true, "records": [ {row} ]}}'.encode()

    def raw(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(200, content=body) if request.url.path.endswith("/queryAll") else None

    read = await pages(Org(raw), "opportunities")
    assert [bytes(payload) for page in read for payload in page.payloads] == [row.encode()]


async def test_everything_described_is_asked_for_except_what_repeats_other_fields():
    org = Org()
    await pages(org)
    described = [field["name"] for field in recorded("accounts")["describe"]["fields"]]
    asked = re.match(r"SELECT (.+) FROM Account ", org.queries[0])[1].split(", ")
    assert asked == [name for name in described if name != "BillingAddress"]
    assert "Renewal_Risk__c" in asked


async def test_a_first_run_reads_the_recycle_bin_in_the_order_of_change_up_to_the_orgs_own_time():
    org = Org()
    await pages(org)
    assert org.asked_for("/queryAll")
    assert org.queries[0].endswith(
        " FROM Account WHERE SystemModstamp <= 2026-11-01T12:00:00Z ORDER BY SystemModstamp, Id"
    )


async def test_a_run_cut_short_is_finished_as_it_stood_before_a_new_one():
    first = (await pages(answer))[0]
    org = Org()
    await pages(org, bookmark=first.bookmark)
    finishing, fresh = org.queries
    assert (
        "WHERE (SystemModstamp > 2026-05-01T07:25:37Z OR"
        f" (SystemModstamp = 2026-05-01T07:25:37Z AND Id > '{IDS[1]}'))"
        " AND SystemModstamp <= 2026-11-01T12:00:00Z"
    ) in finishing
    assert f"Id > '{IDS[2]}'" in fresh


async def test_a_reading_tells_how_many_rows_it_will_have():
    assert {page.expected for page in await pages(Org()) if page.payloads} == {len(IDS)}


async def test_the_next_run_starts_after_the_last_row():
    last = (await pages(answer))[-1]
    assert "until" not in last.bookmark
    org = Org()
    read = await pages(org, bookmark=last.bookmark)
    assert f"(SystemModstamp = 2026-06-11T10:00:00Z AND Id > '{IDS[2]}')" in org.queries[0]
    assert read_ids(read) == []


async def test_rows_that_may_still_be_joined_by_late_ones_are_read_again():
    def later(request: httpx.Request) -> httpx.Response | None:
        response = answer(request)
        response.headers["Date"] = "Thu, 11 Jun 2026 10:05:00 GMT"
        return response

    last = (await pages(later))[-1]
    org = Org()
    read = await pages(org, bookmark=last.bookmark)
    assert "WHERE SystemModstamp >= 2026-06-11T09:55:00Z AND" in org.queries[0]
    assert read_ids(read) == [IDS[2]]


async def test_a_lost_locator_is_replaced_by_the_data():
    org = Org(lambda request: LOST if "/query/" in request.url.path else None)
    read = await pages(org)
    assert read_ids(read) == IDS
    assert f"Id > '{IDS[1]}'" in org.queries[1]


async def test_a_lost_locator_of_a_whole_stream_is_replaced_by_the_last_id():
    org = Org(lambda request: LOST if "/query/" in request.url.path else None)
    read = await pages(org, "opportunity_partners")
    assert len(read_ids(read)) == 3
    assert [page.bookmark for page in read] == [{}, {}]
    assert "WHERE Id > '00Id000000Part2AAB' ORDER BY Id" in org.queries[1]


async def test_a_locator_lost_without_any_progress_is_a_failure_for_now():
    with pytest.raises(Unavailable, match="twice at the same place"):
        await pages(Org(lambda request: LOST if request.url.path.endswith("/queryAll") else None))


async def test_a_field_hidden_after_it_was_described_is_asked_for_no_more():
    hidden = httpx.Response(400, content=(FIXTURES / "recorded/unknown-field.json").read_bytes())
    described = recorded("accounts")["describe"]
    less = {**described, "fields": [field for field in described["fields"] if field["name"] != "Website"]}

    def hiding(request: httpx.Request) -> httpx.Response | None:
        if "Website" in request.url.params.get("q", ""):
            return hidden
        if len(org.asked_for("/describe")) > 1 and request.url.path.endswith("/describe"):
            return httpx.Response(200, json=less, headers={"Date": "Sun, 01 Nov 2026 12:00:00 GMT"})
        return None

    org = Org(hiding)
    assert read_ids(await pages(org)) == IDS


async def test_the_first_page_tells_of_all_fields_and_their_types():
    for stream in ("accounts", "stages"):
        first, *others = await pages(Org(), stream)
        described = {field["name"]: field["type"] for field in recorded(stream)["describe"]["fields"]}
        assert first.fields == {name: type_ for name, type_ in described.items() if name != "BillingAddress"}
        assert all(page.fields is None for page in others)


def with_formula(request: httpx.Request) -> httpx.Response | None:
    if not request.url.path.endswith("/describe"):
        return None
    described = recorded("accounts")["describe"]
    formula = {"name": "Renewal_Risk__c", "type": "double", "filterable": False, "calculated": True}
    fields = [field for field in described["fields"] if field["name"] != formula["name"]]
    return httpx.Response(200, json=described | {"fields": [*fields, formula]}, headers={"Date": NOW})


@pytest.mark.parametrize(("hours", "is_whole"), [(23, False), (25, True)])
async def test_formulas_are_read_again_once_a_day(hours: int, is_whole: bool):  # noqa: FBT001 - a case
    last = (await pages(Org(with_formula)))[-1].bookmark
    before = datetime(2026, 11, 1, 12, tzinfo=UTC) - timedelta(hours=hours)
    org = Org(with_formula)
    read = await pages(org, bookmark={**last, "whole_at": before.isoformat()})
    assert ("Id >" not in org.queries[0]) == is_whole
    assert read_ids(read) == (IDS if is_whole else [])
    assert read[-1].bookmark["deleted_until"] == last["deleted_until"]


async def test_an_object_without_formulas_is_not_read_again():
    last = (await pages(Org()))[-1].bookmark
    assert read_ids(await pages(Org(), bookmark={**last, "whole_at": "2020-01-01T00:00:00Z"})) == []


async def test_more_deletions_than_one_answer_holds_are_asked_for_in_parts():
    asked: list[tuple[str, str]] = []

    def limited(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/deleted/"):
            return None
        window = request.url.params["start"], request.url.params["end"]
        asked.append(window)
        if datetime.fromisoformat(window[1]) - datetime.fromisoformat(window[0]) > timedelta(days=4):
            return httpx.Response(400, json=[{"message": "too many", "errorCode": "EXCEEDED_ID_LIMIT"}])
        gone = [{"id": f"001gone{len(asked)}", "deletedDate": window[0]}]
        return httpx.Response(200, json={"deletedRecords": gone, "latestDateCovered": window[1]})

    read = await pages(Org(limited))
    told = [page for page in read if page.tombstones]
    assert [len(page.tombstones) for page in told] == [1] * 4
    ends = [datetime.fromisoformat(page.bookmark["deleted_until"]) for page in told]
    assert ends == [datetime(2026, 11, 1, 12, tzinfo=UTC) - timedelta(days=15) * left / 4 for left in (3, 2, 1, 0)]
    assert read[-1].bookmark["deleted_until"] == "2026-11-01T12:00:00Z"


async def test_a_missing_object_is_told_with_what_it_takes():
    unknown = (FIXTURES / "recorded/unknown-object.json").read_bytes()
    org = Org(lambda request: httpx.Response(404, content=unknown) if "describe" in request.url.path else None)
    with pytest.raises(Forbidden, match=r"ChannelProgram is not there for this user .* It takes partner relationship"):
        await pages(org, "programs")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [({"queryable": False}, "cannot be queried"), ({"fields": []}, "no field that tells when a row changed")],
)
async def test_an_object_that_cannot_be_followed_is_left_out_aloud(change: dict[str, Any], complaint: str):
    def described(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.endswith("/describe"):
            return None
        body = recorded("accounts")["describe"] | change
        return httpx.Response(200, json=body, headers={"Date": "Sun, 01 Nov 2026 12:00:00 GMT"})

    with pytest.raises(Forbidden, match=complaint):
        await pages(Org(described))


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ({"totalSize": 4, "done": True, "records": payloads("accounts")}, "announced 4 rows and gave 3"),
        ({"totalSize": 4, "done": False, "records": []}, "names no next one"),
        ({"totalSize": 4, "done": False, "records": [], "nextRecordsUrl": "@evil.example/q"}, "no path of this org"),
        ({"totalSize": 1, "done": True, "records": [{"Id": "001"}]}, "without a usable Id and SystemModstamp"),
        ({"totalSize": 1, "done": True, "records": [{"Id": 1, "SystemModstamp": "2026-01-01"}]}, "without a usable"),
        ({"totalSize": 1, "done": True}, "records"),
    ],
)
async def test_an_answer_that_contradicts_itself_is_not_believed(page: dict[str, Any], complaint: str):
    def odd(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(200, json=page) if request.url.path.endswith("/queryAll") else None

    with pytest.raises(UnexpectedPayload, match=complaint):
        await pages(Org(odd))


def deleting(*ids: str) -> Callable[[httpx.Request], httpx.Response | None]:
    """An org whose list of deleted ids has these, of which only the recorded rows are still shown."""

    def instead(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/deleted/"):
            entries = [{"id": one, "deletedDate": "2026-10-30T08:00:00.000+0000"} for one in ids]
            covered = "2026-11-01T11:58:00.000+0000"
            return httpx.Response(200, json={"deletedRecords": entries, "latestDateCovered": covered})
        if " IN (" in request.url.params.get("q", ""):
            shown = [{"Id": one} for one in IDS if one in request.url.params["q"]]
            return httpx.Response(200, json={"totalSize": len(shown), "done": True, "records": shown})
        return None

    return instead


async def test_a_row_gone_for_good_leaves_a_tombstone_and_one_in_the_recycle_bin_does_not():
    read = await pages(Org(deleting(IDS[1], "001d000000Purg1AAB")))
    (tombstone,) = read[-1].tombstones
    assert tombstone.external_id == "001d000000Purg1AAB"
    assert (tombstone.removal, tombstone.evidence) == (Removal.DELETED, RemovalEvidence.DELETED_FEED)
    assert tombstone.removed_at == datetime(2026, 10, 30, 8, tzinfo=UTC)


async def test_very_many_deletions_come_page_by_page_and_count_as_read_with_the_last():
    ids = [f"001d00000{number:06}AAB" for number in range(401)]
    org = Org(deleting(*ids))
    told = [page for page in await pages(org) if page.tombstones]
    assert [len(page.tombstones) for page in told] == [200, 200, 1]
    assert len([query for query in org.queries if " IN (" in query]) == 3
    assert [page.bookmark.get("deleted_until") for page in told] == [None, None, "2026-11-01T11:58:00Z"]


async def test_deletions_are_read_fifteen_days_back_and_then_from_where_they_were_covered():
    first, second = Org(deleting()), Org(deleting())
    bookmark = (await pages(first))[-1].bookmark
    await pages(second, bookmark=bookmark)
    assert first.asked_for("/deleted")[0].url.params["start"] == "2026-10-17T12:00:00+00:00"
    assert first.asked_for("/deleted")[0].url.params["end"] == "2026-11-01T12:00:00+00:00"
    assert second.asked_for("/deleted")[0].url.params["start"] == "2026-11-01T11:58:00+00:00"


async def test_too_short_a_time_is_not_asked_about():
    org = Org()
    bookmark = {"deleted_until": "2026-11-01T11:59:00Z"}
    read = await pages(org, bookmark=bookmark)
    assert org.asked_for("/deleted") == []
    assert read[-1].bookmark["deleted_until"] == "2026-11-01T11:59:00Z"


async def test_what_salesforce_does_not_replicate_is_read_whole():
    org = Org()
    read = await pages(org, "stages", {"anything": 1})
    assert org.asked_for("/deleted") == []
    assert " WHERE " not in org.queries[0]
    assert len(read_ids(read)) == 3


async def test_the_report_says_what_cannot_be_read():
    unknown = (FIXTURES / "recorded/unknown-object.json").read_bytes()

    def lacking(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(404, content=unknown) if "OpportunityPartner" in str(request.url) else None

    async with opened(Org(lacking)) as source:
        reports = {report.stream: report async for report in CONNECTOR.report(source)}
    assert reports["accounts"].detail == "3 rows"
    assert not reports["opportunity_partners"].readable
    assert "INVALID_TYPE" in reports["opportunity_partners"].detail
