"""How a source describes itself changes."""

from datetime import datetime
from typing import Any

from hub.connectors.base import Page
from hub.model import AccountRecord, Issue, IssueKind, RawRecord
from tests.jobs.vendor import a_page, a_stream, an_account, every, names


def a_described_page(*payloads: dict[str, object], **fields: str) -> Page:
    return a_page(*payloads, fields=fields)


async def told(database: Any) -> dict[tuple[str, str], bool]:
    """Of each issue, by its kind and subject, whether it is open."""
    return {(issue.kind, issue.subject): issue.resolved_at is None for issue in await every(database, Issue)}


async def test_new_vanished_and_retyped_fields_become_issues(database, vendor, synced):
    vendor.pages = [a_described_page(an_account(), id="id", name="string", size="int")]
    await synced()
    assert await told(database) == {}

    vendor.pages = [a_described_page(an_account(), id="id", name="picklist", color="string")]
    await synced()
    assert await told(database) == {
        (IssueKind.NEW_FIELD, "color"): True,
        (IssueKind.VANISHED_FIELD, "size"): True,
        (IssueKind.RETYPED_FIELD, "name"): True,
    }

    vendor.pages = [a_described_page(an_account(), id="id", name="picklist", size="int")]
    await synced()
    assert await told(database) == {
        (IssueKind.NEW_FIELD, "color"): False,
        (IssueKind.NEW_FIELD, "size"): True,
        (IssueKind.VANISHED_FIELD, "color"): True,
        (IssueKind.VANISHED_FIELD, "size"): False,
        (IssueKind.RETYPED_FIELD, "name"): True,
    }


def website_of(payload: Any) -> list[AccountRecord]:
    said = payload["properties"]
    return [AccountRecord(external_id=payload["id"], name=said["name"], website=said.get("website"))]


async def test_what_a_hidden_field_said_is_kept_though_the_row_changes(database, vendor, synced):
    stream = a_stream(fields_in="properties")
    object.__setattr__(stream, "to_records", website_of)
    before = {"id": "1", "properties": {"name": "Acme", "website": "acme.example"}}
    vendor.pages = [a_described_page(before, name="string", website="string")]
    await synced(stream)
    for name in ("Acme Inc.", "Acme Ltd."):
        vendor.pages = [a_described_page({"id": "1", "properties": {"name": name}}, name="string")]
        await synced(stream)

    (record,) = await every(database, AccountRecord)
    assert (record.name, record.website) == ("Acme Ltd.", "acme.example")
    (raw,) = await every(database, RawRecord)
    assert raw.payload == {"id": "1", "properties": {"name": "Acme Ltd."}}


def changed_at(payload: Any) -> datetime | None:
    return datetime.fromisoformat(payload["at"])


async def test_a_payload_that_comes_late_is_not_taken(database, vendor, synced):
    stream = a_stream(modified_at=changed_at)
    new, old = (an_account("1", name, at=f"2026-01-0{day}T00:00:00Z") for name, day in (("New", 2), ("Old", 1)))
    vendor.pages = [a_page(new, old, an_account("2", "Bolt", at="no date"))]
    await synced(stream)
    vendor.pages = [a_page(old, at=2)]
    (run,) = await synced(stream)

    assert await names(database) == ["Bolt", "New"]
    assert run.changed == 0

    await synced(stream, full=True)  # the source was set back

    assert await names(database) == ["Bolt", "Old"]
    vendor.pages = [a_page(new, at=3)]
    await synced(stream)
    await synced(stream, full=True)  # forgets the dates, and finds the row as it is
    vendor.pages = [a_page(old, at=4)]
    await synced(stream)

    assert await names(database) == ["Bolt", "New"]
