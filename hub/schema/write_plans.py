"""What may be written into sources, what was planned to be, and what became of it."""

from datetime import datetime

from hub import model
from hub.schema import choices
from hub.schema.connections import Connection
from hub.schema.fields import Node, Stored, column, one, shows
from hub.schema.filters import WriteItemFilter
from hub.schema.paging import Listing, many
from hub.store import paths


@shows(model.WriteRule, "A value of the hub's that may be written into a field of a source.")
class WriteRule(Node):
    """A value in a field."""

    stream: str = column(model.WriteRule.stream, 'The stream that has the field, such as "accounts".')
    field: str = column(model.WriteRule.field, 'The field, as the source names it, such as "Hub_Account_Id__c".')
    value: str = column(model.WriteRule.value, 'What is written, such as "account_id".')
    creates_rows: bool = column(
        model.WriteRule.creates_rows,
        "Whether rows may be created of accounts that the source has none of, known by this field.",
    )
    enabled_by: str = column(model.WriteRule.enabled_by, "Who enabled it, as the audit log names them.")
    enabled_at: datetime = column(model.WriteRule.enabled_at, "When.")
    connection: Connection = one(paths.WRITE_RULE_CONNECTION, "The connection into whose source it is written.")


@shows(model.WritePlanField, "One field in a plan, and in how many rows it would change.")
class WritePlanField(Stored):
    """A field in a plan."""

    stream: str = column(model.WritePlanField.stream, "The stream that has it.")
    field: str = column(model.WritePlanField.field, "The field, as the source names it.")
    value: str = column(model.WritePlanField.value, "What would be written.")
    obstacle: str | None = column(
        model.WritePlanField.obstacle,
        'Why nothing can be written into it, as the end of a sentence that begins with the field: "is a formula".',
    )
    unchanged: int = column(model.WritePlanField.unchanged, "Rows that hold the value already.")
    to_fill: int = column(model.WritePlanField.to_fill, "Rows in which it is empty.")
    to_replace: int = column(model.WritePlanField.to_replace, "Rows in which it holds something else.")
    to_clear: int = column(
        model.WritePlanField.to_clear, "Rows in which it holds something, though there is nothing to say any more."
    )
    to_create: int = column(model.WritePlanField.to_create, "Rows that would be created with it.")
    skipped: int = column(model.WritePlanField.skipped, "Rows that are left out; their items say why.")


@shows(model.WriteItem, "One value in one field of one row: a line of a plan, and what became of it.")
class WriteItem(Node):
    """A line of a plan."""

    stream: str = column(model.WriteItem.stream, "The stream that has the row.")
    external_id: str = column(model.WriteItem.external_id, "The source's id of the row; its `key` until it is created.")
    key: str | None = column(
        model.WriteItem.key, "What a row that is to be created is known by; null: the row is there."
    )
    noun: str = column(model.WriteItem.noun, 'The source\'s word for such a row, such as "Account".')
    name: str | None = column(model.WriteItem.name, "What the row is called.")
    field: str = column(model.WriteItem.field, "The field, as the source names it.")
    before: str | None = column(model.WriteItem.before, "What it held when this was planned; null: nothing.")
    after: str | None = column(model.WriteItem.after, "What is written into it; null empties it.")
    outcome: choices.WriteOutcome = column(model.WriteItem.outcome, "What became of it.")
    reason: str | None = column(model.WriteItem.reason, "Why that became of it, in words for people.")
    settled_at: datetime | None = column(model.WriteItem.settled_at, "When that became of it.")
    echoed_at: datetime | None = column(
        model.WriteItem.echoed_at, "When a sync brought the value back; null until then."
    )


@shows(model.WritePlan, "What would be written into one source. What it shows is what is written, or nothing.")
class WritePlan(Node):
    """What would be written."""

    state: choices.WritePlanState = column(model.WritePlan.state, "How it stands.")
    records: int = column(model.WritePlan.records, "Rows of the source that were compared.")
    records_to_change: int = column(model.WritePlan.records_to_change, "Those of them that would change.")
    records_to_create: int = column(
        model.WritePlan.records_to_create, "Rows that would be created, of accounts that the source has none of."
    )
    planned_by: str = column(model.WritePlan.planned_by, "Who asked for it, as the audit log names them.")
    applied_by: str | None = column(model.WritePlan.applied_by, "Who had it applied.")
    error: str | None = column(model.WritePlan.error, "Why it failed or stopped.")
    created_at: datetime = column(model.WritePlan.created_at, "When it was asked for.")
    expires_at: datetime = column(model.WritePlan.expires_at, "From when on it is too old to be applied.")
    finished_at: datetime | None = column(model.WritePlan.finished_at, "When all of it was applied, or it failed.")
    connection: Connection = one(paths.WRITE_PLAN_CONNECTION, "The connection into whose source it is written.")
    fields: Listing[WritePlanField] = many(paths.WRITE_PLAN_FIELDS, "Its fields, with counts.")
    items: Listing[WriteItem] = many(
        paths.WRITE_PLAN_ITEMS, "Its lines; rows that are right already have none.", where=WriteItemFilter
    )
