"""What all mutations share: an input with an idempotency key, and a payload to read on from."""

import dataclasses
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec
import strawberry

from hub.errors import HubError, NotFound
from hub.model import Base, Json
from hub.schema.comparisons import given
from hub.schema.context import Info
from hub.schema.fields import shown
from hub.schema.ids import opaque
from hub.schema.user_errors import user_error
from hub.store.database import Session
from hub.store.idempotency import Keyed, once

if TYPE_CHECKING:
    from hub.schema.schema import Query

TheQuery = Annotated["Query", strawberry.lazy("hub.schema.schema")]


@strawberry.input
class MutationInput:
    """The base of the inputs of mutations."""

    idempotency_key: UUID | None = given(
        "A UUID of your own for this change. Sent again within 24 hours with the same input, it answers as it did "
        "before and nothing is done again, whatever became of the first request. An expected failure is not kept: "
        "then nothing was done, and the same key tries again."
    )


@strawberry.type
class MutationPayload:
    """The base of the payloads of mutations."""

    @strawberry.field(description="For further reads.")
    def query(self) -> TheQuery:
        from hub.schema.schema import Query  # noqa: PLC0415 - Query's types include this one

        return Query()


async def done_once(info: Info, asked: MutationInput, do: Callable[[Session], Awaitable[Json]]) -> Json:
    """What `do` answers, or answered when the same was asked under the same idempotency key.

    Raises Busy, Conflict and what `do` raises.
    """
    context = info.context
    if asked.idempotency_key:
        keyed = Keyed(
            organization_id=context.viewer.organization_id,
            key=asked.idempotency_key,
            digest=_digest(info.field_name, asked),
        )
        answer = await once(context.database, keyed, do)
    else:
        async with context.database.session() as session:
            answer = await do(session)
    await context.loaders.renew()
    return answer


async def seen(info: Info, kind: type[Base], key: UUID) -> Any:
    """The row that is to be changed, which the viewer may see; raises NotFound."""
    row = await info.context.loaders.node(kind, key)
    if row is None:
        raise NotFound(f"There is no such {kind.__tablename__.replace('_', ' ')}.")
    info.context.outcome.ids.append(opaque(kind, key))
    return row


async def told(info: Info, kind: type[Base], key: str) -> Any:
    """What was changed, as it is now."""
    info.context.outcome.ids.append(opaque(kind, UUID(key)))
    return shown(kind, await info.context.loaders.node(kind, UUID(key)))


def failed(info: Info, error: HubError, field: str | None = None) -> Any:
    """An error that the mutation expects, as its result; `field` is the part of the input that is to blame."""
    answer = user_error(error, field)
    info.context.outcome.code = answer.code.name
    return answer


def unfound(info: Info, error: HubError, field: str | None) -> Any:
    """The same, where `field` names something: it is to blame only if that is not there."""
    return failed(info, error, field if isinstance(error, NotFound) else None)


def _digest(mutation: str, asked: MutationInput) -> bytes:
    """Of what is asked; what was left out is as good as null."""
    values = {each.name: getattr(asked, each.name) or None for each in dataclasses.fields(asked)}
    del values["idempotency_key"]
    return blake2b(msgspec.json.encode([mutation, values], order="sorted"), digest_size=32).digest()
