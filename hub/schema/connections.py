"""Where rows come from."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub import model
from hub.schema import choices
from hub.schema.fields import Node, Stored, column, one, shows
from hub.schema.filters import AccountRecordFilter, ConnectionFilter, IssueFilter, SyncRunFilter
from hub.schema.orders import AccountRecordOrder, ConnectionOrder, IssueOrder, SyncRunOrder
from hub.schema.organizations import Organization
from hub.schema.paging import Listing, many
from hub.store import paths

if TYPE_CHECKING:
    from hub.schema.accounts import AccountRecord
    from hub.schema.issues import Issue
    from hub.schema.sync_runs import SyncRun
    from hub.schema.write_plans import WritePlan, WriteRule


@shows(model.StreamState, "How far one stream of a connection was read.")
class StreamState(Stored):
    """A stream, as one connection reads it."""

    stream: str = column(model.StreamState.stream, 'The stream, such as "accounts".')
    status: choices.StreamStatus = column(model.StreamState.status, "Whether it can be read.")
    reason: str | None = column(model.StreamState.reason, "Why it is unavailable.")
    synced_at: datetime | None = column(model.StreamState.synced_at, "When it was last read to its end.")
    swept_at: datetime | None = column(
        model.StreamState.swept_at, "When all its ids were last compared with the source's; null where they never were."
    )


@shows(model.Connection, "One authorized link to one system.")
class Connection(Node):
    """A link to a system."""

    name: str = column(model.Connection.name, 'The name that commands know it by, such as "salesforce".')
    connector: str = column(model.Connection.connector, 'Our code for the system, such as "salesforce" or "file".')
    state: choices.ConnectionState = column(model.Connection.state, "Whether it can be synced.")
    sync_every: int | None = column(
        model.Connection.sync_every, "Minutes between the beginnings of two syncs; null: only when somebody asks."
    )
    sync_due_at: datetime | None = column(model.Connection.sync_due_at, "When the next sync is to begin.")
    created_at: datetime = column(model.Connection.created_at, "When it was made.")
    organization: Organization = one(
        paths.CONNECTION_ORGANIZATION, "The organization whose accounts these are: the connection's subject."
    )
    owner: Organization = one(paths.CONNECTION_OWNER, "The organization that may see the rows.")
    streams: Listing[StreamState] = many(paths.CONNECTION_STREAMS, "How far each of its streams was read.")
    sync_runs: Listing[Annotated["SyncRun", strawberry.lazy("hub.schema.sync_runs")]] = many(
        paths.CONNECTION_SYNC_RUNS, "Its sync runs, the newest first.", where=SyncRunFilter, order=SyncRunOrder
    )
    issues: Listing[Annotated["Issue", strawberry.lazy("hub.schema.issues")]] = many(
        paths.CONNECTION_ISSUES, "What a person should look at.", where=IssueFilter, order=IssueOrder
    )
    write_rules: Listing[Annotated["WriteRule", strawberry.lazy("hub.schema.write_plans")]] = many(
        paths.CONNECTION_WRITE_RULES, "What may be written into its source; without a rule nothing is."
    )
    write_plans: Listing[Annotated["WritePlan", strawberry.lazy("hub.schema.write_plans")]] = many(
        paths.CONNECTION_WRITE_PLANS, "What was planned to be written into its source, the newest first."
    )
    records: Listing[Annotated["AccountRecord", strawberry.lazy("hub.schema.accounts")]] = many(
        paths.CONNECTION_RECORDS,
        "What it says about companies.",
        where=AccountRecordFilter,
        order=AccountRecordOrder,
    )


@strawberry.type
class ConnectionQueries:
    """What can be asked of connections."""

    connections: Listing[Connection] = many(
        paths.CONNECTIONS,
        "The connections that the viewer's organization owns.",
        where=ConnectionFilter,
        order=ConnectionOrder,
    )
