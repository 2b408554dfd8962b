"""The schema in GraphQL's own language."""

from functools import cache

from hub.model import Role
from hub.schema.contracts import strawberry_contract


@cache
def sdl(role: Role = Role.ADMIN) -> str:
    """What a role can know of the schema; the whole is what the committed `schema.graphql` holds."""
    return strawberry_contract(role).as_str() + "\n"
