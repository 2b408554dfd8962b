from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hub.connectors.base import BadRow, Page, Tombstone, always
from hub.errors import AuthError, BookmarkExpired, Busy, Forbidden, NotFound, Unavailable
from hub.model import (
    AccountRecord,
    Connection,
    ConnectionState,
    ContactRecord,
    Issue,
    IssueKind,
    RawRecord,
    Removal,
    RemovalEvidence,
    StreamState,
    StreamStatus,
    SyncRun,
    SyncRunState,
)
from hub.store import sync_runs
from hub.store.locks import only_one
from tests.jobs.vendor import Vendor, a_page, a_stream, an_account, every, names, pages_of


async def test_every_page_becomes_raw_and_records_and_moves_the_bookmark(database, vendor, synced):
    vendor.pages = [a_page(an_account("1", "Acme")), a_page(an_account("2", " Bolt "), at=2)]

    (run,) = await synced()

    assert (run.state, run.seen, run.changed, run.unmapped) == (SyncRunState.SUCCEEDED, 2, 2, 0)
    assert await names(database) == ["Acme", "Bolt"]
    assert {raw.external_id: raw.payload["name"] for raw in await every(database, RawRecord)}["2"] == " Bolt "
    (state,) = await every(database, StreamState)
    assert state.bookmark == {"at": 2}
    assert state.synced_at is not None
    (kept,) = await every(database, SyncRun)
    assert (kept.state, kept.pages, kept.payloads_seen) == (SyncRunState.SUCCEEDED, 2, 2)


async def test_a_second_sync_of_the_same_pages_changes_nothing(database, vendor, synced):
    vendor.pages = [a_page(an_account())]
    await synced()
    (first,) = await every(database, AccountRecord)

    (again,) = await synced()

    assert (again.seen, again.changed) == (1, 0)
    assert vendor.asked_from == [None, {"at": 1}]
    (same,) = await every(database, AccountRecord)
    assert (same.id, same.observed_at) == (first.id, first.observed_at)


@pytest.mark.parametrize(
    ("broken", "told"), [({"id": "2"}, "lacks the mandatory field"), (an_account("2", 7), "cannot be understood")]
)
async def test_a_payload_not_understood_stays_raw_and_becomes_an_issue(database, vendor, synced, broken, told):
    vendor.pages = [a_page(broken, an_account("1"))]

    (run,) = await synced()

    assert (run.state, run.unmapped) == (SyncRunState.SUCCEEDED, 1)
    assert await names(database) == ["Acme"]
    assert len(await every(database, RawRecord)) == 2
    (issue,) = await every(database, Issue)
    assert (issue.kind, issue.subject, issue.resolved_at) == (IssueKind.UNMAPPED_PAYLOAD, "2", None)
    assert told in issue.message


async def test_an_issue_is_resolved_when_its_payload_is_understood(database, vendor, synced):
    vendor.pages = [a_page({"id": "2"})]
    await synced()
    vendor.pages = [a_page(an_account("2"))]
    await synced()

    (issue,) = await every(database, Issue)
    assert issue.resolved_at is not None
    assert await names(database) == ["Acme"]


async def test_a_new_field_is_reported_and_the_record_kept(database, vendor, synced):
    vendor.pages = [a_page(an_account(shoe_size=44))]

    await synced()

    assert await names(database) == ["Acme"]
    (issue,) = await every(database, Issue)
    assert (issue.kind, issue.subject) == (IssueKind.NEW_FIELD, "shoe_size")


async def test_a_stream_the_source_lacks_is_unavailable_and_the_others_go_on(database, vendor, synced):
    async def absent(_: Vendor, __: object) -> AsyncGenerator[Page, None]:
        raise Forbidden("no such object")
        yield

    vendor.pages = [a_page(an_account())]
    lacking = a_stream("leads")
    object.__setattr__(lacking, "pages", absent)

    runs = await synced(lacking, a_stream())

    assert [run.state for run in runs] == [SyncRunState.UNAVAILABLE, SyncRunState.SUCCEEDED]
    states = {state.stream: state for state in await every(database, StreamState)}
    assert (states["leads"].status, states["leads"].reason) == (StreamStatus.UNAVAILABLE, "no such object")
    (issue,) = await every(database, Issue)
    assert (issue.kind, issue.subject) == (IssueKind.STREAM_UNAVAILABLE, "leads")

    await synced(a_stream("leads"))

    (issue,) = await every(database, Issue)
    assert issue.resolved_at is not None
    states = {state.stream: state for state in await every(database, StreamState)}
    assert (states["leads"].status, states["leads"].reason) == (StreamStatus.READY, None)


async def test_a_source_that_fails_in_the_middle_resumes_after_the_last_stored_page(database, vendor, synced):
    vendor.pages = [a_page(an_account("1")), Unavailable("gone"), a_page(an_account("2"), at=2)]
    await synced()
    assert await names(database) == ["Acme"]
    (failed,) = await every(database, SyncRun)
    assert (failed.state, failed.error) == (SyncRunState.FAILED, "gone")

    vendor.pages = [a_page(an_account("2", "Bolt"), at=2)]
    await synced()

    assert vendor.asked_from == [None, {"at": 1}]
    assert await names(database) == ["Acme", "Bolt"]


async def test_a_source_that_fails_twice_in_a_row_is_left_in_peace(database, vendor, synced):
    vendor.pages = [Unavailable("gone")]
    with pytest.raises(Unavailable):
        await synced(a_stream(), a_stream("contacts"), a_stream("leads"))

    assert len(vendor.asked_from) == 2


@pytest.mark.parametrize("when", ["opening", "reading"])
async def test_refused_credentials_ask_the_owner_to_connect_again(database, vendor, synced, when):
    if when == "opening":
        vendor.refuses = AuthError("401")
    else:
        vendor.pages = [AuthError("401")]
    with pytest.raises(AuthError):
        await synced()

    (connection,) = await every(database, Connection)
    assert connection.state == ConnectionState.REAUTH_REQUIRED


async def test_a_payload_without_an_id_fails_the_stream_and_stores_nothing_of_its_page(database, vendor, synced):
    vendor.pages = [a_page(an_account("1"), {"name": "No id"})]

    (run,) = await synced()

    assert run.state == SyncRunState.FAILED
    assert "no id" in run.error
    assert await every(database, RawRecord) == []


async def test_a_run_whose_process_died_is_closed_by_the_next(database, connection_id, vendor, synced):
    async with database.session() as session:
        await sync_runs.start(session, connection_id, "accounts")
    vendor.pages = [a_page(an_account())]

    await synced()

    assert sorted(run.state for run in await every(database, SyncRun)) == ["INTERRUPTED", "SUCCEEDED"]


async def test_two_readings_of_one_stream_do_not_run_at_once(database, synced):
    async with only_one(database, "the sync of crm: accounts"):
        with pytest.raises(Busy, match="the sync of crm"):
            await synced()


async def test_a_full_sync_starts_from_the_beginning(vendor, synced):
    vendor.pages = [a_page(an_account())]
    await synced()
    await synced(full=True)

    assert vendor.asked_from == [None, None]


async def test_a_bookmark_that_the_source_forgot_starts_the_stream_again(vendor, synced):
    async def forgetful(source: Vendor, bookmark: Mapping[str, Any] | None) -> AsyncGenerator[Page, None]:
        if bookmark is not None:
            raise BookmarkExpired("that was long ago")
        async for page in pages_of(source, bookmark):
            yield page

    vendor.pages = [a_page(an_account())]
    await synced()
    stream = a_stream()
    object.__setattr__(stream, "pages", forgetful)

    (run,) = await synced(stream)

    assert (run.state, run.seen) == (SyncRunState.SUCCEEDED, 1)


async def test_an_unknown_stream_is_refused_with_the_names_there_are(synced):
    with pytest.raises(NotFound, match="Its streams: accounts"):
        await synced(stream="nonsense")


async def test_what_a_whole_stream_no_longer_has_is_removed_only_when_it_was_read_to_its_end(database, vendor, synced):
    whole = a_stream(whole=always)
    vendor.pages = [a_page(an_account("1", "Acme"), an_account("2", "Bolt"))]
    await synced(whole)

    vendor.pages = [a_page(an_account("1", "Acme")), Unavailable("gone")]
    await synced(whole)
    assert await names(database) == ["Acme", "Bolt"]

    vendor.pages = [a_page(an_account("1", "Acme"))]
    await synced(whole)
    assert await names(database) == ["Acme"]

    vendor.pages = [a_page(an_account("1", "Acme"), an_account("2", "Bolt"))]
    await synced(whole)
    assert await names(database) == ["Acme", "Bolt"]


async def test_a_tombstone_removes_its_row_with_evidence_and_the_row_may_come_back(database, vendor, synced):
    vendor.pages = [a_page(an_account())]
    await synced()
    gone = Tombstone(external_id="1", removal=Removal.DELETED, evidence=RemovalEvidence.DELETED_FEED)
    vendor.pages = [a_page(tombstones=[gone], at=2)]
    await synced()

    (record,) = await every(database, AccountRecord)
    assert (record.removal, record.removal_evidence) == (Removal.DELETED, RemovalEvidence.DELETED_FEED)

    vendor.pages = [a_page(an_account(), at=3)]
    await synced()
    assert await names(database) == ["Acme"]


async def test_lines_of_a_file_that_cannot_be_read_become_issues_until_they_can(database, vendor, synced):
    whole = a_stream(whole=always)
    vendor.pages = [a_page(an_account(), bad_rows=[BadRow(subject="line 7", message="2 cells, 5 expected")])]
    await synced(whole)
    (issue,) = await every(database, Issue)
    assert (issue.kind, issue.subject, issue.resolved_at) == (IssueKind.BAD_ROW, "line 7", None)

    vendor.pages = [a_page(an_account())]
    await synced(whole)
    (issue,) = await every(database, Issue)
    assert issue.resolved_at is not None


async def test_credentials_are_not_readable_in_the_database(database, connection_id):
    async with database.session() as session:
        stored = (
            await session.execute(text("select config::text || encode(credentials, 'escape') from connection"))
        ).scalar_one()

    assert "s3cret" not in stored


async def test_a_reading_that_lost_its_stream_to_another_ends_and_removes_nothing(database, vendor, synced):
    whole = a_stream(whole=always)
    vendor.pages = [a_page(*(an_account(str(each), f"Name {each}") for each in range(3)))]
    await synced(whole)

    async def taken_over(source: Vendor, bookmark: Mapping[str, Any] | None) -> AsyncGenerator[Page, None]:
        yield a_page(an_account("0", "Name 0"))
        async with database.session() as session:
            (connection,) = await every(database, Connection)
            await sync_runs.start(session, connection.id, "accounts")

    object.__setattr__(whole, "pages", taken_over)
    with pytest.raises(Busy):
        await synced(whole, accept_removals=True)

    assert len(await names(database)) == 3


async def test_a_full_sync_that_is_cut_off_stays_a_full_one(database, vendor, synced):
    vendor.pages = [a_page(an_account("1"))]
    await synced(a_stream(), a_stream("contacts"))
    vendor.pages = [Unavailable("gone")]
    with pytest.raises(Unavailable):
        await synced(a_stream(), a_stream("contacts"), a_stream("leads"), full=True)
    vendor.asked_from.clear()
    vendor.pages = [a_page(an_account("1"), at=7)]

    await synced(a_stream("leads"))
    await synced(a_stream(), a_stream("contacts"))

    assert vendor.asked_from == [None, None, None]


async def test_a_value_that_the_database_cannot_hold_fails_its_stream_and_is_not_told(
    database, vendor, synced, monkeypatch
):
    monkeypatch.setattr("hub.store.records.MOST_DIGITS", 10**6)
    huge = AccountRecord(external_id="1", name="Acme", revenue=Decimal("1e200000"))
    too_large = a_stream()
    object.__setattr__(too_large, "to_records", lambda _: [huge])
    vendor.pages = [a_page(an_account("1"))]

    runs = await synced(too_large, a_stream("contacts"))

    assert [run.state for run in runs] == ["FAILED", "SUCCEEDED"]
    assert runs[0].error == "The database cannot hold a value (SQL state 22003)."


async def test_half_a_letter_spoils_neither_its_row_nor_the_others(database, vendor, synced):
    halved = b'{"id":"1","name":"Acme \\ud83d"}'
    vendor.pages = [Page(payloads=[halved, b'{"id":"2","name":"Bolt"}'], bookmark={})]

    (run,) = await synced()

    assert (run.state, run.unmapped) == ("SUCCEEDED", 0)
    assert await names(database) == ["Acme ?", "Bolt"]


async def test_a_row_that_is_gone_counts_once_whatever_else_it_was_mapped_to(database, vendor, synced):
    def contact(payload):
        gone = {"removal": Removal.DELETED, "removal_evidence": RemovalEvidence.SOURCE_ROW} if payload["gone"] else {}
        yield ContactRecord(external_id=payload["id"], first_name="Ann", last_name="Lee", **gone)
        yield AccountRecord(external_id=f"of {payload['id']}", name="Acme", **gone)

    contacts = replace(a_stream("contacts"), record=ContactRecord, to_records=contact, fields=frozenset())
    vendor.pages = [a_page({"id": "1", "gone": False}, {"id": "2", "gone": False})]
    await synced(contacts)
    vendor.pages = [a_page({"id": "1", "gone": True}, {"id": "2", "gone": True})]
    (run,) = await synced(contacts)
    assert run.removed == 2
