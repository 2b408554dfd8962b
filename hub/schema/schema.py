"""The whole schema."""

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from hub.schema.account_groups import AccountGroupQueries
from hub.schema.accounts import AccountQueries
from hub.schema.audit_events import AuditQueries
from hub.schema.changes import ChangeQueries
from hub.schema.connections import ConnectionQueries
from hub.schema.decisions import DecisionQueries
from hub.schema.exports import ExportQueries
from hub.schema.fields import TYPES
from hub.schema.issues import IssueQueries
from hub.schema.leads import LeadQueries
from hub.schema.match_explanations import ExplanationQueries
from hub.schema.mutations import Mutation
from hub.schema.nodes import NodeQueries
from hub.schema.opportunities import OpportunityQueries
from hub.schema.organizations import OrganizationQueries
from hub.schema.partner_programs import PartnerProgramQueries
from hub.schema.people import PersonQueries
from hub.schema.scalars import SCALARS
from hub.schema.subscriptions import Subscription
from hub.schema.sync_runs import SyncRunQueries
from hub.schema.tickets import TicketQueries


@strawberry.type(description="What can be asked.")
class Query(
    NodeQueries,
    OrganizationQueries,
    ConnectionQueries,
    SyncRunQueries,
    IssueQueries,
    AccountQueries,
    AccountGroupQueries,
    DecisionQueries,
    ExplanationQueries,
    PersonQueries,
    OpportunityQueries,
    LeadQueries,
    TicketQueries,
    PartnerProgramQueries,
    ExportQueries,
    AuditQueries,
    ChangeQueries,
):
    """The root of queries."""


SCHEMA = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[*TYPES.values()],
    config=StrawberryConfig(scalar_map=SCALARS),
)

CORE: GraphQLSchema = SCHEMA._schema  # noqa: SLF001 - strawberry has no public way to graphql-core's schema
