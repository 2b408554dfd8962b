"""A plan of writes on the terminal: its fields, its lines, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.cli.terminal import Cell, console, print_json, quantity, quantity_of, show_table, spelled, tell
from hub.model import Connection, WriteItem, WriteOutcome, WritePlan, WritePlanField
from hub.store import connections, write_plans
from hub.store.database import Database
from hub.store.paths import prefix_of

COUNTS = ("unchanged", "to_fill", "to_replace", "to_clear", "to_create", "skipped")
LINE = ("stream", "external_id", "key", "noun", "name", "field", "before", "after", "outcome", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A plan, as far as it is printed."""

    connection: Connection
    plan: WritePlan
    fields: Sequence[WritePlanField]
    lines: Sequence[WriteItem]
    outcomes: Mapping[WriteOutcome, int]


async def told(database: Database, plan_id: UUID, lines: int) -> Told:
    """The plan and its first lines, those before all others that went wrong. Raises NotFound."""
    async with database.session() as session:
        plan = await write_plans.by_id(session, plan_id)
        return Told(
            connection=await connections.by_id(session, plan.connection_id),
            plan=plan,
            fields=await write_plans.fields(session, plan_id),
            lines=await write_plans.items(session, plan_id, lines),
            outcomes=await write_plans.outcomes(session, plan_id),
        )


def show_plan(told: Told, *, as_json: bool) -> None:
    """Print it."""
    if as_json:
        print_json(_facts(told))
        return
    _show_fields(told)
    for line in told.lines:
        tell(_line(line))
    more = sum(told.outcomes.values()) - len(told.lines)
    if more:
        console.print(f"… and {quantity_of(more, 'more line')}: see --lines.")
    counted = ", ".join(f"{quantity(number)} {each.lower()}" for each, number in sorted(told.outcomes.items()))
    tell(f"{_id(told.plan)} is {told.plan.state.lower()}: {counted or 'nothing to write'}.")
    if told.plan.error:
        tell(told.plan.error)


def _id(plan: WritePlan) -> str:
    return f"{prefix_of(WritePlan)}{plan.id}"


def _show_fields(told: Told) -> None:
    title = (
        f"{told.connection.name}: {quantity(told.plan.records_to_change)} of {quantity_of(told.plan.records, 'row')}"
    )
    if told.plan.records_to_create:
        title += f", {quantity(told.plan.records_to_create)} to create"
    headers = ("Field", "Value", "Right already", "To fill", "To replace", "To clear", "To create", "Skipped")
    show_table(headers, [_counted(each) for each in told.fields], title)
    for each in told.fields:
        if each.obstacle:
            tell(f"{each.field} {each.obstacle}", "yellow")


def _counted(field: WritePlanField) -> tuple[Cell, ...]:
    return field.field, field.value, *(getattr(field, name) for name in COUNTS)


def _line(item: WriteItem) -> str:
    """Such as: Account 0018d00000B1 Acme: Hub_Account_Id__c — → account_0199a3c8-…; new rows after a "create"."""
    new = "" if item.key is None else "create "
    called = f" {item.name}" if item.name else ""
    change = f"{item.before or '—'} → {item.after or '—'}"
    became = "" if item.outcome is WriteOutcome.PENDING else f" ({item.outcome.lower()})"
    reason = f" {item.reason}" if item.reason else ""
    return f"{new}{item.noun} {item.external_id}{called}: {item.field} {change}{became}{reason}"


def _facts(told: Told) -> dict[str, Any]:
    return {
        "plan": _id(told.plan),
        "connection": told.connection.name,
        "state": told.plan.state,
        "records": told.plan.records,
        "recordsToChange": told.plan.records_to_change,
        "recordsToCreate": told.plan.records_to_create,
        "expiresAt": told.plan.expires_at,
        "error": told.plan.error,
        "outcomes": {each.value: number for each, number in told.outcomes.items()},
        "fields": [_selected(each, ("stream", "field", "value", "obstacle", *COUNTS)) for each in told.fields],
        "lines": [_selected(each, LINE) for each in told.lines],
    }


def _selected(row: object, names: Sequence[str]) -> dict[str, Any]:
    """Some columns of a row, spelled as in GraphQL."""
    return {spelled(name): getattr(row, name) for name in names}
