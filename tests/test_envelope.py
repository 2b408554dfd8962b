"""What is around every answer, and what is told where there is none."""

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from hub.envelope import Envelope


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise ZeroDivisionError("a secret")


async def cut_short(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"some", "more_body": True})
    raise ZeroDivisionError


def asking(app: Envelope) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


async def test_a_defect_is_told_as_no_more_than_that_and_logged_under_the_same_id():
    with capture_logs() as logs:
        async with asking(Envelope(broken)) as http:
            response = await http.get("/", headers={"X-Request-Id": "abc-1"})

    told = {"message": "Internal error", "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": "abc-1"}}
    assert (response.status_code, response.json()) == (500, {"errors": [told]})
    assert response.headers["X-Request-Id"] == "abc-1"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert [(each["event"], each["request_id"], each["exc_info"]) for each in logs] == [
        ("request failed", "abc-1", True)
    ]


async def test_an_answer_that_has_begun_is_cut_rather_than_ended_as_if_it_were_whole():
    with capture_logs() as logs:
        async with asking(Envelope(cut_short)) as http:
            with pytest.raises(ZeroDivisionError):
                await http.get("/", headers={"X-Request-Id": "abc-2"})

    assert [(each["event"], each["request_id"]) for each in logs] == [("request failed", "abc-2")]
