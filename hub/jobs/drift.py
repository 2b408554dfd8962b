"""What changed in how a source describes itself."""

from collections.abc import Mapping
from uuid import UUID

from hub.model import IssueKind
from hub.store import issues, sync_runs
from hub.store.database import Session


async def note_fields(session: Session, connection_id: UUID, stream: str, told: Mapping[str, str]) -> None:
    """Remember the fields that the stream has now, and report those that are new, gone or of another type.

    The first time there is nothing to compare with.
    """
    place = connection_id, stream
    known = await sync_runs.fields(session, *place)
    if known == told:
        return
    await sync_runs.note_fields(session, *place, told)
    if known is None:
        return
    new = told.keys() - known.keys()
    gone = known.keys() - told.keys()
    retyped = {name for name in told.keys() & known.keys() if told[name] != known[name]}
    await issues.resolve(session, *place, IssueKind.VANISHED_FIELD, sorted(new))
    await issues.resolve(session, *place, IssueKind.NEW_FIELD, sorted(gone))
    await issues.report(
        session,
        *place,
        IssueKind.NEW_FIELD,
        {name: f"The source has a new field, of type {told[name]}." for name in new},
    )
    await issues.report(session, *place, IssueKind.VANISHED_FIELD, dict.fromkeys(gone, VANISHED))
    await issues.report(
        session,
        *place,
        IssueKind.RETYPED_FIELD,
        {name: f"Its type was {known[name]} and is {told[name]} now." for name in retyped},
    )


VANISHED = (
    "The source no longer has this field, or hides it from us. "
    "What was last read of it is kept while this issue is open."
)
