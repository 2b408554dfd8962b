"""Errors that mutations expect, as data."""

from enum import Enum
from typing import Any

import strawberry

from hub.errors import Busy, Conflict, HubError, InputError, NotFound, SourceError


@strawberry.enum(description="What kind of error. More may be added: treat an unknown one by its message.")
class ErrorCode(Enum):
    """What kind of error."""

    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="It does not exist, or the viewer may not see it.")
    BUSY = strawberry.enum_value("BUSY", description="That is being done already, or too much is; try again later.")
    INVALID_INPUT = strawberry.enum_value("INVALID_INPUT", description="What was given cannot be used.")
    IDEMPOTENCY_CONFLICT = strawberry.enum_value(
        "IDEMPOTENCY_CONFLICT", description="The idempotency key was used with another input."
    )
    SOURCE_FAILED = strawberry.enum_value("SOURCE_FAILED", description="An outside system refused or failed.")


@strawberry.interface(description="An error that was to be expected; every such error of a mutation implements it.")
class UserError:
    """An expected failure."""

    message: str = strawberry.field(description="What happened, in words for people.")
    code: ErrorCode = strawberry.field(description="What happened, for programs.")
    path: list[str] | None = strawberry.field(description="The part of the input that it is about, where there is one.")


@strawberry.type(description="The thing named does not exist, or the viewer may not see it.")
class NotFoundError(UserError):
    """Nothing there."""


@strawberry.type(
    description="That is being done already, or too much is being done. The same request may succeed later."
)
class BusyError(UserError):
    """Being done already."""


@strawberry.type(description="What was given cannot be used.")
class InvalidInputError(UserError):
    """Bad input."""


@strawberry.type(description="The idempotency key was used with another input within 24 hours. Nothing was done.")
class IdempotencyConflictError(UserError):
    """A key used twice."""


@strawberry.type(description="An outside system refused or failed.")
class SourceFailedError(UserError):
    """A source failed."""


ANSWERS: dict[type[HubError], tuple[type[UserError], ErrorCode, list[str] | None]] = {
    NotFound: (NotFoundError, ErrorCode.NOT_FOUND, None),
    Busy: (BusyError, ErrorCode.BUSY, None),
    InputError: (InvalidInputError, ErrorCode.INVALID_INPUT, None),
    Conflict: (IdempotencyConflictError, ErrorCode.IDEMPOTENCY_CONFLICT, ["idempotencyKey"]),
    SourceError: (SourceFailedError, ErrorCode.SOURCE_FAILED, None),
}
"""How errors are answered that a mutation expects."""


def user_error(error: HubError, field: str | None = None) -> Any:
    """The error as a member of a mutation's result; `field` is the part of the input that is to blame."""
    kind, code, usual = next(ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS)
    return kind(message=str(error), code=code, path=[field] if field else usual)
