"""What a request asks, by whatever way it came."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.schema.access import Refused


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks."""

    query: str | None
    variables: dict[str, Any] | None
    operation_name: str | None


SHAPE = {"query": str, "variables": dict, "operationName": str, "extensions": dict}


def checked(given: Any) -> Asked:
    """What a decoded request asks; raises Refused."""
    if not isinstance(given, Mapping):
        raise Refused(400, "BAD_REQUEST", "A request is one JSON object.")
    for name, kind in SHAPE.items():
        if given.get(name) is not None and not isinstance(given[name], kind):
            raise Refused(400, "BAD_REQUEST", f"`{name}` has the wrong type.")
    return Asked(given.get("query"), given.get("variables"), given.get("operationName"))
