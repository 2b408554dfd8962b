"""Bodies that real orgs sent, each met as the connector meets its like."""

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from hub.connectors.response import decoded
from hub.connectors.salesforce.described import Described
from hub.connectors.salesforce.jobs import JobState, ended
from hub.connectors.salesforce.org import Rows
from hub.connectors.salesforce.refusal import refusal
from hub.connectors.salesforce.results import rows
from hub.errors import BookmarkExpired, Forbidden, SourceError

from .wire import FIXTURES, answer, opened

RECORDED = FIXTURES / "recorded"


def sent(file: str, status: int = 200) -> httpx.Response:
    request = httpx.Request("GET", "https://org.example/services/data/v67.0/x")
    return httpx.Response(status, content=(RECORDED / f"{file}.json").read_bytes(), request=request)


@pytest.mark.parametrize(
    ("file", "count"),
    [
        ("read-list-contacts", 20),
        ("read-list-leads", 8),
        ("read-opportunity-with-account", 2),
        ("read-opportunity-with-contacts", 1),
    ],
)
def test_a_page_of_rows_is_read_with_every_byte_of_each(file: str, count: int):
    page = decoded(sent(file), Rows)
    assert (page.done, len(page.records)) == (True, count)
    assert all(bytes(record) in sent(file).content for record in page.records)


@pytest.mark.parametrize(
    ("file", "error"),
    [("unknown-field", BookmarkExpired), ("unknown-object", Forbidden), ("entity-is-deleted", Forbidden)],
)
def test_a_refusal_is_an_error_by_its_consequence(file: str, error: type[SourceError]):
    status = 404 if file == "entity-is-deleted" else 400
    assert type(refusal(sent(file, status))) is error


@pytest.mark.parametrize(
    ("file", "name", "custom"),
    [
        ("accounts-sampled", "Account", set()),
        ("organization-sampled", "Organization", set()),
        ("custom-object-with-custom-fields", "TestObject15__c", {"MailBox__c", "Birthday__c", "Interests__c"}),
    ],
)
def test_an_object_is_followed_as_it_is_described(file: str, name: str, custom: set[str]):
    body = msgspec.json.decode(sent(file).content)["compositeResponse"][0]["body"]
    described = msgspec.convert(body, Described)
    assert described.name == name
    assert custom <= described.types.keys()
    assert not {"address", "location", "base64"} & set(described.types.values())


def test_a_new_job_is_known_by_its_id():
    job = decoded(sent("bulk-job-created"), JobState)
    assert (job.id, job.operation, job.object, job.state) == (
        "750ak000009AVi5AAG",
        "query",
        "Account",
        "UploadComplete",
    )


@pytest.mark.parametrize(
    ("file", "processed"),
    [("bulk-job-success", 3000), ("bulk-job-partial-failure", 8), ("bulk-job-complete-failure", None)],
)
async def test_a_job_is_waited_for_until_it_ends(file: str, processed: int | None):
    states = iter(["bulk-job-created", "bulk-job-in-progress", file])

    def asked(request: httpx.Request) -> httpx.Response:
        return sent(next(states)) if "/jobs/query/" in request.url.path else answer(request)

    async with opened(asked) as org:
        state = await ended(org, "750ak000009BWKLAA4")
    assert (state and state.number_records_processed) == processed
    assert list(states) == []


async def test_a_csv_is_read_to_its_last_cell():
    text = (RECORDED / "bulk-results-partial-failure.csv").read_bytes()

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(text), 7):
            yield text[start : start + 7]

    ((header, (row,)),) = [found async for found in rows(pieces())]
    assert header == ["sf__Id", "sf__Error", "Name", "StageName", "external_id__c", "CloseDate"]
    assert row[1].endswith("is not a valid value for the type xsd:date:CloseDate --")
    assert (row[0], row[5]) == ("", "2003-04-987654321987654321")
