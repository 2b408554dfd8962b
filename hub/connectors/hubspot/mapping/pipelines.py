"""What pipelines say of themselves and their stages."""

from collections.abc import Iterator, Mapping

from hub.connectors.base import Payload
from hub.connectors.hubspot.mapping.record import known_id, removal, stamps
from hub.connectors.hubspot.properties import flag, share
from hub.model import Pipeline, Stage

PIPELINE_FIELDS = frozenset((
    "id", "label", "displayOrder", "stages", "createdAt", "updatedAt", "archived", "archivedAt",
))  # fmt: skip


def pipeline(payload: Payload) -> Iterator[Pipeline]:
    yield Pipeline(label=payload["label"], **stamps(payload), **removal(payload))


def stages(payload: Payload) -> Iterator[Stage]:
    """The stages of one pipeline: HubSpot sends them inside it. Deals and tickets hold a stage's id alone."""
    parent = known_id(payload["id"])
    for position, stage in enumerate(sorted(payload["stages"], key=lambda stage: stage["displayOrder"])):
        facts = dict(stage["metadata"])
        closed = _is_closed(facts)
        probability = share(facts["probability"]) if facts.get("probability") else None
        yield Stage(
            name=known_id(stage["id"]),
            label=stage["label"],
            pipeline_external_id=parent,
            position=position,
            probability=probability,
            is_closed=closed,
            is_won=None if closed is None or probability is None else closed and probability == 1,
            **stamps(stage) | {"external_id": f"{parent}:{stage['id']}"},
            **removal(stage),
        )


def _is_closed(facts: Mapping[str, str]) -> bool | None:
    """A text, and for tickets another one."""
    if facts.get("isClosed"):
        return flag(facts["isClosed"])
    return facts["ticketState"] == "CLOSED" if facts.get("ticketState") else None
