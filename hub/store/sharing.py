"""Who may see which rows. Every read passes through `visible`; there is no other place that decides.

A viewer sees the rows of the connections that its organization owns, the accounts and people they belong to, the
organizations it works with, and nothing else. Sharing rules will plug in here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, false, or_, select

from hub.model import (
    SCOPES,
    Account,
    AccountRecord,
    AuditEvent,
    Base,
    Connection,
    ContactRecord,
    Issue,
    Match,
    Organization,
    Partnership,
    Person,
    Program,
    RawRecord,
    RawRecordVersion,
    Relation,
    Role,
    Scope,
    StreamState,
    Synced,
    SyncRun,
    Tier,
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks."""

    organization_id: UUID
    role: Role
    scopes: frozenset[Scope]
    client: str
    """A stable text that names the key or token subject: for limits, metrics and the audit log. Never a secret."""

    @classmethod
    def anonymous(cls, organization_id: UUID) -> "Viewer":
        """Who asks without a key, where that is allowed: in the demo. May do everything."""
        return cls(organization_id, Role.ADMIN, SCOPES[Role.ADMIN], "anonymous")


Rule = Callable[[FromClause, Viewer, bool], ColumnElement[bool]]


def visible(model: type[Base], rows: FromClause, viewer: Viewer, *, removed: bool) -> ColumnElement[bool]:
    """Whether the viewer may see a row of `rows`, which holds rows of `model`.

    Where `removed` is False, rows that were removed at their source are left out, and so are accounts and people of
    whom nothing else is left. A model without a rule is seen by nobody.
    """
    rule = next((RULES[kind] for kind in model.__mro__ if kind in RULES), _nobody)
    return rule(rows, viewer, removed)


def removable(model: type[Base]) -> bool:
    """Whether rows of a model may be removed at their source."""
    return issubclass(model, (Synced, Account, Person, Match, Relation))


def _nobody(rows: FromClause, viewer: Viewer, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001 - a Rule
    return false()


def _of_own_connection(rows: FromClause, viewer: Viewer, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    own = select(Connection.id).where(Connection.owner_id == viewer.organization_id)
    return rows.c.connection_id.in_(own)


def _synced(rows: FromClause, viewer: Viewer, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    own = _of_own_connection(rows, viewer, removed)
    return own if removed else and_(own, rows.c.removal.is_(None))


def _connection(rows: FromClause, viewer: Viewer, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    return rows.c.owner_id == viewer.organization_id


def _with_a(model: type[Base], key: str, other_key: str) -> Rule:
    """Seen through a row of `model` whose `key` equals the row's `other_key`, if that one is seen."""

    def rule(rows: FromClause, viewer: Viewer, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
        other = model.__table__.alias()
        seen = visible(model, other, viewer, removed=removed)
        return select(1).where(other.c[key] == rows.c[other_key], seen).correlate_except(other).exists()

    return rule


def _all_of(*rules: Rule) -> Rule:
    return lambda rows, viewer, removed: and_(*(rule(rows, viewer, removed) for rule in rules))


def _partnership(rows: FromClause, viewer: Viewer, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    return or_(rows.c.organization_id == viewer.organization_id, rows.c.partner_id == viewer.organization_id)


def _organization(rows: FromClause, viewer: Viewer, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    """Itself, its partners, and those whose accounts its connections hold."""
    mine = viewer.organization_id
    return or_(
        rows.c.id == mine,
        rows.c.id.in_(select(Partnership.partner_id).where(Partnership.organization_id == mine)),
        rows.c.id.in_(select(Partnership.organization_id).where(Partnership.partner_id == mine)),
        rows.c.id.in_(select(Connection.subject_id).where(Connection.owner_id == mine)),
    )


def _program(rows: FromClause, viewer: Viewer, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    """Its own programs, and those it is ranked in."""
    mine = viewer.organization_id
    ranked = select(Tier.program_id).join(Partnership, Partnership.tier_id == Tier.id)
    return or_(
        rows.c.organization_id == mine,
        rows.c.id.in_(ranked.where(or_(Partnership.organization_id == mine, Partnership.partner_id == mine))),
    )


def _home_only(rows: FromClause, viewer: Viewer, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    return select(1).where(Organization.id == viewer.organization_id, Organization.is_home).exists()


RULES: dict[type, Rule] = {
    Synced: _synced,
    Connection: _connection,
    StreamState: _of_own_connection,
    SyncRun: _of_own_connection,
    Issue: _of_own_connection,
    RawRecord: _of_own_connection,
    RawRecordVersion: _with_a(RawRecord, "id", "raw_id"),
    Account: _with_a(AccountRecord, "account_id", "id"),
    Person: _with_a(ContactRecord, "person_id", "id"),
    Match: _all_of(_with_a(AccountRecord, "id", "left_id"), _with_a(AccountRecord, "id", "right_id")),
    Relation: _all_of(
        _with_a(AccountRecord, "id", "record_id"),
        _with_a(Account, "id", "from_id"),
        _with_a(Account, "id", "to_id"),
    ),
    Organization: _organization,
    Partnership: _partnership,
    Program: _program,
    Tier: _with_a(Program, "id", "program_id"),
    AuditEvent: _home_only,
}
