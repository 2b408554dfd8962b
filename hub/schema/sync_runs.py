"""Runs that copy streams."""

from datetime import datetime

import strawberry

from hub import model
from hub.schema import choices
from hub.schema.connections import Connection
from hub.schema.fields import Node, column, one, shows
from hub.schema.filters import SyncRunFilter
from hub.schema.orders import SyncRunOrder
from hub.schema.paging import Listing, many
from hub.store import paths


@shows(model.SyncRun, "One reading of one stream.")
class SyncRun(Node):
    """One reading of one stream."""

    stream: str = column(model.SyncRun.stream, 'The stream, such as "accounts".')
    state: choices.SyncRunState = column(model.SyncRun.state, "How it stands.")
    started_at: datetime = column(
        model.SyncRun.started_at, "When it started; when it was asked for, while it is queued."
    )
    finished_at: datetime | None = column(model.SyncRun.finished_at, "When it ended; null while it runs.")
    pages: int = column(model.SyncRun.pages, "How many pages it read.")
    payloads_seen: int = column(model.SyncRun.payloads_seen, "How many payloads it read.")
    payloads_changed: int = column(
        model.SyncRun.payloads_changed, "Payloads that were new or differed from what was stored."
    )
    payloads_unmapped: int = column(
        model.SyncRun.payloads_unmapped, "Payloads kept raw because they could not be understood."
    )
    payloads_expected: int | None = column(
        model.SyncRun.payloads_expected, "Payloads that it will read in all, where the source says so."
    )
    rows_removed: int = column(model.SyncRun.rows_removed, "Rows that it found to be gone at the source.")
    quota_used: int | None = column(
        model.SyncRun.quota_used,
        "Requests of the source's day that all its clients had used up at its last page; null where it does not say.",
    )
    quota_limit: int | None = column(model.SyncRun.quota_limit, "Requests that the source grants in a day.")
    error: str | None = column(model.SyncRun.error, "Why it failed.")
    connection: Connection = one(paths.SYNC_RUN_CONNECTION, "The connection it read from.")


@strawberry.type
class SyncRunQueries:
    """What can be asked of sync runs."""

    sync_runs: Listing[SyncRun] = many(
        paths.SYNC_RUNS, "Sync runs, the newest first.", where=SyncRunFilter, order=SyncRunOrder
    )
