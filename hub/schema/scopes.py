"""Which scopes a field needs: declared beside it, written into the SDL, and read from there by all who check."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import strawberry
from graphql import GraphQLField, GraphQLInputField, GraphQLNamedType
from strawberry.schema_directive import Location

from hub.model import (
    AccountGroup,
    AccountMembership,
    AccountPartner,
    AccountProfile,
    AccountRecord,
    AuditEvent,
    Base,
    Connection,
    ContactRecord,
    Decision,
    Export,
    FundAllocation,
    FundBudget,
    FundClaim,
    FundRequest,
    Issue,
    Lead,
    Match,
    Opportunity,
    OpportunityContact,
    OpportunityLine,
    OpportunityPartner,
    Organization,
    Partnership,
    PersonProfile,
    Pipeline,
    Product,
    Program,
    ProgramLevel,
    ProgramMember,
    ProgramRecord,
    RawRecord,
    RawRecordVersion,
    RecordType,
    Relation,
    Review,
    SalesUser,
    Scope,
    Stage,
    StageChange,
    StreamState,
    SyncRun,
    Ticket,
    Tier,
    WriteItem,
    WritePlan,
    WritePlanField,
    WriteRule,
)
from hub.schema.scalars import ScopeName

READING: dict[type[Base], Scope] = {
    AccountGroup: Scope.ACCOUNT_READ,
    AccountMembership: Scope.ACCOUNT_READ,
    AccountPartner: Scope.ACCOUNT_READ,
    AccountProfile: Scope.ACCOUNT_READ,
    AccountRecord: Scope.ACCOUNT_READ,
    AuditEvent: Scope.AUDIT_READ,
    Connection: Scope.CONNECTION_READ,
    ContactRecord: Scope.PERSON_READ,
    Decision: Scope.MAPPING_READ,
    Export: Scope.EXPORT_RUN,
    FundAllocation: Scope.OPPORTUNITY_READ,
    FundBudget: Scope.OPPORTUNITY_READ,
    FundClaim: Scope.OPPORTUNITY_READ,
    FundRequest: Scope.OPPORTUNITY_READ,
    Issue: Scope.SYNC_READ,
    Lead: Scope.PERSON_READ,
    Match: Scope.MAPPING_READ,
    Opportunity: Scope.OPPORTUNITY_READ,
    OpportunityContact: Scope.OPPORTUNITY_READ,
    OpportunityLine: Scope.OPPORTUNITY_READ,
    OpportunityPartner: Scope.OPPORTUNITY_READ,
    Organization: Scope.ORGANIZATION_READ,
    Partnership: Scope.ORGANIZATION_READ,
    PersonProfile: Scope.PERSON_READ,
    Pipeline: Scope.OPPORTUNITY_READ,
    Product: Scope.OPPORTUNITY_READ,
    Program: Scope.ORGANIZATION_READ,
    ProgramLevel: Scope.ACCOUNT_READ,
    ProgramMember: Scope.ACCOUNT_READ,
    ProgramRecord: Scope.ACCOUNT_READ,
    RawRecord: Scope.RAW_READ,
    RawRecordVersion: Scope.RAW_READ,
    RecordType: Scope.OPPORTUNITY_READ,
    Relation: Scope.ACCOUNT_READ,
    Review: Scope.MAPPING_READ,
    SalesUser: Scope.PERSON_READ,
    Stage: Scope.OPPORTUNITY_READ,
    StageChange: Scope.OPPORTUNITY_READ,
    StreamState: Scope.SYNC_READ,
    SyncRun: Scope.SYNC_READ,
    Ticket: Scope.TICKET_READ,
    Tier: Scope.ORGANIZATION_READ,
    WriteItem: Scope.SOURCE_WRITE,
    WritePlan: Scope.SOURCE_WRITE,
    WritePlanField: Scope.SOURCE_WRITE,
    WriteRule: Scope.SOURCE_WRITE,
}
"""What reading the rows of a model needs. A model without a scope cannot be shown."""
TELLING: dict[type[Base], tuple[Scope, ...]] = {Review: (Scope.OPPORTUNITY_READ,)}
"""What it needs besides, where rows tell of others: the queue's very order tells of the amounts of deals."""


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.FIELD_DEFINITION, Location.INPUT_FIELD_DEFINITION],
    name="requiresScopes",
    description="Who selects or gives this needs all scopes of at least one of the lists. "
    "An operation with any part that the viewer lacks scopes for is refused whole.",
)
class RequiresScopes:
    """Apollo's directive, of the same shape. The hub always gives one list."""

    scopes: list[list[ScopeName]] = strawberry.directive_field(name="scopes")


def requires(*scopes: Scope) -> tuple[object, ...]:
    """The directives of a field or type that needs all of these."""
    return (RequiresScopes(scopes=[[ScopeName(each.value) for each in scopes]]),)


def reading(model: type[Base]) -> tuple[object, ...]:
    """The directives of what reads rows of a model."""
    return requires(READING[model], *TELLING.get(model, ()))


def readable(model: type[Base], scopes: frozenset[Scope]) -> bool:
    """Whether rows of a model are there at all for who has these scopes: for fields that lead to rows of any kind."""
    return scopes.issuperset((READING[model], *TELLING.get(model, ())))


@lru_cache(1000)
def all_readable(models: frozenset[type[Base]], scopes: frozenset[Scope]) -> bool:
    """The same of several models."""
    return all(readable(model, scopes) for model in models)


def needed(element: GraphQLField | GraphQLInputField | GraphQLNamedType) -> frozenset[Scope]:
    """The scopes that an element of graphql-core's schema needs by itself."""
    return frozenset(Scope(scope) for directive in _directives(element) for scope in directive.scopes[0])


def _directives(element: Any) -> Iterator[RequiresScopes]:
    # Where strawberry keeps what a graphql-core element was made from.
    declared = element.extensions.get("strawberry-definition")
    yield from (each for each in getattr(declared, "directives", None) or () if isinstance(each, RequiresScopes))
