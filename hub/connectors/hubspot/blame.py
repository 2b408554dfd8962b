"""For whose sake HubSpot refused a whole batch, as far as its answer tells."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from hub.connectors.base import Write

TAKEN = re.compile(r"propertyName=(\w+), value=(.*)\} on (\S+)\. (\S+) already has that value", re.DOTALL)
"""Cannot set PropertyValueCoordinates{portalId=…, …, propertyName=…, value=…} on 123. 456 already has that value."""
LISTED = "Property values were not valid: "
"""What stands before a JSON list of complaints."""
OF_PROPERTIES = frozenset({"PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE"})
"""Codes of complaints about a property, whatever was to be written into it."""


class Context(msgspec.Struct, frozen=True, rename="camel"):
    object_write_trace_id: list[str] = []
    ids: list[str] = []
    property_name: list[str] = []


class Complaint(msgspec.Struct, frozen=True):
    """One of the `errors` of a refusal, or of the complaints that its message lists."""

    message: str = ""
    code: str | None = None
    error: str | None = None
    """What the list in a message calls the code."""
    name: str | None = None
    context: Context | str = Context()
    """The documentation has texts here, too, which name nobody."""

    def names(self) -> Context:
        return self.context if isinstance(self.context, Context) else Context()


class Failure(msgspec.Struct, frozen=True):
    """An error body, or one of the errors in a 207."""

    message: str = ""
    category: str | None = None
    context: Context = Context()
    errors: list[Complaint] = []

    def told(self, message: str = "") -> str:
        """Why, in HubSpot's words."""
        return ": ".join(each for each in (self.category, message or self.message) if each)


def blamed(failure: Failure, writes: Sequence[Write]) -> Mapping[int, str]:
    """The places of the writes that spoiled their batch, each with HubSpot's reason. Empty where it names none."""
    named = {place: failure.told() for place in _traced(failure.context, writes)}
    named |= {place: failure.told() for place in _taken(failure.message, writes)}
    for complaint in _complaints(failure):
        reason = failure.told(complaint.message)
        named |= dict.fromkeys(_places(complaint, writes), reason)
    return named


def _complaints(failure: Failure) -> Iterator[Complaint]:
    """Those that stand for themselves, and those in the message: either may lack some."""
    yield from failure.errors
    before, listed, listing = failure.message.partition(LISTED)
    if not listed or before:
        return
    try:
        found = msgspec.json.decode(listing, type=list[Complaint])
    except msgspec.DecodeError:
        return  # A message is for people, and may be cut short: it names nobody then.
    yield from found


def _places(complaint: Complaint, writes: Sequence[Write]) -> Sequence[int]:
    traced = _traced(complaint.names(), writes)
    if traced:
        return traced
    code = complaint.code or complaint.error
    names = {*complaint.names().property_name, *((complaint.name,) if complaint.name else ())}
    holders = [(place, name) for place, write in enumerate(writes) for name in names if name in write.values]
    if code in OF_PROPERTIES:
        return [place for place, _ in holders]
    return _quoted(complaint.message, [(place, writes[place].values[name]) for place, name in holders])


def _quoted(message: str, held: Sequence[tuple[int, str | None]]) -> Sequence[int]:
    """Who holds the value that a complaint quotes: the longest, should one contain another."""
    # Options that would be right follow in brackets: others may hold them.
    said = message.partition(": [")[0]
    found = [(place, value) for place, value in held if value and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", said)]
    longest = max((len(value) for _, value in found), default=0)
    return [place for place, value in found if len(value) == longest]


def _taken(message: str, writes: Sequence[Write]) -> Sequence[int]:
    """Whose value another record has: the record is named where it is one that was to be changed."""
    conflict = TAKEN.search(message)
    if conflict is None:
        return []
    name, value, record, _ = conflict.groups()
    own = [place for place, write in enumerate(writes) if write.key == record]
    return own or [place for place, write in enumerate(writes) if write.values.get(name) == value]


def _traced(context: Context, writes: Sequence[Write]) -> Sequence[int]:
    """By the trace that was sent, which is the place in the batch, or by the id."""
    traces, ids = set(context.object_write_trace_id), set(context.ids)
    return [place for place, write in enumerate(writes) if str(place) in traces or (not traces and write.key in ids)]


def inputs(writes: Sequence[Write], more: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
    """Writes as HubSpot takes them, each with its place for its trace."""
    return [
        {
            "id": write.key,
            "properties": {field: value or "" for field, value in write.values.items()},
            "objectWriteTraceId": str(place),
            **more,
        }
        for place, write in enumerate(writes)
    ]
