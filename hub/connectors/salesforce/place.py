"""How far a stream was read, as its bookmark says it."""

from datetime import datetime, timedelta
from typing import Any, Self

import msgspec

from hub.connectors.base import Bookmark
from hub.connectors.salesforce.values import instant, required
from hub.errors import UnexpectedPayload

OVERLAP = timedelta(minutes=10)
"""Rows are stamped when they are written and seen when they are committed, up to ten minutes later."""


class Job(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A job of the Bulk API that answers for the run under way, and how far its results are stored."""

    id: str
    version: str
    """Of the API. Results are read with that of their job."""
    expected: int
    """How many rows there were when it was made."""
    locator: str | None = None
    """Where its results go on; None: at their beginning. Salesforce keeps it for seven days."""
    rows: int = 0
    """How many of them are stored."""
    reached: datetime | None = None
    """The latest change among those stored."""


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a stream was read."""

    stamp: datetime | None = None
    """When the last row stored was changed."""
    id: str | None = None
    """Its id. None: rows of the very same `stamp` are still to be read."""
    until: datetime | None = None
    """The closed end of the run under way; None between runs."""
    job: Job | None = None
    """Who answers for what is between `stamp` and `until`; None: queries do."""
    deleted_until: datetime | None = None
    """How far the list of deleted ids was read."""
    whole_at: datetime | None = None
    """When the last reading from the start began."""

    @classmethod
    def of(cls, bookmark: Bookmark | None) -> Self:
        """The place that a bookmark marks; the start where there is none."""
        return msgspec.convert(dict(bookmark or {}), cls)

    def bookmark(self) -> Bookmark:
        """The same in JSON terms."""
        marked: dict[str, Any] = msgspec.to_builtins(self)
        return marked

    def after(self, payload: bytes, cursor: str | None) -> Self:
        """The place once this row, the last of its page, is stored."""
        row = msgspec.json.decode(payload)
        try:
            stamp = None if cursor is None else instant(row[cursor])
            return msgspec.structs.replace(self, stamp=stamp, id=required(row["Id"]))
        except (KeyError, ValueError, TypeError) as error:
            raise UnexpectedPayload(f"A row came without a usable Id and {cursor}") from error

    def after_job(self) -> Self:
        """The place once all results of the job are stored."""
        if self.job is None or self.job.reached is None:
            return msgspec.structs.replace(self, job=None)
        return msgspec.structs.replace(self, job=None, stamp=self.job.reached, id=None)

    def finished(self) -> Self:
        """Where the next run starts.

        A row stamped before `until` less the overlap had the time to become visible; younger ones are read
        again. The clock is never trusted beyond the last row: if it runs ahead, nothing is passed over.
        """
        settled = None if self.until is None else self.until - OVERLAP
        if settled is None or self.stamp is None or self.stamp < settled:
            return msgspec.structs.replace(self, until=None)
        return msgspec.structs.replace(self, until=None, stamp=settled, id=None)
