from datetime import UTC, datetime

import httpx
import pytest

from hub.connectors.response import decoded, refusal_by_status, retry_after, server_time
from hub.errors import AuthError, Forbidden, SourceError, Unavailable, UnexpectedPayload

URL = "https://crm.example"


def answered(status: int, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named, request=httpx.Request("GET", f"{URL}/rows?email=ilse@corp.example"))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, Unavailable),
        (400, UnexpectedPayload),
        (401, AuthError),
        (403, Forbidden),
        (404, Forbidden),
        (408, Unavailable),
        (410, Forbidden),
        (423, Unavailable),
        (429, Unavailable),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_a_status_is_an_error_by_its_consequence(status: int, error: type[SourceError]):
    assert type(refusal_by_status(answered(status))) is error


def test_messages_name_the_place_and_never_what_was_asked():
    assert str(refusal_by_status(answered(500))) == "GET crm.example/rows answered 500"


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("17", 17),
        ("Sun, 01 Nov 2026 12:01:30 GMT", 90),
        ("Sun, 01 Nov 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_on_the_sources_clock(given: str, seconds: float | None):
    response = answered(429, Retry_After=given, Date="Sun, 01 Nov 2026 12:00:00 GMT")
    assert retry_after(response) == seconds


def test_without_a_clock_of_the_source_a_date_is_measured_on_ours():
    assert retry_after(answered(503, Retry_After="Thu, 01 Jan 1970 00:00:00 GMT")) == 0


def test_the_time_is_the_sources():
    assert server_time(answered(200, Date="Sun, 01 Nov 2026 12:00:00 GMT")) == datetime(2026, 11, 1, 12, tzinfo=UTC)
    assert server_time(answered(200, Date="Sun, 01 Nov 2026 12:00:00 -0000")) == datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_without_the_sources_time_nothing_is_guessed(date: str):
    with pytest.raises(UnexpectedPayload, match="Date"):
        server_time(answered(200, Date=date))


@pytest.mark.parametrize(
    ("body", "error"),
    [(b"", Unavailable), (b'{"rows": [', Unavailable), (b"\xff", Unavailable), (b"3", UnexpectedPayload)],
)
def test_a_body_cut_short_is_a_failure_and_another_shape_is_a_surprise(body: bytes, error: type[SourceError]):
    response = httpx.Response(200, content=body, request=httpx.Request("GET", URL))
    with pytest.raises(error):
        decoded(response, dict)
