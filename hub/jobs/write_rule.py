"""Allowing a value of ours to be written into a field of a source."""

import re
from difflib import get_close_matches
from uuid import UUID

from hub.errors import InputError, NotFound
from hub.jobs.sources import Sources
from hub.model import Connection, WriteRule
from hub.store import connections, write_rules
from hub.store.database import Session
from hub.store.write_values import value_named

FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}", re.ASCII)
"""As Salesforce and HubSpot name fields."""
KEY = "account_id"
"""The value by which rows that the hub made are known."""


async def enable(session: Session, sources: Sources, rule: WriteRule) -> UUID:
    """The rule that the field now has. Whether the field can be written, a plan finds out.

    Raises NotFound, and InputError where there is no such value, or it cannot be written there, or rows cannot be
    made by it.
    """
    connection = await connections.by_id(session, rule.connection_id)
    writable = sources.writings(connection)
    if rule.stream not in writable:
        known = ", ".join(writable) or "none"
        raise InputError(f"{rule.stream!r} of {connection.connector} cannot be written. What can: {known}.")
    if not FIELD.fullmatch(rule.field):
        raise InputError(f"{rule.field[:100]!r} is no name of a field: give it as the source's API names it.")
    value_named(rule.value, rule.stream)
    if rule.field in writable[rule.stream].essentials:
        raise InputError(f"{rule.field} holds what a row is called or found by: nothing of ours is written over it.")
    if rule.creates_rows:
        _check_creation(connection, rule)
    return await write_rules.enable(session, rule)


async def check_field(sources: Sources, rule: WriteRule) -> str | None:
    """What keeps the rule's field from being written as its source now says it; None where nothing does.

    Raises NotFound where the source has no such field, and SourceError, ConfigurationError or InputError where it
    cannot be asked.
    """
    async with sources.database.session() as session:
        connection = await connections.by_id(session, rule.connection_id)
    writing = sources.writings(connection).get(rule.stream)
    if writing is None:
        return None  # enabling it is refused
    async with sources.opened(connection) as source:
        fields = await writing.targets(source)
    if rule.field not in fields:
        close = ", ".join(get_close_matches(rule.field, fields, n=3)) or "none"
        raise NotFound(f"{connection.name} has no field {rule.field} in {rule.stream}. Similar ones: {close}.")
    return fields[rule.field].obstacle


def _check_creation(connection: Connection, rule: WriteRule) -> None:
    """Refuse a rule by which rows could be made that are not known again, or in a system that is not the owner's."""
    if rule.value != KEY:
        raise InputError(f"Rows are made by {KEY}, by which they are known again; not by {rule.value}.")
    if connection.subject_id != connection.owner_id:
        raise InputError(
            f"{connection.name} is a system of another organization than its owner: no rows are made there."
        )
