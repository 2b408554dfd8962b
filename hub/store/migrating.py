"""Bringing a database to the newest schema, one process at a time. Imported where there is something to do only."""

from collections.abc import Sequence
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, text

from hub.errors import ConfigurationError
from hub.model import Base
from hub.store.migration import MIGRATIONS

LOCK = 0x6875_6264
"""The advisory lock held while migrating: two processes that start together must not both do it."""


def upgrade(connection: Connection) -> None:
    """Apply what is missing, in the connection's transaction.

    Raises ConfigurationError where the database is newer than this code.
    """
    connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    try:
        command.upgrade(_config(connection), "head")
    except CommandError as error:
        raise ConfigurationError(
            f"The database was migrated by a newer hub than this one ({error}): install that version."
        ) from error


def drift(connection: Connection) -> Sequence[object]:
    """What differs between the database and the model, in alembic's terms; empty where nothing does."""
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "include_name": _is_ours, "include_object": _is_table}
    )
    return list(compare_metadata(context, Base.metadata))


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    """The queue's tables are procrastinate's own."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def _is_table(item: Any, *_: object) -> bool:
    """Of views alembic knows nothing."""
    return not item.info.get("is_view")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
