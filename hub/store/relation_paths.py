"""How accounts lead to those that are related to them, and to where their records were before."""

from hub.model import (
    AccountGroup,
    AccountMembership,
    AccountProfile,
    AccountRecord,
    AccountRedirect,
    Decision,
    Opportunity,
    OpportunityAccount,
    Relation,
)
from hub.store.paths import Column, Hop, Path

ACCOUNT_GROUPS = Path("accountGroups", AccountGroup)


def _account(name: str, column: Column) -> Path:
    return Path(name, AccountProfile, ((Hop((column,), (AccountProfile.id,)),),))


def _record(name: str, column: Column) -> Path:
    return Path(name, AccountRecord, ((Hop((column,), (AccountRecord.id,)),),))


_MEMBERS = Hop((AccountGroup.id,), (AccountProfile.head_id,))
_DEALS = Hop(
    (OpportunityAccount.connection_id, OpportunityAccount.opportunity_external_id),
    (Opportunity.connection_id, Opportunity.external_id),
)

ACCOUNT_GROUP = Path("Account.group", AccountGroup, ((Hop((AccountProfile.group_id,), (AccountGroup.id,)),),))
ACCOUNT_RELATIONS = Path(
    "Account.relations",
    Relation,
    ((Hop((AccountProfile.id,), (Relation.from_id,)),), (Hop((AccountProfile.id,), (Relation.to_id,)),)),
)
GROUP_HEAD = _account("AccountGroup.head", AccountGroup.id)
GROUP_ACCOUNTS = Path(
    "AccountGroup.accounts", AccountProfile, ((Hop((AccountGroup.id,), (AccountProfile.id,)),), (_MEMBERS,))
)
GROUP_RELATIONS = Path(
    "AccountGroup.relations",
    Relation,
    (
        (Hop((AccountGroup.id,), (Relation.from_id,)),),
        (_MEMBERS, Hop((AccountProfile.id,), (Relation.from_id,))),
    ),
)
GROUP_OPPORTUNITIES = Path(
    "AccountGroup.opportunities",
    Opportunity,
    (
        (Hop((AccountGroup.id,), (OpportunityAccount.account_id,)), _DEALS),
        (_MEMBERS, Hop((AccountProfile.id,), (OpportunityAccount.account_id,)), _DEALS),
    ),
)

RELATION_FROM = _account("Relation.from", Relation.from_id)
RELATION_TO = _account("Relation.to", Relation.to_id)
RELATION_FROM_RECORD = _record("Relation.fromRecord", Relation.from_record_id)
RELATION_TO_RECORD = _record("Relation.toRecord", Relation.to_record_id)
RELATION_DECISION = Path("Relation.decision", Decision, ((Hop((Relation.decision_id,), (Decision.id,)),),))
DECISION_FROM = _record("Decision.from", Decision.from_id)

RECORD_MEMBERSHIPS = Path(
    "AccountRecord.memberships", AccountMembership, ((Hop((AccountRecord.id,), (AccountMembership.record_id,)),),)
)
ACCOUNT_MEMBERSHIPS = Path(
    "Account.memberships", AccountMembership, ((Hop((AccountProfile.id,), (AccountMembership.account_id,)),),)
)
MEMBERSHIP_RECORD = _record("AccountMembership.record", AccountMembership.record_id)
MEMBERSHIP_ACCOUNT = Path(
    "AccountMembership.account",
    AccountProfile,
    (
        (Hop((AccountMembership.account_id,), (AccountProfile.id,)),),
        (
            Hop((AccountMembership.account_id,), (AccountRedirect.retired_id,)),
            Hop((AccountRedirect.account_id,), (AccountProfile.id,)),
        ),
    ),
)
