"""The whole schema."""

import strawberry
from graphql import GraphQLError
from strawberry.extensions import AddValidationRules, MaxTokensLimiter, ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from hub.schema.accounts import AccountQueries
from hub.schema.changes import ChangeQueries
from hub.schema.connections import ConnectionQueries
from hub.schema.fields import TYPES
from hub.schema.issues import IssueQueries
from hub.schema.limits import MOST_TOKENS, Limits, NamedOperation, PageSizes
from hub.schema.mutations import Mutation
from hub.schema.nodes import NodeQueries
from hub.schema.opportunities import OpportunityQueries
from hub.schema.organizations import OrganizationQueries
from hub.schema.people import PersonQueries
from hub.schema.scalars import SCALARS
from hub.schema.subscriptions import Subscription
from hub.schema.sync_runs import SyncRunQueries

CACHED_DOCUMENTS = 500


@strawberry.type(description="What can be asked.")
class Query(
    NodeQueries,
    OrganizationQueries,
    ConnectionQueries,
    SyncRunQueries,
    IssueQueries,
    AccountQueries,
    PersonQueries,
    OpportunityQueries,
    ChangeQueries,
):
    """The root of queries."""


class HubSchema(strawberry.Schema):
    """Errors are logged where they are answered."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing here: the endpoint knows which errors were expected."""


SCHEMA = HubSchema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[*TYPES.values()],
    config=StrawberryConfig(scalar_map=SCALARS),
    extensions=[
        lambda: MaxTokensLimiter(MOST_TOKENS),
        lambda: AddValidationRules([Limits, PageSizes]),
        lambda: ParserCache(maxsize=CACHED_DOCUMENTS),
        lambda: ValidationCache(maxsize=CACHED_DOCUMENTS),
        NamedOperation,
    ],
)
