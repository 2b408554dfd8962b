"""What a person should look at."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Text, any_, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import NotFound
from hub.model import Connection, Issue, IssueKind


async def report(
    session: AsyncSession, connection_id: UUID, stream: str, kind: IssueKind, messages: Mapping[str, str]
) -> None:
    """Open, or see again, one issue per subject in `messages`."""
    if not messages:
        return
    place = {"connection_id": connection_id, "stream": stream, "kind": kind}
    rows = [{**place, "subject": subject, "message": message} for subject, message in messages.items()]
    new = insert(Issue).values(rows)
    await session.execute(
        new.on_conflict_do_update(
            index_elements=["connection_id", "stream", "kind", "subject"],
            set_={"message": new.excluded.message, "last_seen_at": func.now(), "resolved_at": None},
        )
    )


async def resolve(
    session: AsyncSession, connection_id: UUID, stream: str, kind: IssueKind, subjects: Sequence[str] | None = None
) -> None:
    """Close the open issues of a kind about `subjects`, or all of them."""
    place = (Issue.connection_id == connection_id, Issue.stream == stream, Issue.kind == kind)
    open_ones = update(Issue).where(*place, Issue.resolved_at.is_(None)).values(resolved_at=func.now())
    if subjects is not None:
        open_ones = open_ones.where(Issue.subject == any_(literal(list(subjects), ARRAY(Text))))
    await session.execute(open_ones)


async def open_subjects(session: AsyncSession, connection_id: UUID, stream: str, kind: IssueKind) -> list[str]:
    """What the open issues of a kind are about, in one stream."""
    place = (Issue.connection_id == connection_id, Issue.stream == stream, Issue.kind == kind)
    return list(await session.scalars(select(Issue.subject).where(*place, Issue.resolved_at.is_(None))))


async def open_by_kind(session: AsyncSession) -> dict[str, int]:
    """How many issues of each kind wait for a person."""
    counted = select(Issue.kind, func.count()).where(Issue.resolved_at.is_(None)).group_by(Issue.kind)
    return {row[0]: row[1] for row in await session.execute(counted.order_by(Issue.kind))}


async def streams_with(session: AsyncSession, kind: IssueKind) -> set[tuple[UUID, str]]:
    """The connections and streams that have open issues of a kind."""
    places = select(Issue.connection_id, Issue.stream).where(Issue.resolved_at.is_(None), Issue.kind == kind)
    return {(row[0], row[1]) for row in await session.execute(places.distinct())}


async def close(session: AsyncSession, issue_id: UUID) -> None:
    """Close an issue that a person looked at; raises NotFound."""
    closed = update(Issue).where(Issue.id == issue_id).values(resolved_at=func.coalesce(Issue.resolved_at, func.now()))
    if (await session.execute(closed.returning(Issue.id))).scalar_one_or_none() is None:
        raise NotFound("There is no such issue.")


class OpenIssue(NamedTuple):
    """An issue that waits for a person."""

    id: UUID
    connection: str
    stream: str
    kind: IssueKind
    subject: str
    message: str
    first_seen_at: datetime
    last_seen_at: datetime


async def newest_open(session: AsyncSession, most: int) -> list[OpenIssue]:
    """The open issues last seen, at most so many."""
    about = (Issue.stream, Issue.kind, Issue.subject, Issue.message, Issue.first_seen_at, Issue.last_seen_at)
    newest = (
        select(Issue.id, Connection.name, *about)
        .join(Connection, Connection.id == Issue.connection_id)
        .where(Issue.resolved_at.is_(None))
        .order_by(Issue.last_seen_at.desc(), Issue.id)
        .limit(most)
    )
    return [OpenIssue(*row) for row in await session.execute(newest)]
