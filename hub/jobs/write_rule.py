"""Allowing a value of ours to be written into a field of a source."""

import re
from uuid import UUID

from hub.errors import InputError
from hub.jobs.sources import Sources
from hub.model import WriteRule
from hub.store import connections, write_rules
from hub.store.database import Session
from hub.store.write_values import value_named

FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}", re.ASCII)
"""As Salesforce and HubSpot name fields."""
KEY = "account_id"
"""The value by which rows that the hub made are known."""


async def enable(session: Session, sources: Sources, rule: WriteRule) -> UUID:
    """The rule that the field now has. Whether the field can be written, a plan finds out.

    Raises NotFound, and InputError where there is no such value or the stream cannot be written.
    """
    connection = await connections.by_id(session, rule.connection_id)
    writable = sources.writings(connection)
    if rule.stream not in writable:
        known = ", ".join(writable) or "none"
        raise InputError(f"{rule.stream!r} of {connection.connector} cannot be written. What can: {known}.")
    if not FIELD.fullmatch(rule.field):
        raise InputError(f"{rule.field[:100]!r} is no name of a field: give it as the source's API names it.")
    value_named(rule.value, rule.stream)
    if rule.creates_rows:
        await _check_key(session, rule)
    return await write_rules.enable(session, rule)


async def _check_key(session: Session, rule: WriteRule) -> None:
    """Refuse a rule by which rows could be made that are not known again, or twice."""
    if rule.value != KEY:
        raise InputError(f"Rows are made by {KEY}, by which they are known again; not by {rule.value}.")
    others = await write_rules.of(session, rule.connection_id)
    for other in others:
        if other.creates_rows and other.stream == rule.stream and other.field != rule.field:
            raise InputError(f"Rows of {rule.stream} are made by {other.field} already: disable that first.")
