"""Companies that belong together by their relations, as one organization knows them."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import VIEW, Base
from hub.model.decision import Amount
from hub.model.relation import RelationKind


class AccountGroup(Base, kw_only=True):
    """The accounts that have the same head, for one organization; one without relations is a group by itself.

    A view: a group is the profile of its head. So lone accounts, which most are, cost nothing.
    """

    __tablename__ = "account_group"
    __table_args__ = VIEW

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The head's."""
    name: Mapped[str]
    is_removed: Mapped[bool]
    amounts: Mapped[list[Amount]] = mapped_column(JSONB)
    """Of the open deals of all its accounts, as their owner knows them, by currency; computed when it is read."""


class AccountGroupRedirect(Base, kw_only=True):
    """Where a group went that had another account at its head: to the group which that account belongs to now.

    A view, and nobody ever has to write it: an account that was head of a group is a member of one, or was merged.
    """

    __tablename__ = "account_group_redirect"
    __table_args__ = VIEW

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    retired_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID]


class Member(NamedTuple):
    """An account, as one organization knows it."""

    owner_id: UUID
    account_id: UUID


class Tie(NamedTuple):
    """A relation of two accounts, whoever says so."""

    owner_id: UUID
    from_id: UUID
    to_id: UUID
    kind: RelationKind | None
