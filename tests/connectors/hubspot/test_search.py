"""The reading of changes, against a made-up search index with the habits of HubSpot's."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.connectors.hubspot import search
from hub.connectors.hubspot.records import record_pages
from hub.connectors.hubspot.search import Kind
from hub.errors import BookmarkExpired, Unavailable, UnexpectedPayload

from .wire import batch, opened

COMPANIES = Kind(name="companies")
ENDED = {
    "phase": "changes",
    "since": "2026-09-21T14:13:20Z",
    "archive": {"read_at": "2026-09-21T14:13:20Z", "pages": 1},
}
START = 1_790_000_000_000
SECOND = 1_000
MINUTE = 60 * SECOND
IDS = st.integers(1, 10**12).map(str)
STAMPS = st.integers(-10 * MINUTE, -1).map(lambda back: START + back // SECOND * SECOND)
"""To the second, so that many are equal."""


def as_number(one: str) -> tuple[int, str]:
    return int(one), ""


def as_text(one: str) -> tuple[int, str]:
    return 0, one


Order = Callable[[str], tuple[int, str]]


@dataclass
class Index:
    """Companies, and when each was changed."""

    rows: dict[str, int]
    now: int = START
    lag: int = 0
    sorted_by: Order = as_number
    compared_by: Order = as_number
    most: int = 200
    empty_first: bool = False
    """Every other answer holds nothing, and says where to go on."""
    cap: int = 10_000
    """Beyond it, a search gives nothing."""
    after_search: list[Callable[["Index"], None]] = field(default_factory=list)
    """What happens right after each search, one by one."""
    searches: list[dict] = field(default_factory=list)

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        path = request.url.path
        if path.endswith("/search"):
            found = self.found(body)
            if self.after_search:
                self.after_search.pop(0)(self)
        elif path.endswith("/batch/read"):
            asked = [each["id"] for each in body["inputs"]]
            gone = [one for one in asked if one not in self.rows]
            found = batch([self.record(one) for one in asked if one in self.rows], ids=gone)
        elif "/properties/" in path:
            found = {
                "results": [{"name": name, "type": "datetime"} for name in ("hs_object_id", "hs_lastmodifieddate")]
            }
        elif request.url.params.get("archived") == "true":
            found = {"results": []}
        else:
            found = {"results": [self.record(one) for one in sorted(self.rows, key=int)]}
        date = format_datetime(datetime.fromtimestamp(self.now / 1000, UTC), usegmt=True)
        return httpx.Response(200, json=found, headers={"Date": date})

    def found(self, body: dict) -> dict:
        self.searches.append(body)
        rows = sorted((one for one in self.rows if self.passes(one, body)), key=self.sorted_by)
        offset, limit = int(body.get("after", 0)), min(body["limit"], self.most)
        assert offset + limit <= self.cap
        if self.empty_first and "after" not in body and rows and body["limit"] > 1:
            return {"total": len(rows), "results": [], "paging": {"next": {"after": 0}}}
        answer = {"total": len(rows), "results": [self.record(one) for one in rows[offset : offset + limit]]}
        return answer | ({"paging": {"next": {"after": str(offset + limit)}}} if offset + limit < len(rows) else {})

    def passes(self, one: str, body: dict) -> bool:
        if self.rows[one] > self.now - self.lag:
            return False
        for each in body["filterGroups"][0]["filters"] if body["filterGroups"] else ():
            if each["propertyName"] == "hs_object_id":
                passes = self.compared_by(one) > self.compared_by(each["value"])
            elif each["operator"] == "GTE":
                passes = self.rows[one] >= int(each["value"])
            else:
                passes = self.rows[one] < int(each["value"])
            if not passes:
                return False
        return True

    def record(self, one: str) -> dict:
        stamp = datetime.fromtimestamp(self.rows[one] / 1000, UTC).isoformat()
        return {"id": one, "properties": {"hs_lastmodifieddate": stamp}, "createdAt": stamp, "updatedAt": stamp}


def since(stamp: int) -> dict:
    return {"phase": "changes", "since": datetime.fromtimestamp(stamp / 1000, UTC).isoformat()}


def in_page(page) -> dict[str, str]:
    return {each["id"]: each["updatedAt"] for each in map(json.loads, page.payloads)}


async def pages_of(index: Index, bookmark: dict | None, stop: int | None = None, pages: list | None = None) -> list:
    """What was read; `pages` has it even where the reading fails."""
    pages = [] if pages is None else pages
    async with opened(index.answer) as source:
        async for page in record_pages(COMPANIES, source, bookmark):
            pages.append(page)
            if len(pages) == stop:
                break
    return pages


@settings(max_examples=25, deadline=None)
@given(
    rows=st.dictionaries(IDS, STAMPS, max_size=60),
    order=st.sampled_from([as_number, as_text]),
    most=st.integers(1, 20),
    empty_first=st.booleans(),
)
async def test_a_window_gives_every_change_in_it_once_whatever_the_pages_are_like(rows, order, most, empty_first):
    index = Index(rows=rows, sorted_by=order, compared_by=order, most=most, empty_first=empty_first)
    pages = await pages_of(index, since(START - 2 * MINUTE))
    read = [one for page in pages for one in in_page(page)]
    assert sorted(read) == sorted(one for one, stamp in rows.items() if stamp >= START - 7 * MINUTE)
    assert pages[-1].bookmark == ENDED


@settings(max_examples=25, deadline=None)
@given(rows=st.dictionaries(IDS, STAMPS, min_size=1, max_size=40), most=st.integers(1, 5), stop=st.integers(1, 12))
async def test_a_window_left_half_read_is_resumed_without_losing_a_row(rows, most, stop):
    index = Index(rows=rows, most=most)
    before = await pages_of(index, since(START - 2 * MINUTE), stop)
    index.now += MINUTE
    changed = min(rows, key=int)
    index.rows[changed] = START + 1
    after = await pages_of(index, before[-1].bookmark)
    seen = {one: stamp for page in [*before, *after] for one, stamp in in_page(page).items()}
    assert seen.keys() >= {one for one, stamp in rows.items() if stamp >= START - 7 * MINUTE}
    assert seen[changed] == index.record(changed)["updatedAt"]


@settings(max_examples=20, deadline=None)
@given(
    rows=st.dictionaries(IDS, STAMPS, min_size=1, max_size=30),
    most=st.integers(1, 5),
    lag=st.integers(0, 4 * MINUTE),
    data=st.data(),
)
async def test_readings_one_after_another_miss_no_change_however_late_it_shows(rows, most, lag, data):
    index = Index(rows=rows, most=most, lag=lag)
    known: dict[str, str] = {}
    bookmark = None
    for _ in range(data.draw(st.integers(1, 4))):
        index.after_search = [
            lambda index, one=one, back=back: index.rows.update({one: max(index.rows.get(one, 0), index.now - back)})
            for one, back in data.draw(
                st.lists(st.tuples(st.sampled_from(sorted(rows)) | IDS, st.integers(0, 5 * SECOND)), max_size=6)
            )
        ]
        for page in await pages_of(index, bookmark):
            known |= in_page(page)
            bookmark = json.loads(json.dumps(page.bookmark))
        index.now += data.draw(st.integers(1, 120)) * SECOND
    index.now += 10 * MINUTE
    index.after_search = []
    for page in await pages_of(index, bookmark):
        known |= in_page(page)
    assert known == {one: index.record(one)["updatedAt"] for one in index.rows}


async def test_rows_that_join_a_window_while_it_is_read_push_none_out_of_it():
    index = Index(rows=dict.fromkeys(("10", "20", "90", "91"), START - 30 * MINUTE), most=2)
    index.after_search = [lambda index: index.rows.update({"30": START - SECOND, "31": START - SECOND})]
    pages = await pages_of(index, since(START - 60 * MINUTE))
    assert {one for page in pages for one in in_page(page)} == {"10", "20", "30", "31", "90", "91"}


async def test_a_window_with_nothing_in_it_costs_one_search():
    index = Index(rows={"1": START - 60 * MINUTE})
    await pages_of(index, since(START - MINUTE))
    assert len(index.searches) == 1


async def test_more_rows_in_one_instant_than_a_search_can_page_are_all_read():
    index = Index(rows={str(one): START - MINUTE for one in range(1, 2_402)}, cap=1_000)
    pages = await pages_of(index, since(START - 2 * MINUTE))
    assert sum(len(page.payloads) for page in pages) == 2_401
    assert not any("after" in body for body in index.searches)


async def test_a_search_asks_for_ids_and_dates_only_in_a_short_body():
    index = Index(rows={"1": START - MINUTE})
    await pages_of(index, since(START - 2 * MINUTE))
    assert index.searches[0]["properties"] == ["hs_object_id", "hs_lastmodifieddate"]
    assert max(len(json.dumps(body)) for body in index.searches) < 1_000


@settings(max_examples=25, deadline=None)
@given(
    rows=st.dictionaries(IDS, STAMPS, max_size=40),
    orders=st.sampled_from([(as_number, as_text), (as_text, as_number)]),
    most=st.integers(1, 9),
)
async def test_ids_that_are_sorted_otherwise_than_they_are_compared_lose_nothing(rows, orders, most):
    index = Index(rows=rows, sorted_by=orders[0], compared_by=orders[1], most=most)
    bookmark = since(START - 2 * MINUTE)
    known = set()
    for _ in range(2):
        pages = await pages_of(index, bookmark)
        known |= {one for page in pages for one in in_page(page)}
        bookmark = pages[-1].bookmark
        index.now += 6 * MINUTE
    assert known == {one for one, stamp in rows.items() if stamp >= START - 7 * MINUTE}


@settings(max_examples=25, deadline=None)
@given(rows=st.dictionaries(IDS, STAMPS, min_size=1, max_size=40), most=st.integers(1, 5), cap=st.integers(1, 12))
async def test_no_search_is_asked_for_more_than_it_gives(rows, most, cap):
    index = Index(rows=rows, most=most)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(search, "MOST", cap)
        pages = await pages_of(index, since(START - 2 * MINUTE))
    assert sorted(one for page in pages for one in in_page(page)) == sorted(
        one for one, stamp in rows.items() if stamp >= START - 7 * MINUTE
    )
    assert not any("after" in body for body in index.searches)


async def test_pages_that_move_while_they_are_read_are_read_again():
    """It sorts ids as numbers and compares them as text: nothing is behind 9 but what starts with it."""
    rows = {"9": START - 6 * MINUTE, "100": START - 6 * MINUTE, "101": START - 6 * MINUTE}
    index = Index(rows=rows, compared_by=as_text, most=1)
    index.after_search = [lambda _: None] * 3 + [lambda index: index.rows.update({"9": START + 1})]
    pages = await pages_of(index, since(START - 2 * MINUTE))
    assert {one for page in pages for one in in_page(page)} == {"9", "100", "101"}


async def test_pages_that_never_stand_still_fail_and_their_window_is_read_again():
    index = Index(rows={str(one): START - 6 * MINUTE for one in range(9, 200)}, compared_by=as_text, most=10)
    index.after_search = [lambda index: index.rows.pop(min(index.rows, key=int))] * 90
    seen = []
    with pytest.raises(Unavailable, match="move faster"):
        await pages_of(index, since(START - 2 * MINUTE), pages=seen)
    assert seen[-1].payloads == []
    assert seen[-1].bookmark["since"] == "2026-09-21T14:11:20Z"
    assert "last" not in seen[-1].bookmark


async def test_a_search_whose_pages_go_in_circles_is_given_up():
    index = Index(rows={})
    index.found = lambda body: {"total": 3, "results": [], "paging": {"next": {"after": "0"}}}
    with pytest.raises(UnexpectedPayload, match="where it began, at 0"):
        await pages_of(index, since(START))


async def test_an_instant_of_too_many_rows_is_read_on_from_where_it_stopped(monkeypatch):
    monkeypatch.setattr(search, "MOST", 3)
    index = Index(rows={str(one): START - MINUTE for one in range(1, 20)}, most=2)
    before = await pages_of(index, since(START - 2 * MINUTE), stop=5)
    index.searches.clear()
    after = await pages_of(index, before[-1].bookmark)
    assert before[-1].bookmark["seen"] >= 4
    assert {one for page in before + after for one in in_page(page)} == set(index.rows)
    overlap = 19
    assert sum(len(page.payloads) for page in before + after) == 19 + overlap


async def test_records_that_are_counted_but_forgotten_do_not_end_a_reading():
    index = Index(rows={})
    index.found = lambda body: {"total": 3, "results": []}
    pages = await pages_of(index, since(START))
    assert pages[-1].bookmark == ENDED


async def test_a_date_that_cannot_be_read_is_told():
    index = Index(rows={"1": START - MINUTE})
    index.record = lambda one: {"id": one, "properties": {"hs_lastmodifieddate": None}}
    with pytest.raises(UnexpectedPayload, match="companies 1: no readable hs_lastmodifieddate"):
        await pages_of(index, since(START))


async def test_a_type_without_the_property_that_dates_changes_is_told():
    index = Index(rows={})
    async with opened(index.answer) as source:
        with pytest.raises(UnexpectedPayload, match="contacts have no property lastmodifieddate"):
            await anext(record_pages(Kind(name="contacts", modified="lastmodifieddate"), source, None))


async def test_a_bookmark_of_another_kind_means_to_begin_again():
    with pytest.raises(BookmarkExpired):
        await pages_of(Index(rows={}), {"phase": "neither"})


async def test_the_first_reading_ends_where_the_changes_begin():
    index = Index(rows={"7": START - 100 * MINUTE})
    pages = await pages_of(index, None)
    assert [list(in_page(page)) for page in pages] == [[], [], ["7"]]
    assert pages[0].fields == {"hs_object_id": "datetime", "hs_lastmodifieddate": "datetime"}
    assert pages[0].bookmark == {"phase": "backfill", "since": "2026-09-21T14:13:20Z"}
    assert pages[2].bookmark == ENDED
    assert index.searches == []


async def test_a_clock_that_was_set_back_does_not_move_the_bookmark_back():
    index = Index(rows={})
    pages = await pages_of(index, since(START + MINUTE))
    assert pages[-1].bookmark["since"] == "2026-09-21T14:14:20Z"
    assert search.OVERLAP.total_seconds() == 300
