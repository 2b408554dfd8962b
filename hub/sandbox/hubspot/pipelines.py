"""Pipelines: the one for deals that the world has, under HubSpot's own stage ids, and the one for tickets."""

from dataclasses import dataclass
from typing import Any

from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.object_types import DEALS, TICKETS, object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.refusal import not_found
from hub.sandbox.world import StageEntry

DEAL_PIPELINE_ID = "default"
TICKET_PIPELINE_ID = "0"
_NEVER = "1970-01-01T00:00:00Z"
"""What HubSpot gives as the dates of its default pipelines."""
_NUMERAL_STAGES_FROM = 998_100_000


@dataclass(frozen=True, slots=True)
class TicketStage:
    """A step of the support pipeline, which every portal comes with."""

    id: str
    label: str
    is_closed: bool = False


TICKET_STAGES = (
    TicketStage("1", "New"),
    TicketStage("2", "Waiting on contact"),
    TicketStage("3", "Waiting on us"),
    TicketStage("4", "Closed", is_closed=True),
)


def stage_id(stage: StageEntry) -> str:
    """HubSpot's id of a stage: a slug for those that came with the portal, a numeral for those added later."""
    if stage.is_closed:
        return "closedwon" if stage.is_won else "closedlost"
    if stage.position % 2:
        return str(_NUMERAL_STAGES_FROM + stage.position)
    return "".join(c for c in stage.name.lower() if c.isalnum())


def pipelines(portal: Portal, call: Call) -> dict[str, Any]:
    """All pipelines of an object type."""
    return {"results": _pipelines(portal, call)}


def pipeline(portal: Portal, call: Call) -> dict[str, Any]:
    """One pipeline."""
    for each in _pipelines(portal, call):
        if each["id"] == call.path["pipeline_id"]:
            return each
    raise not_found()


def stages(portal: Portal, call: Call) -> dict[str, Any]:
    """The stages of one pipeline."""
    return {"results": pipeline(portal, call)["stages"]}


def _pipelines(portal: Portal, call: Call) -> list[dict[str, Any]]:
    kind = object_type(call.path["object_type"])
    if kind is DEALS:
        return [_pipeline(DEAL_PIPELINE_ID, "Sales Pipeline", _deal_stages(portal))]
    if kind is TICKETS:
        return [_pipeline(TICKET_PIPELINE_ID, "Support Pipeline", _ticket_stages())]
    return []


def _pipeline(pipeline_id: str, label: str, stages: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "label": label,
        "displayOrder": 0,
        "id": pipeline_id,
        "stages": stages,
        "createdAt": _NEVER,
        "updatedAt": _NEVER,
        "archived": False,
    }


def _deal_stages(portal: Portal) -> list[dict[str, Any]]:
    ordered = sorted(portal.world.stages, key=lambda stage: stage.position)
    return [
        _stage(
            place,
            stage.name,
            stage_id(stage),
            {"isClosed": str(stage.is_closed).lower(), "probability": str(stage.probability / 100)},
        )
        for place, stage in enumerate(ordered)
    ]


def _ticket_stages() -> list[dict[str, Any]]:
    return [
        _stage(
            place,
            stage.label,
            stage.id,
            {"ticketState": "CLOSED" if stage.is_closed else "OPEN", "isClosed": str(stage.is_closed).lower()},
        )
        for place, stage in enumerate(TICKET_STAGES)
    ]


def _stage(place: int, label: str, identity: str, metadata: dict[str, str]) -> dict[str, Any]:
    return {
        "label": label,
        "displayOrder": place,
        "metadata": metadata,
        "id": identity,
        "createdAt": _NEVER,
        "updatedAt": _NEVER,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        "archived": False,
    }
