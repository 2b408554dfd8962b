"""What a portal keeps of tickets."""

from hub.sandbox.hubspot.pipelines import TICKET_PIPELINE_ID, TICKET_STAGES
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.property import OWNER, Kind, Property, calculated, text
from hub.sandbox.hubspot.stamps import spelled
from hub.sandbox.world import TicketEntry


def _write_stage(entry: TicketEntry, value: str, portal: Portal) -> None:
    stages = {stage.id: stage for stage in TICKET_STAGES}
    if value not in stages:
        raise ValueError(f"{value} was not one of the allowed options: {', '.join(stages)}")
    entry.stage = value
    entry.closed_at = portal.now() if stages[value].is_closed else None


PROPERTIES = (
    text("subject", "Ticket name", "subject"),
    text("content", "Ticket description", "content", field_type="textarea"),
    Property(
        name="hs_pipeline",
        label="Pipeline",
        kind=Kind.ENUMERATION,
        external=True,
        read=lambda entry, _: TICKET_PIPELINE_ID,
    ),
    Property(
        name="hs_pipeline_stage",
        label="Ticket status",
        kind=Kind.ENUMERATION,
        external=True,
        read=lambda entry, _: entry.stage,
        write=_write_stage,
    ),
    text("hs_ticket_priority", "Priority", "priority", kind=Kind.ENUMERATION),
    calculated("hs_ticket_category", "Category", Kind.ENUMERATION, lambda entry, _: None),
    calculated(
        "closed_date",
        "Close date",
        Kind.DATETIME,
        lambda entry, _: None if entry.closed_at is None else spelled(entry.closed_at),
    ),
    OWNER,
)
