"""Paging as a property: whatever ties, page sizes, lost locators and kills there are, every row arrives."""

import asyncio
import re
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.connectors.salesforce.client import changes

from .wire import NOW, opened

FIELDS = [{"name": name, "type": "string", "filterable": True} for name in ("Id", "SystemModstamp")]
DESCRIBED = {"name": "Account", "queryable": True, "replicateable": False, "fields": FIELDS}
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Tied:
    """An org whose rows share few stamps; it sends pages of any size, and forgets some locators."""

    def __init__(self, seconds: list[int], sizes: list[int], lost: set[int]) -> None:
        rows = sorted((second, f"001{number:015}") for number, second in enumerate(seconds))
        self.rows = [(stamped(second), id_) for second, id_ in rows]
        self.sizes = sizes
        self.lost = lost
        self.held: dict[str, list[tuple[str, str]]] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/services/oauth2/token":
            return httpx.Response(200, json={"access_token": "00D!t", "instance_url": "https://tied.example"})
        if path == "/services/data":
            return httpx.Response(200, json=[{"version": "67.0"}])
        if path.endswith("/describe"):
            return httpx.Response(200, json=DESCRIBED, headers={"Date": NOW})
        if "q" in request.url.params:
            rows = self._found(request.url.params["q"])
            return self._page(rows, len(rows))
        if path not in self.held:
            return httpx.Response(400, json=[{"message": "", "errorCode": "INVALID_QUERY_LOCATOR"}])
        return self._page(self.held.pop(path), len(self.rows))

    def _found(self, soql: str) -> list[tuple[str, str]]:
        after = re.search(r"SystemModstamp > (\S+)Z OR \(SystemModstamp = \S+ AND Id > '(\w+)'", soql)
        since = re.search(r"SystemModstamp >= (\S+)Z", soql)
        until = re.search(r"SystemModstamp <= (\S+)Z", soql)
        return [
            row
            for row in self.rows
            if (not after or row > (after[1], after[2])) and (not since or row[0] >= since[1]) and row[0] <= until[1]
        ]

    def _page(self, rows: list[tuple[str, str]], total: int) -> httpx.Response:
        size = self.sizes[len(self.held) % len(self.sizes)]
        path = f"/services/data/v67.0/query/0r8-{len(rows)}"
        if len(self.held) not in self.lost:
            self.held[path] = rows[size:]
        records = [{"Id": id_, "SystemModstamp": f"{stamp}.000+0000"} for stamp, id_ in rows[:size]]
        more = {"done": False, "nextRecordsUrl": path} if rows[size:] else {"done": True}
        return httpx.Response(200, json={"totalSize": len(rows), "records": records, **more})


def stamped(second: int) -> str:
    return (NOON - timedelta(days=1) + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S")


async def read(org: Tied, kills: list[int]) -> list[str]:
    """The ids that come when the process is killed after so many pages, again and again, and then no more."""
    ids, bookmark = [], None
    async with opened(org) as source:
        for pages in [*kills, 10**6]:
            async with aclosing(changes(source, bookmark, sobject="Account")) as reading:
                async for page in reading:
                    ids += [msgspec.json.decode(payload)["Id"] for payload in page.payloads]
                    bookmark = page.bookmark
                    pages -= 1  # noqa: PLW2901 - counts down
                    if not pages:
                        break
    return ids


@settings(max_examples=60, deadline=None)
@given(
    seconds=st.lists(st.integers(0, 5), max_size=30),
    sizes=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    lost=st.sets(st.integers(0, 6), max_size=2),
    kills=st.lists(st.integers(1, 4), max_size=4),
)
def test_every_row_arrives(seconds, sizes, lost, kills):
    org = Tied(seconds, sizes, lost)
    assert set(asyncio.run(read(org, kills))) == {id_ for _, id_ in org.rows}
