"""Rules about what is understood of payloads, and about what a person is told."""

import re
from typing import Any

from hub.connectors.base import Payload, Stream
from hub.connectors.conformance.subject import Outcome, Subject, decoded, pages, payloads_of, quoted

NEW_FIELD = "a_field_nobody_has_heard_of"
HEADINGS = {
    "credentials or scopes": re.compile(r"^## .*(credential|scope|connect)", re.IGNORECASE | re.MULTILINE),
    "limits": re.compile(r"^## .*limit", re.IGNORECASE | re.MULTILINE),
    "what is not read": re.compile(r"^## .*not read", re.IGNORECASE | re.MULTILINE),
}


async def payloads_understood(subject: Subject) -> Outcome:
    """Each payload becomes at least one row of its stream's kind, and every row has an id."""
    complaints, count = [], 0
    for stream in subject.streams:
        for payload in await subject.payloads(stream):
            rows = list(stream.to_records(payload))
            count += len(rows)
            if not any(isinstance(row, stream.record) for row in rows):
                complaints.append(f"{stream.name}: {stream.key(payload)} becomes no {stream.record.__name__}")
            if not all(row.external_id for row in rows):
                complaints.append(f"{stream.name}: {stream.key(payload)} becomes a row without an id")
    return Outcome.of(complaints[:3], f"{count} rows")


async def mapping_is_pure(subject: Subject) -> Outcome:
    """Mapped twice, a payload gives the same rows, and is as it was."""
    complaints, count = [], 0
    async with subject.wire.source() as source:
        for stream in subject.streams:
            for text in (text for page in await pages(stream, source) for text in page.payloads):
                payload, count = decoded(text), count + 1
                first, second = list(stream.to_records(payload)), list(stream.to_records(payload))
                if repr(first) != repr(second):
                    complaints.append(f"{stream.name}: {stream.key(payload)} says something else the second time")
                if payload != decoded(text):
                    complaints.append(f"{stream.name}: {stream.key(payload)} was changed by its mapping")
    return Outcome.of(complaints[:3], f"{count} payloads mapped twice")


async def unknown_fields_reported(subject: Subject) -> Outcome:
    """Each stream knows its fields, or its pages tell them; one more is no reason to refuse a payload."""
    complaints = []
    for stream in subject.streams:
        async with subject.wire.source() as source:
            read = await pages(stream, source)
        if not stream.fields and not any(page.fields for page in read):
            complaints.append(f"{stream.name}: any field may come")
        for payload in payloads_of(read):
            complaints += _strangers(stream, payload)
    return Outcome.of(complaints[:3], "all fields that came were heard of; one more spoils nothing")


def _strangers(stream: Stream[Any], payload: Payload) -> list[str]:
    new = payload.keys() - stream.fields
    complaints = [f"{stream.name}: {quoted(new)} not heard of"] if stream.fields and new else []
    if not list(stream.to_records({**payload, NEW_FIELD: 1})):
        complaints.append(f"{stream.name}: a payload with a new field is not understood")
    return complaints


async def missing_id_refused(subject: Subject) -> Outcome:
    """An empty payload has no key."""
    complaints = [f"{stream.name} takes a payload without an id" for stream in subject.streams if _has_key(stream)]
    return Outcome.of(complaints, f"refused by {len(subject.streams)} stream(s)")


def _has_key(stream: Stream[Any]) -> bool:
    try:
        stream.key({})
    except (KeyError, ValueError, TypeError):
        return False
    return True


async def streams_reported(subject: Subject) -> Outcome:
    """The report has each stream once, in order, and says that it can be read."""
    names = [stream.name for stream in subject.streams]
    complaints = [] if names and len(names) == len(set(names)) else ["streams need names of their own"]
    async with subject.wire.source() as source:
        reports = [report async for report in subject.connector.report(source)]
    if [report.stream for report in reports] != names:
        complaints.append(f"reported on {quoted(report.stream for report in reports)} instead of {quoted(names)}")
    complaints += [f"{report.stream} cannot be read" for report in reports if not report.readable]
    return Outcome.of(complaints, f"{len(reports)} stream(s)")


async def fixtures_for_every_stream(subject: Subject) -> Outcome:
    """The wire has payloads of each stream."""
    counts = {stream.name: len(subject.wire.payloads(stream.name)) for stream in subject.streams}
    empty = [f"there is nothing recorded of {name}" for name, count in counts.items() if not count]
    return Outcome.of(empty, f"{sum(counts.values())} payloads")


async def docs_name_scopes_and_limits(subject: Subject) -> Outcome:
    """The page has a heading for each thing that people ask."""
    if subject.docs is None:
        return Outcome(passed=False, seen="there is no page")
    text = subject.docs.read_text("utf-8")
    missing = [f"no heading names {what}" for what, pattern in HEADINGS.items() if not pattern.search(text)]
    return Outcome.of(missing, subject.docs.name)
