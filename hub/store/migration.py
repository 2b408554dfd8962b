"""Which schema a database has.

Every command asks, and nearly always it is the newest. So alembic, which takes longer to load than the question to
answer, is left out until there is something to apply.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, text

MIGRATIONS = Path(__file__).parent / "migrations"
NEWEST = max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
"""The revision that this code expects: files begin with theirs."""


def upgrade(connection: Connection) -> None:
    """Apply what is missing, in the connection's transaction.

    Raises ConfigurationError where the database is newer than this code.
    """
    if not is_current(connection):
        import_module("hub.store.migrating").upgrade(connection)


def is_current(connection: Connection) -> bool:
    """Whether nothing is left to apply."""
    return revision(connection) == NEWEST


def revision(connection: Connection) -> str | None:
    """The newest migration that was applied; None in an empty database."""
    if connection.scalar(text("select to_regclass('alembic_version')")) is None:
        return None
    applied: str | None = connection.scalar(text("select version_num from alembic_version"))
    return applied


def drift(connection: Connection) -> Sequence[object]:
    """What differs between the database and the model, in alembic's terms; empty where nothing does."""
    found: Sequence[object] = import_module("hub.store.migrating").drift(connection)
    return found
