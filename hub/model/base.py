"""What all tables share: the declarative base and the columns of every row copied from a source."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Date, ForeignKey, MetaData, Numeric, String, Text, Uuid, text
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import (
    DeclarativeBase,
    LoaderCallableStatus,
    Mapped,
    MappedAsDataclass,
    QueryableAttribute,
    mapped_column,
)

Attribute = QueryableAttribute[Any]
"""A column, as its class names it: Account.name."""

Json = dict[str, Any]
"""A JSON object kept as jsonb."""


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The declarative base. Mapped classes are keyword-only dataclasses: they are the records."""

    metadata = MetaData(
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain class attribute
        datetime: TIMESTAMP(timezone=True),
        date: Date,
        Decimal: Numeric,
        Json: JSONB,
        list[str]: ARRAY(Text),
        str: Text,
        UUID: Uuid,
        StrEnum: EnumType(StrEnum, native_enum=False, create_constraint=True, length=40),
    }


class Identified(MappedAsDataclass, kw_only=True):
    """An id minted once, by the database, in time order."""

    id: Mapped[UUID] = mapped_column(primary_key=True, init=False, server_default=text("hub_uuid7()"))


class Removal(StrEnum):
    """What became of a row at its source."""

    DELETED = "DELETED"
    ARCHIVED = "ARCHIVED"
    MERGED = "MERGED"


class RemovalEvidence(StrEnum):
    """How we know that a row was removed at its source."""

    SOURCE_ROW = "SOURCE_ROW"
    """The row itself says so."""
    DELETED_FEED = "DELETED_FEED"
    """The source's list of deleted ids has it."""
    ARCHIVED_FEED = "ARCHIVED_FEED"
    """The source's list of archived rows has it."""
    REPLACED_LIST = "REPLACED_LIST"
    """A newer version of the whole list no longer has it."""
    NOT_FOUND = "NOT_FOUND"
    """Asked for by its id, the source no longer has it."""


UNSET = LoaderCallableStatus.DONT_SET
"""What SQLAlchemy gives a dataclass in place of a value that nobody gave."""


class _Values:
    """Where a dataclass puts values that nothing listens to."""


def quickly_made(cls: type[Any], **options: Any) -> type[Any]:
    """The dataclass, made in half the time: a sync makes millions, and no session waits for the events of each value.

    Values go past the ORM's attributes, which look for them in the same place.
    """
    made = dataclass(cls, **options)
    checked = made.__init__

    def __init__(self: Any, **values: Any) -> None:  # noqa: N807 - it takes the place of that one
        given = _Values()
        checked(given, **values)
        vars(self).update({name: value for name, value in vars(given).items() if value is not UNSET})

    made.__init__ = __init__
    return made


class Synced(Identified, MappedAsDataclass, kw_only=True, dataclass_callable=quickly_made):
    """What every row copied from a source carries. (connection_id, external_id) is unique per table."""

    external_id: Mapped[str]
    source_created_at: Mapped[datetime | None] = mapped_column(default=None)
    source_modified_at: Mapped[datetime | None] = mapped_column(default=None)
    removal: Mapped[Removal | None] = mapped_column(default=None)
    removal_evidence: Mapped[RemovalEvidence | None] = mapped_column(default=None)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)
    merged_into: Mapped[str | None] = mapped_column(default=None)
    """external_id of the row that took this one's place, where removal is MERGED."""
    custom: Mapped[Json] = mapped_column(default_factory=dict, server_default=text("'{}'"))
    """The source's own fields beyond the model, by their source names."""

    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"), init=False)
    raw_id: Mapped[UUID] = mapped_column(ForeignKey("raw_record.id", ondelete="CASCADE"), init=False, index=True)
    """The payload this row was mapped from."""
    observed_at: Mapped[datetime] = mapped_column(init=False)
    """When the hub first saw the row as it now is."""


class Link(Synced, MappedAsDataclass, kw_only=True):
    """A row that joins two others. Where its payload stops naming it, it is gone: there is nothing to keep."""


VIEW = {"info": {"is_view": True}}
"""Table arguments of a model whose rows are computed: nothing is written to it, and migrations make it."""

CURRENCY = String(3)
"""ISO 4217, as the source said it."""
