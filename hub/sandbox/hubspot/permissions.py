"""Which scopes an answer asks for: one of each group."""

from collections.abc import Mapping

from hub.sandbox.hubspot.object_types import OBJECT_TYPES, TICKETS, ObjectType, object_type

Alternatives = tuple[str, ...]
"""Scopes of which one is enough."""

READING = ("/search", "/batch/read")
"""How paths end that are posted to, but change nothing."""
_ALL_KINDS = [kind for kind in OBJECT_TYPES if kind is not TICKETS]

OBJECT_SCOPES = {
    (kind.plural, verb): f"crm.objects.{kind.plural}.{verb}" for kind in _ALL_KINDS for verb in ("read", "write")
} | {(TICKETS.plural, verb): "tickets" for verb in ("read", "write")}
SCHEMA_SCOPES = {
    (kind.plural, verb): f"crm.schemas.{kind.plural}.{verb}" for kind in _ALL_KINDS for verb in ("read", "write")
} | {(TICKETS.plural, verb): "tickets" for verb in ("read", "write")}
OWNERS_SCOPE = "crm.objects.owners.read"


def needed(method: str, path: str, named: Mapping[str, str]) -> list[Alternatives]:
    """The scopes for a request; `named` is what the path's braces hold. Refuses an object type that nobody knows."""
    verb = "read" if method == "GET" or path.endswith(READING) else "write"
    kinds = [object_type(named[key]) for key in ("object_type", "from_type", "to_type") if key in named]
    if path.startswith("/crm/owners"):
        return [(OWNERS_SCOPE,)]
    if path.startswith(("/crm/properties", "/crm/pipelines")):
        return [_of_schema(kind, verb) for kind in kinds]
    if path.endswith("/gdpr-delete"):
        return [(OBJECT_SCOPES["contacts", "write"],)]
    return [(OBJECT_SCOPES[kind.plural, verb],) for kind in kinds]


def _of_schema(kind: ObjectType, verb: str) -> Alternatives:
    scope = SCHEMA_SCOPES[kind.plural, verb]
    return (scope,) if verb == "write" else (scope, OBJECT_SCOPES[kind.plural, verb])
