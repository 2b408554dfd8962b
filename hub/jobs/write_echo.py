"""What we wrote comes back with the next sync. It is known again, so that it does not pass for somebody's change."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from hub.connectors.base import Stream
from hub.store import write_plans
from hub.store.database import Session
from hub.store.write_plans import Sent


async def echoes(
    session: Session, connection_id: UUID, stream: Stream[Any], external_ids: Collection[str]
) -> frozenset[str]:
    """Those of the rows, whose payloads were just stored as changed, in which nothing changed but what we wrote.

    To be asked once for each change, in the transaction that stored it: what came back is not waited for any more.
    """
    if stream.writing is None or not external_ids:
        return frozenset()
    sent = await write_plans.sent(session, connection_id, stream.name, external_ids)
    back = [each for each in sent if _came_back(each)]
    if back:
        await write_plans.hear(session, connection_id, stream.name, [each.external_id for each in back])
    stamps = stream.writing.stamps
    return frozenset(each.external_id for each in back if _is_only_echo(each, stamps))


def _came_back(sent: Sent) -> bool:
    there = dict(_leaves(sent.after))
    return all((there.get(field) or None) == value for field, value in sent.values.items())


def _is_only_echo(sent: Sent, stamps: frozenset[str]) -> bool:
    if sent.before is None:
        return False
    before, after = dict(_leaves(sent.before)), dict(_leaves(sent.after))
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return changed <= stamps | sent.values.keys()


def _leaves(payload: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields of a payload: members of its objects, too, as HubSpot keeps properties in one."""
    for name, value in payload.items():
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield name, value
