"""The whole schema."""

from collections.abc import Iterator

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from hub.schema.accounts import AccountQueries
from hub.schema.connections import ConnectionQueries
from hub.schema.fields import TYPES
from hub.schema.issues import IssueQueries
from hub.schema.mutations import Mutation
from hub.schema.nodes import NodeQueries
from hub.schema.opportunities import OpportunityQueries
from hub.schema.organizations import OrganizationQueries
from hub.schema.people import PersonQueries
from hub.schema.scalars import SCALARS
from hub.schema.sync_runs import SyncRunQueries
from hub.schema.weights import weights


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
):
    """The root of queries."""


class Checked(SchemaExtension):
    """Runs what was parsed, measured and validated before."""

    def on_parse(self) -> Iterator[None]:
        """Takes the document from the context."""
        self.execution_context.graphql_document = self.execution_context.context.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Finds no errors: there are none left."""
        self.execution_context.pre_execution_errors = []
        yield


class HubSchema(strawberry.Schema):
    """Errors are logged where they are answered."""

    @property
    def core(self) -> GraphQLSchema:
        """The schema as graphql-core has it."""
        return self._schema

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Nothing here: the endpoint knows which errors were expected."""


SCHEMA = HubSchema(
    query=Query,
    mutation=Mutation,
    types=[*TYPES.values()],
    config=StrawberryConfig(scalar_map=SCALARS),
    extensions=[Checked],
)
WEIGHTS = weights(SCHEMA.core)
