"""What a person should look at."""

from datetime import datetime

import strawberry

from hub import model
from hub.schema import choices
from hub.schema.connections import Connection
from hub.schema.fields import Node, column, one, shows
from hub.schema.filters import IssueFilter
from hub.schema.orders import IssueOrder
from hub.schema.paging import Listing, many
from hub.store import paths


@shows(model.Issue, "Something a person should look at; one however often it was met.")
class Issue(Node):
    """Something to look at."""

    stream: str = column(model.Issue.stream, 'The stream it was met in, such as "accounts".')
    kind: choices.IssueKind = column(model.Issue.kind, "What went wrong.")
    subject: str = column(
        model.Issue.subject, "What it is about: a payload's external id, a field, a line number or the stream."
    )
    message: str = column(model.Issue.message, "What was met, in words.")
    first_seen_at: datetime = column(model.Issue.first_seen_at, "When it was first met.")
    last_seen_at: datetime = column(model.Issue.last_seen_at, "When it was last met.")
    resolved_at: datetime | None = column(model.Issue.resolved_at, "When a later sync no longer met it.")
    connection: Connection = one(paths.ISSUE_CONNECTION, "The connection it was met in.")


@strawberry.type
class IssueQueries:
    """What can be asked of issues."""

    issues: Listing[Issue] = many(
        paths.ISSUES, "What a person should look at, the last met first.", where=IssueFilter, order=IssueOrder
    )
