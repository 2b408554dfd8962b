"""What tickets say."""

from collections.abc import Iterator

from hub.connectors.base import Payload
from hub.connectors.hubspot.mapping.record import record
from hub.connectors.hubspot.properties import Properties
from hub.model import Ticket


def ticket(payload: Payload) -> Iterator[Ticket]:
    said = Properties(payload)
    yield Ticket(
        subject=said.text("subject"),
        description=said.text("content"),
        pipeline_external_id=said.text("hs_pipeline"),
        stage_external_id=said.text("hs_pipeline_stage"),
        priority=said.text("hs_ticket_priority"),
        kind=said.text("hs_ticket_category"),
        closed_at=said.instant("closed_date"),
        owner_external_id=said.text("hubspot_owner_id"),
        **record(payload, said),
    )
