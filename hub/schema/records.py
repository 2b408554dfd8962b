"""What all rows copied from a source show: where they come from, and what the source said."""

from datetime import datetime

import strawberry

from hub import model
from hub.schema import choices
from hub.schema.connections import Connection
from hub.schema.fields import ENTRIES, Node, Stored, column, one, shows
from hub.schema.paging import Listing, many
from hub.store import paths


@shows(model.RawRecordVersion, "An earlier payload of the same object.")
class RawRecordVersion(Stored):
    """An earlier payload."""

    version: int = column(model.RawRecordVersion.version, "Counts from 1.")
    payload: str = column(model.RawRecordVersion.payload, 'The JSON text, exactly as sent: `{"Id": "0015g…", …}`.')
    observed_at: datetime = column(model.RawRecordVersion.observed_at, "When the hub first saw it.")
    superseded_at: datetime = column(model.RawRecordVersion.superseded_at, "When the hub saw the next one.")


@shows(model.RawRecord, "The newest payload of one object, kept exactly as its source sent it.")
class RawRecord(Node):
    """A payload as sent."""

    stream: str = column(model.RawRecord.stream, 'The stream it came in, such as "accounts".')
    external_id: str = column(model.RawRecord.external_id, 'The source\'s id, such as "0015g00000XyZ12AAB".')
    version: int = column(model.RawRecord.version, "Counts from 1, one more with each payload that differed.")
    payload: str = column(model.RawRecord.payload, 'The JSON text, exactly as sent: `{"Id": "0015g…", …}`.')
    observed_at: datetime = column(model.RawRecord.observed_at, "When the hub first saw it.")
    history: Listing[RawRecordVersion] = many(paths.RAW_RECORD_HISTORY, "Earlier payloads, the newest first.")


@strawberry.type(description="A field of the source's own, beyond the hub's model.")
class CustomField:
    """A custom field."""

    key: str = strawberry.field(description='The source\'s name for it, such as "Tier__c".')
    value: str = strawberry.field(description='Its value as JSON text: `"Gold"`, `12`, `null`.')


@strawberry.interface(description="A row copied from a source: what one connection says.")
class Synced(Node):
    """A row copied from a source. Its columns are named by those of AccountRecord: a mixin has none of its own."""

    external_id: str = column(model.AccountRecord.external_id, 'The source\'s id, such as "0015g00000XyZ12AAB".')
    source_created_at: datetime | None = column(
        model.AccountRecord.source_created_at, "When it was created at its source, where the source says."
    )
    source_modified_at: datetime | None = column(
        model.AccountRecord.source_modified_at, "When it last changed at its source, where the source says."
    )
    observed_at: datetime = column(model.AccountRecord.observed_at, "When the hub first saw it as it now is.")
    removal: choices.Removal | None = column(
        model.AccountRecord.removal, "What became of it at its source; null while it lives."
    )
    removal_evidence: choices.RemovalEvidence | None = column(
        model.AccountRecord.removal_evidence, "How we know that it was removed."
    )
    removed_at: datetime | None = column(model.AccountRecord.removed_at, "When it was removed, where the source says.")
    merged_into: str | None = column(
        model.AccountRecord.merged_into, "The external id of the row that took its place, where it was merged."
    )
    connection: Connection = one(paths.connection_of, "The connection that says it.")
    raw: RawRecord = one(paths.raw_of, "The payload it was mapped from.")

    @strawberry.field(
        description="The source's own fields beyond the hub's model.", metadata={ENTRIES: model.AccountRecord.custom}
    )
    def custom_fields(self) -> list[CustomField]:
        return [CustomField(key=key, value=value) for key, value in self.row.custom]


@shows(model.SalesUser, "A login of a source: who owns accounts, contacts and deals there.")
class SalesUser(Synced):
    """Who works in a source."""

    name: str | None = column(model.SalesUser.name, 'The name, such as "Ada Example".')
    email: str | None = column(model.SalesUser.email, 'The e-mail address, such as "ada@acme.example".')
    is_active: bool | None = column(model.SalesUser.is_active, "Whether the login still works.")
