"""Errors of the database, as the hub tells them."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as SQLTimeout

from hub.errors import StoreError, TimedOut, Unstorable

OPERATORS_TO_MEND = frozenset({"53100", "53200", "53300", "25006", "42501", "57P01", "57P03"})
"""SQL states: disk full, out of memory, too many connections, read-only, no privilege, shut down, starting up."""

PATIENCE = 15
"""Seconds that a statement which answers a client may take."""


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the database as StoreError, where an operator can mend them or they pass."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        found = told(error)
        # What the database says of a value it cannot hold, quotes the value.
        raise found from None if isinstance(found, Unstorable) else error
    except SQLTimeout as error:
        raise StoreError("The database is too busy: no connection became free in time.") from error


def told(error: DBAPIError | psycopg.Error) -> Exception:
    """The error as the hub tells it: a StoreError for what an operator can mend, else as it is: a defect of ours."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.errors.DataError):
        return Unstorable(f"The database cannot hold a value (SQL state {cause.sqlstate}).")
    if isinstance(cause, psycopg.errors.QueryCanceled):
        return TimedOut("The operation takes longer than it may: ask for less at once.")
    if getattr(cause, "sqlstate", None) in OPERATORS_TO_MEND or isinstance(cause, psycopg.OperationalError):
        return StoreError(f"The database refuses to go on: {first_line(error)}.")
    return error


def first_line(error: DBAPIError | psycopg.Error) -> str:
    """What the database says, on one line."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = str(cause).strip().splitlines() or ["no reason given"]
    return lines[0].rstrip(".")
