"""How errors are told: expected ones with a code, all others masked, under the request's id."""

from typing import Any

import structlog
from graphql import GraphQLError, GraphQLSyntaxError, VariableDefinitionNode

from hub.errors import Busy, HubError, InputError, NotFound
from hub.schema.limits import MOST_ERRORS
from hub.store.changes import CursorExpired
from hub.store.cursor import InvalidCursor

LONGEST_MESSAGE = 1_000
"""Characters: a message may quote what the client sent."""

log = structlog.get_logger()

CODES: dict[type[HubError], str] = {
    InvalidCursor: "INVALID_CURSOR",
    CursorExpired: "CURSOR_EXPIRED",
    InputError: "BAD_USER_INPUT",
    NotFound: "NOT_FOUND",
    Busy: "BUSY",
}
"""The errors that a client can do something about."""


def told(errors: list[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    """The errors as a client may know them."""
    return [_told(error, request_id) for error in errors[:MOST_ERRORS]]


def _told(error: GraphQLError, request_id: str) -> dict[str, Any]:
    code = code_of(error)
    answer: dict[str, Any] = dict(error.formatted)
    answer["message"] = answer["message"][:LONGEST_MESSAGE]
    if code is None:
        log.error("graphql failed", request_id=request_id, path=error.path, exc_info=error.original_error)
        answer["message"] = "Internal error"
    answer["extensions"] = {
        **answer.get("extensions", {}),
        "code": code or "INTERNAL_SERVER_ERROR",
        "requestId": request_id,
    }
    return answer


def code_of(error: GraphQLError) -> str | None:
    """The code of an expected error, None for any other."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is not None:
        return next((CODES[kind] for kind in type(cause).__mro__ if kind in CODES), None)
    if error.path is None and "code" in (error.extensions or {}):
        return str((error.extensions or {})["code"])
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    if any(isinstance(node, VariableDefinitionNode) for node in error.nodes or ()):
        return "BAD_USER_INPUT"
    return None if error.path else "GRAPHQL_VALIDATION_FAILED"
