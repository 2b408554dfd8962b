"""Who may see which rows. Every read passes through `visible`; there is no other place that decides.

A viewer sees the rows of the connections that its organization owns, the accounts and people they belong to, where
those went that they belonged to before, the organizations it works with, and nothing else. Sharing rules will plug in
here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Uuid, and_, any_, bindparam, false, func, not_, or_, select, true

from hub.model import (
    SCOPES,
    AccountGroup,
    AccountGroupRedirect,
    AccountMembership,
    AccountProfile,
    AccountRecord,
    AccountRedirect,
    AuditEvent,
    Base,
    Connection,
    Decision,
    Export,
    Issue,
    Match,
    Organization,
    Partnership,
    PersonProfile,
    PersonRedirect,
    Program,
    RawRecord,
    RawRecordVersion,
    Relation,
    Review,
    Role,
    Scope,
    StreamState,
    Synced,
    SyncRun,
    Tier,
    WriteItem,
    WritePlan,
    WritePlanField,
    WriteRule,
)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks."""

    organization_id: UUID
    role: Role
    scopes: frozenset[Scope]
    client: str
    """A stable text that names the key or token subject: for limits, metrics and the audit log. Never a secret."""
    app: str | None = None
    """The client app whose trusted documents it runs; None runs those of any."""
    documents_only: bool = False

    @classmethod
    def anonymous(cls, organization_id: UUID) -> "Viewer":
        """Who asks without a key, where that is allowed: in the demo. May do everything."""
        return cls(organization_id, Role.ADMIN, SCOPES[Role.ADMIN], "anonymous")


VIEWER = bindparam("viewer_organization_id", type_=Uuid())
"""The viewer's organization: statements are the same for all viewers."""

Rule = Callable[[FromClause, bool], ColumnElement[bool]]


def visible(model: type[Base], rows: FromClause, *, removed: bool) -> ColumnElement[bool]:
    """Whether VIEWER may see a row of `rows`, which holds rows of `model`.

    Where `removed` is False, rows that were removed at their source are left out, and so are accounts and people of
    whom nothing else is left. A model without a rule is seen by nobody.
    """
    rule = next((RULES[kind] for kind in model.__mro__ if kind in RULES), _nobody)
    return rule(rows, removed)


REMOVABLE = (
    Synced, AccountGroup, AccountMembership, AccountProfile, PersonProfile, Match, Relation, Decision
)  # fmt: skip


def removable(model: type[Base]) -> bool:
    """Whether rows of a model may be removed at their source, or withdrawn."""
    return issubclass(model, REMOVABLE)


def _nobody(rows: FromClause, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001 - a Rule
    return false()


def _of_own_connection(rows: FromClause, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    # An array is made once a statement, where IN would join each row with its connection.
    own = select(Connection.id).where(Connection.owner_id == VIEWER)
    return rows.c.connection_id == any_(func.array(own.scalar_subquery()))


def _synced(rows: FromClause, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    own = _of_own_connection(rows, removed)
    return own if removed else and_(own, rows.c.removal.is_(None))


def _profile(rows: FromClause, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    own = rows.c.owner_id == VIEWER
    return own if removed else and_(own, not_(rows.c.is_removed))


def _of_owner(rows: FromClause, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    return rows.c.owner_id == VIEWER


def _with_a(model: type[Base], key: str, other_key: str) -> Rule:
    """Seen through a row of `model` whose `key` equals the row's `other_key`, if that one is seen."""

    def rule(rows: FromClause, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
        other = model.__table__.alias()
        seen = visible(model, other, removed=removed)
        return select(1).where(other.c[key] == rows.c[other_key], seen).correlate_except(other).exists()

    return rule


def _all_of(*rules: Rule) -> Rule:
    return lambda rows, removed: and_(*(rule(rows, removed) for rule in rules))


def _stands(rows: FromClause, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    return true() if removed else rows.c.withdrawn_at.is_(None)


def _partnership(rows: FromClause, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    return or_(rows.c.organization_id == VIEWER, rows.c.partner_id == VIEWER)


def _organization(rows: FromClause, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    """Itself, its partners, and those whose accounts its connections hold."""
    return or_(
        rows.c.id == VIEWER,
        rows.c.id.in_(select(Partnership.partner_id).where(Partnership.organization_id == VIEWER)),
        rows.c.id.in_(select(Partnership.organization_id).where(Partnership.partner_id == VIEWER)),
        rows.c.id.in_(select(Connection.subject_id).where(Connection.owner_id == VIEWER)),
    )


def _own(rows: FromClause, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    return rows.c.organization_id == VIEWER


def _program(rows: FromClause, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    """Its own programs, and those it is ranked in."""
    ranked = select(Tier.program_id).join(Partnership, Partnership.tier_id == Tier.id)
    return or_(
        rows.c.organization_id == VIEWER,
        rows.c.id.in_(ranked.where(or_(Partnership.organization_id == VIEWER, Partnership.partner_id == VIEWER))),
    )


def _home_only(rows: FromClause, removed: bool) -> ColumnElement[bool]:  # noqa: FBT001
    return select(1).where(Organization.id == VIEWER, Organization.is_home).exists()


RULES: dict[type, Rule] = {
    Synced: _synced,
    Connection: _of_owner,
    StreamState: _of_own_connection,
    SyncRun: _of_own_connection,
    Issue: _of_own_connection,
    WriteRule: _of_own_connection,
    WritePlan: _of_own_connection,
    WritePlanField: _with_a(WritePlan, "id", "plan_id"),
    WriteItem: _of_own_connection,
    RawRecord: _of_own_connection,
    RawRecordVersion: _with_a(RawRecord, "id", "raw_id"),
    AccountProfile: _profile,
    PersonProfile: _profile,
    AccountGroup: _profile,
    AccountGroupRedirect: _of_owner,
    AccountMembership: _with_a(AccountRecord, "id", "record_id"),
    AccountRedirect: _of_owner,
    PersonRedirect: _of_owner,
    Match: _all_of(_with_a(AccountRecord, "id", "left_id"), _with_a(AccountRecord, "id", "right_id")),
    Decision: _all_of(_with_a(AccountRecord, "id", "left_id"), _with_a(AccountRecord, "id", "right_id"), _stands),
    Review: _with_a(Match, "id", "match_id"),
    Relation: _all_of(
        _of_owner,
        _with_a(AccountRecord, "id", "from_record_id"),
        _with_a(AccountRecord, "id", "to_record_id"),
        _with_a(AccountProfile, "id", "from_id"),
        _with_a(AccountProfile, "id", "to_id"),
    ),
    Organization: _organization,
    Partnership: _partnership,
    Program: _program,
    Export: _own,
    Tier: _with_a(Program, "id", "program_id"),
    AuditEvent: _home_only,
}
