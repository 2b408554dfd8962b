"""What was done and what was refused, for those who may look."""

from datetime import datetime

import strawberry

from hub import model
from hub.schema import choices
from hub.schema.fields import COLUMN, Node, column, shows
from hub.schema.filters import AuditEventFilter
from hub.schema.ids import opaque
from hub.schema.paging import Listing, many
from hub.schema.scalars import ScopeName
from hub.store import paths


@shows(model.AuditEvent, "One thing that was done or refused. Events are only ever added.")
class AuditEvent(Node):
    """One thing that was done or refused."""

    number: int = column(model.AuditEvent.number, "Counts from 1, without a gap.")
    at: datetime = column(model.AuditEvent.at, "When.")
    kind: choices.AuditKind = column(model.AuditEvent.kind, "What kind of thing it tells of.")
    client: str = column(model.AuditEvent.client, 'Who did it, such as "key:hub_0a1b2c3d4e5f", "oidc:…" or "cli:root".')
    role: str | None = column(model.AuditEvent.role, "The role it was done in.")
    action: str = column(model.AuditEvent.action, 'The operation\'s name, or what a command did, such as "key create".')
    document_hash: str | None = column(model.AuditEvent.document_hash, "SHA-256 of the document, in hexadecimal.")
    root_fields: list[str] = column(model.AuditEvent.root_fields, "What the operation selected first.")
    ids: list[str] = column(model.AuditEvent.ids, "What it was done to.")
    outcome: str = column(model.AuditEvent.outcome, 'What became of it: "BEGUN", "OK", or an error code.')
    request_id: str | None = column(model.AuditEvent.request_id, "The request's id, as its answer had it.")

    @strawberry.field(description="The id of the organization whose eyes it was done with.")
    def organization_id(self) -> strawberry.ID | None:
        found = self.row.organization_id
        return opaque(model.Organization, found) if found else None

    @strawberry.field(
        description="The scopes that it needed, or, of a refusal, those that were missing.",
        metadata={COLUMN: model.AuditEvent.scopes},
    )
    def scopes(self) -> list[ScopeName]:
        return [ScopeName(each) for each in self.row.scopes]


@strawberry.type
class AuditQueries:
    """What can be asked of the audit log."""

    audit_events: Listing[AuditEvent] = many(
        paths.AUDIT_EVENTS,
        "What was done and what was refused, the newest first: for the home organization only.",
        where=AuditEventFilter,
    )
