"""Objects that one query cannot read, at the sandbox and beyond what it imitates."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.connectors.salesforce import CONNECTOR
from hub.connectors.salesforce.described import Cut, Described, Field
from hub.connectors.salesforce.place import Place
from hub.connectors.salesforce.rows import rows
from hub.errors import Forbidden, TooMuch

from .wire import opened

STAMP = datetime(2026, 6, 1, tzinfo=UTC)
NAMES = [f"Something_that_somebody_added_{number}__c" for number in range(500)]
COMPLICATED = httpx.Response(400, json=[{"message": "too complicated", "errorCode": "QUERY_TOO_COMPLICATED"}])


class Wide:
    """An org of one object with hundreds of fields, which answers queries on them; and remembers those."""

    def __init__(self, rows: int, *, formulas: int = 0, complicated_from: int = 10**9) -> None:
        self.ids = [f"001{number:015}" for number in range(rows)]
        self.fields = [
            {"name": "Id", "type": "id", "filterable": True},
            {"name": "SystemModstamp", "type": "datetime", "filterable": True},
            *({"name": name, "type": "string", "filterable": True} for name in NAMES[formulas:]),
            *({"name": n, "type": "string", "filterable": False, "calculated": True} for n in NAMES[:formulas]),
        ]
        self.complicated_from = complicated_from
        """How many formulas one query may not ask for."""
        self.queries: list[str] = []
        self.gone: dict[str, int] = {}
        """Ids that are shown by so many queries only."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, date = request.url.path, {"Date": "Mon, 01 Jun 2026 12:00:00 GMT"}
        if path == "/services/oauth2/token":
            return httpx.Response(200, json={"access_token": "00D!t", "instance_url": "https://wide.example"})
        if path == "/services/data":
            return httpx.Response(200, json=[{"version": "67.0"}])
        if path.endswith("/describe"):
            body = {"name": "Account", "queryable": True, "replicateable": False, "fields": self.fields}
            return httpx.Response(200, json=body, headers=date)
        if len(str(request.url)) + 500 > 16_384:
            return httpx.Response(414, html="<h1>URI Too Long</h1>")
        return self._queried(request.url.params["q"])

    def _queried(self, soql: str) -> httpx.Response:
        names = re.match(r"SELECT (.+) FROM", soql)[1].split(", ")
        formulas = {field["name"] for field in self.fields if field.get("calculated")}
        if len(formulas & set(names)) >= self.complicated_from:
            return COMPLICATED
        self.queries.append(soql)
        rows = [self._row(id_, names) for id_ in self._shown(soql)]
        return httpx.Response(200, json={"totalSize": len(rows), "done": True, "records": rows})

    def _shown(self, soql: str) -> list[str]:
        after, least = re.search(r"Id > '(\w+)'", soql), re.search(r"Id >= '(\w+)'", soql)
        ids = [id_ for id_ in self.ids if not after or id_ > after[1]]
        ids = [id_ for id_ in ids if not least or id_ >= least[1]]
        listed = re.search(r"IN \(([^)]+)\)", soql)
        ids = [id_ for id_ in ids if not listed or id_ in listed[1]]
        return [id_ for id_ in ids if self.gone.get(id_, 10**9) >= len(self.queries)]

    @staticmethod
    def _row(id_: str, names: list[str]) -> dict[str, Any]:
        said = {"Id": id_, "SystemModstamp": "2026-05-01T07:25:37.000+0000"}
        return {"attributes": {"type": "Account"}, **{name: said.get(name, f"{id_} {name}") for name in names}}


async def payloads(org: Callable[[httpx.Request], httpx.Response]) -> list[dict[str, Any]]:
    async with opened(org) as source:
        described, _ = await source.described("Account")
        found = [batch async for batch in rows(source, described, Place(until=STAMP), "SystemModstamp")]
    return [msgspec.json.decode(payload) for batch in found for payload in batch.payloads]


async def test_an_object_with_more_fields_than_a_query_can_name_is_joined_from_several():
    org = Wide(3)
    found = await payloads(org)
    names = ["attributes", *(field["name"] for field in org.fields)]
    assert [list(row) for row in found] == [names] * 3
    assert all(row[name] == f"{row['Id']} {name}" for row in found for name in NAMES)
    assert len(org.queries) == 3


async def test_a_row_that_leaves_between_two_queries_is_left_to_the_next_run():
    org = Wide(3)
    org.gone[org.ids[1]] = 1
    assert [row["Id"] for row in await payloads(org)] == [org.ids[0], org.ids[2]]


async def test_formulas_that_make_a_query_too_complicated_are_asked_for_apart_and_in_portions():
    org = Wide(2, formulas=40, complicated_from=30)
    found = await payloads(org)
    assert [list(row) for row in found] == [["attributes", *(field["name"] for field in org.fields)]] * 2


async def test_a_formula_too_complicated_by_itself_is_told():
    with pytest.raises(TooMuch, match="QUERY_TOO_COMPLICATED"):
        await payloads(Wide(2, formulas=2, complicated_from=1))


async def test_rows_are_found_by_their_ids_however_many_fields_they_have():
    org = Wide(300)
    accounts = next(stream for stream in CONNECTOR.streams if stream.name == "accounts")
    async with opened(org) as source:
        pages = [page async for page in accounts.among(source, [*org.ids, "001gone"])]
    found = [msgspec.json.decode(payload) for page in pages for payload in page.payloads]
    assert [row["Id"] for row in found] == org.ids
    assert all(len(row) == 503 for row in found)


@given(
    names=st.lists(st.text("abcdefgh", min_size=1, max_size=40), unique=True, max_size=60),
    longest=st.integers(50, 400),
    is_apart=st.booleans(),
    formulas=st.integers(0, 10),
)
def test_every_field_is_asked_for_exactly_once(names, longest, is_apart, formulas):
    fields = [Field(name, "string", True, place < formulas) for place, name in enumerate(names)]  # noqa: FBT003
    fields = [Field("Id", "id", True), Field("SystemModstamp", "datetime", True), *fields]  # noqa: FBT003
    described = Described("Account", queryable=True, replicateable=True, fields=tuple(fields))
    groups = list(Cut(longest, is_apart).groups(described, ("Id", "SystemModstamp")))
    assert all("Id" in group for group in groups)
    asked = [name for group in groups for name in group if name != "Id"]
    assert sorted(asked) == sorted([*names, "SystemModstamp"])


def test_a_query_that_cannot_be_cut_any_finer_is_told():
    described = Described("Account", queryable=True, replicateable=True, fields=())
    with pytest.raises(Forbidden):
        Cut(100).finer(described, TooMuch("too much"))
