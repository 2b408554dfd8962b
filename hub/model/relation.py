"""How companies are related. Never part of identity."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Identified


class RelationKind(StrEnum):
    """How one company is related to another."""

    PARENT_OF = "PARENT_OF"
    SUCCESSOR_OF = "SUCCESSOR_OF"
    BRAND_OF = "BRAND_OF"


class RelationSource(StrEnum):
    """Who says so."""

    SOURCE = "SOURCE"
    """The records' own source."""
    PERSON = "PERSON"
    """Somebody who decided about the two records."""
    RULES = "RULES"


class Relation(Identified, Base, kw_only=True):
    """`from` is KIND `to`, as is said of a record of each. Both records have one owner. Written by mapping.

    It has no foreign keys: a relation outlives its records until mapping sees that it is gone, and forms anew the
    groups that it held together. Nobody sees it meanwhile. And each would cost a look-up a row.
    """

    __tablename__ = "relation"
    __table_args__ = (
        Index(
            "relation_once_idx",
            "from_record_id",
            "to_record_id",
            "source",
            "kind",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("relation_from_idx", "from_id", "owner_id"),
        Index("relation_to_idx", "to_id", "owner_id"),
        CheckConstraint("from_id <> to_id", name="two_ends"),
        CheckConstraint("kind is not null or source = 'PERSON'", name="said_how"),
    )

    kind: Mapped[RelationKind | None]
    """None where a person said no more than that they are related; then it has no direction."""
    source: Mapped[RelationSource]
    owner_id: Mapped[UUID]
    """Of both records: nobody else is told of it."""
    from_id: Mapped[UUID]
    to_id: Mapped[UUID]
    from_record_id: Mapped[UUID]
    to_record_id: Mapped[UUID]
    """Of a parent, as a source tells it, the record that names the other."""
    decision_id: Mapped[UUID | None] = mapped_column(default=None)
    """What the person said."""
    bits: Mapped[Decimal | None] = mapped_column(default=None)
    """How sure the rules are."""
    reason: Mapped[str | None] = mapped_column(default=None)
    """Why the rules think so."""


@dataclass(frozen=True, slots=True)
class RelationFound:
    """What the rules found: the company of one record is `kind` the company of another.

    Only what is known of two records of one owner is told to anyone: of several owners, one each.
    """

    kind: RelationKind
    from_record: UUID
    to_record: UUID
    bits: float
    reason: str
