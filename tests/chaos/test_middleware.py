import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from hub.sandbox.chaos import HUBSPOT, SALESFORCE, Chaos, Vendor
from hub.sandbox.chaos.middleware import MOST_IN_A_ROW
from tests.chaos.wire import Wire

ROWS = [{"id": str(number), "attributes": {"type": "Account"}} for number in range(1, 51)]
MANY = range(300)
QUERY = "/services/data/v67.0/query"
LIST = "/crm/objects/2026-03/companies"

Ask = Callable[..., Awaitable[str]]


async def no_time(_: float) -> None:
    """Waiting, without the wait."""


def a_vendor() -> Starlette:
    async def page(_: Any) -> JSONResponse:
        return JSONResponse({"totalSize": len(ROWS), "done": True, "records": ROWS})

    async def listed(request: Any) -> JSONResponse:
        after = int(request.query_params.get("after", 0))
        return JSONResponse({"results": [row for row in ROWS if int(row["id"]) > after][:20]})

    return Starlette(routes=[Route(QUERY, page), Route(LIST, listed)])


def asking(vendor: Vendor, seed: int, share: float = 0.5) -> Ask:
    """What an answer was, in a few words."""
    client = httpx.AsyncClient(transport=Wire(Chaos(a_vendor(), vendor, seed, share=share, sleep=no_time)))

    async def ask(url: str, session: str = "one") -> str:
        try:
            response = await client.get(f"http://vendor{url}", headers={"Authorization": f"Bearer {session}"})
            return f"{response.status_code} {_told(response)}"
        except httpx.RemoteProtocolError:
            return "cut"

    return ask


def _told(response: httpx.Response) -> str:
    try:
        return json.dumps(response.json())
    except json.JSONDecodeError:
        return "no JSON"


@pytest.mark.parametrize("vendor", [SALESFORCE, HUBSPOT], ids=lambda vendor: vendor.name)
async def test_a_seed_decides_everything(vendor):
    url = QUERY if vendor is SALESFORCE else LIST
    one, again, other = asking(vendor, 1), asking(vendor, 1), asking(vendor, 2)
    answers = [await one(f"{url}?q={number}") for number in MANY]

    assert answers == [await again(f"{url}?q={number}") for number in MANY]
    assert answers != [await other(f"{url}?q={number}") for number in MANY]


async def test_a_request_is_let_through_before_its_sender_loses_patience():
    ask = asking(HUBSPOT, 1, share=1)
    for number in MANY:
        attempts = [await ask(f"{LIST}?q={number}", session="pat-key") for _ in range(MOST_IN_A_ROW + 1)]
        assert any(answer.startswith("200 {") for answer in attempts), number


async def test_a_session_that_ended_stays_ended_and_another_one_serves():
    ask = asking(SALESFORCE, 1)
    answers = [await ask(f"{QUERY}?q={number}") for number in MANY]
    ended = next(number for number, answer in enumerate(answers) if answer.startswith("401"))

    assert ended > 0
    assert {answer[:3] for answer in answers[ended:]} == {"401"}
    assert not (await ask(f"{QUERY}?q=1", session="another")).startswith("401")


async def test_a_page_that_is_split_holds_the_same_rows_in_the_same_order():
    ask = asking(SALESFORCE, 3)
    split = 0
    for number in MANY:
        answer = await ask(f"{QUERY}?q=select+order+by+{number}", session=f"session {number}")
        page = json.loads(answer[4:]) if answer.startswith("200 {") else {"done": True}
        if page["done"]:
            continue
        split += 1
        rest = json.loads((await ask(page["nextRecordsUrl"], session=f"session {number}"))[4:])
        ids = [row["id"] for row in (*page["records"], *rest["records"])]
        assert list(dict.fromkeys(sorted(ids, key=int))) == [row["id"] for row in ROWS]
        assert rest["done"]
    assert split > 5


async def test_a_list_that_comes_in_short_pages_is_whole():
    ask = asking(HUBSPOT, 4)
    seen: set[str] = set()
    after: str | None = "0"
    while after is not None:
        answer = await ask(f"{LIST}?after={after}", session="pat-key")
        if answer.startswith("200 {"):
            page = json.loads(answer[4:])
            seen |= {row["id"] for row in page["results"]}
            onward = max((int(row["id"]) for row in page["results"]), default=50)
            after = page.get("paging", {}).get("next", {}).get("after") or (str(onward) if onward < 50 else None)
    assert seen == {row["id"] for row in ROWS}
