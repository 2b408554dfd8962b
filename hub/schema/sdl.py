"""The schema in GraphQL's own language."""

from hub.schema.schema import SCHEMA


def sdl() -> str:
    """What the committed `schema.graphql` holds."""
    return SCHEMA.as_str() + "\n"
