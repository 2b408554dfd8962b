"""Deal pipelines: the one that the world has, under HubSpot's own stage ids."""

from typing import Any

from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.object_types import DEALS, object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.refusal import not_found
from hub.sandbox.world import StageEntry

PIPELINE_ID = "default"
_NEVER = "1970-01-01T00:00:00Z"
"""What HubSpot gives as the dates of its default pipeline."""
_NUMERAL_STAGES_FROM = 998_100_000


def stage_id(stage: StageEntry) -> str:
    """HubSpot's id of a stage: a slug for those that came with the portal, a numeral for those added later."""
    if stage.is_closed:
        return "closedwon" if stage.is_won else "closedlost"
    if stage.position % 2:
        return str(_NUMERAL_STAGES_FROM + stage.position)
    return "".join(c for c in stage.name.lower() if c.isalnum())


def pipelines(portal: Portal, call: Call) -> dict[str, Any]:
    """All pipelines of an object type."""
    kind = object_type(call.path["object_type"])
    return {"results": [_pipeline(portal)] if kind is DEALS else []}


def pipeline(portal: Portal, call: Call) -> dict[str, Any]:
    """One pipeline."""
    kind = object_type(call.path["object_type"])
    if kind is not DEALS or call.path["pipeline_id"] != PIPELINE_ID:
        raise not_found()
    return _pipeline(portal)


def stages(portal: Portal, call: Call) -> dict[str, Any]:
    """The stages of one pipeline."""
    return {"results": pipeline(portal, call)["stages"]}


def _pipeline(portal: Portal) -> dict[str, Any]:
    ordered = sorted(portal.world.stages, key=lambda stage: stage.position)
    return {
        "label": "Sales Pipeline",
        "displayOrder": 0,
        "id": PIPELINE_ID,
        "stages": [_stage(place, stage) for place, stage in enumerate(ordered)],
        "createdAt": _NEVER,
        "updatedAt": _NEVER,
        "archived": False,
    }


def _stage(place: int, stage: StageEntry) -> dict[str, Any]:
    return {
        "label": stage.name,
        "displayOrder": place,
        "metadata": {"isClosed": str(stage.is_closed).lower(), "probability": str(stage.probability / 100)},
        "id": stage_id(stage),
        "createdAt": _NEVER,
        "updatedAt": _NEVER,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        "archived": False,
    }
