"""Ids as people give them: whole, or no more of one than tells it from the others."""

import re
from uuid import UUID

from sqlalchemy import Text, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import InputError, NotFound
from hub.model import Issue, WritePlan
from hub.store.paths import prefix_of

_BEGINNING = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")


async def begun(session: AsyncSession, model: type[Issue | WritePlan], given: str) -> UUID:
    """The only id that begins with `given`, which may carry its type, as in issue_01a20467.

    Raises NotFound where there is none, InputError where there are several or `given` is no beginning of an id.
    """
    prefix = prefix_of(model)
    beginning = given.strip().lower().removeprefix(prefix)
    if not _BEGINNING.fullmatch(beginning):
        raise InputError(f"{given!r} is no id: give one as it is listed, or its first letters, four at least.")
    several = select(model.id).where(cast(model.id, Text).startswith(beginning)).limit(2)
    ids = list(await session.scalars(several))
    if not ids:
        raise NotFound(f"There is no {prefix}{beginning}.")
    if len(ids) > 1:
        raise InputError(f"Several ids begin with {beginning!r}: give more of it.")
    return ids[0]
