"""The names of what workers do, and which of it is done one at a time."""

from uuid import UUID

SYNC = "sync"
MAP = "map"
FOLLOW_HINTS = "follow hints"
WRITE_PLAN = "write plan"
WRITE_APPLY = "write apply"

MAPPING = "mapping"
"""The lock of mapping: it is one for the whole hub."""


def lock_of(connection_id: UUID) -> str:
    """The lock of all that reads from one connection, or writes: its source counts our requests together."""
    return f"connection {connection_id}"
