"""Rules about pages: nothing is lost, and nothing comes twice in another shape."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from hub.connectors.base import Bookmark, Page, Payload, Stream, undated
from hub.connectors.conformance.subject import (
    MOST_PAGES,
    Outcome,
    Subject,
    gone,
    inapplicable,
    latest,
    pages,
    quoted,
)
from hub.model import Removal


async def reads_to_the_last_page(subject: Subject) -> Outcome:
    """Each stream gives what was recorded, no more and no less."""
    complaints, count = [], 0
    for stream in subject.streams:
        read = sorted(stream.key(payload) for payload in await subject.payloads(stream))
        count += len(read)
        if read != subject.recorded_keys(stream):
            complaints.append(f"{stream.name}: {len(read)} read, {len(subject.recorded_keys(stream))} recorded")
    return Outcome.of(complaints, f"{count} payloads of {len(subject.streams)} stream(s)")


async def resumes_from_a_bookmark(subject: Subject) -> Outcome:
    """Stopped after any page, and after every page, the whole is the same."""
    complaints, stops = [], 0
    async with subject.wire.source() as source:
        changing = [stream for stream in subject.streams if not stream.whole(source)]
        for stream in changing:
            read = await pages(stream, source)
            lost = await _lost(stream, source, read)
            stops += len(read)
            complaints += [f"{stream.name} loses {quoted(lost)}"] if lost else []
    return (
        Outcome.of(complaints, f"stopped at {stops} pages") if changing else inapplicable("every stream is read whole")
    )


async def _lost(stream: Stream[Any], source: Any, read: list[Page]) -> set[str]:
    every = set(latest(stream, read)) | gone(read)
    lost = every - await _met_when_always_stopped(stream, source)
    for stop in range(1, len(read) + 1):
        again = read[:stop] + await pages(stream, source, read[stop - 1].bookmark)
        lost |= every - set(latest(stream, again)) - gone(again)
    return lost


async def _met_when_always_stopped(stream: Stream[Any], source: Any) -> set[str]:
    """What is met where each reading is killed as soon as its bookmark moved, until one ends before."""
    met: set[str] = set()
    bookmark: Bookmark | None = None
    for _ in range(MOST_PAGES):
        read = [page async for page in _until_it_moves(stream, source, bookmark)]
        met |= set(latest(stream, read)) | gone(read)
        if not read or read[-1].bookmark == bookmark:
            break
        bookmark = read[-1].bookmark
    return met


async def _until_it_moves(stream: Stream[Any], source: Any, bookmark: Bookmark | None) -> AsyncIterator[Page]:
    async with aclosing(stream.pages(source, bookmark)) as coming:
        async for page in coming:
            yield page
            if page.bookmark != bookmark:
                return


async def second_sync_changes_nothing(subject: Subject) -> Outcome:
    """Neither a reading from the start nor one from the last bookmark differs from what is held."""
    complaints, count = [], 0
    async with subject.wire.source() as source:
        for stream in subject.streams:
            first = await pages(stream, source)
            held = latest(stream, first)
            again = [*await pages(stream, source), *await pages(stream, source, first[-1].bookmark)] if first else []
            count += sum(len(page.payloads) for page in again)
            complaints += [f"{stream.name}: {told}" for told in _differences(stream, held, first, again)]
    return Outcome.of(complaints, f"{count} payloads read again")


def _differences(stream: Stream[Any], held: dict[str, Any], first: list[Page], again: list[Page]) -> list[str]:
    changed = {key for key, payload in latest(stream, again).items() if held.get(key) != payload}
    buried = (gone(again) - gone(first)) & set(held)
    told = [f"{quoted(changed)} came otherwise"] if changed else []
    return told + ([f"{quoted(buried)} are said to be gone"] if buried else [])


async def whole_streams_are_whole(subject: Subject) -> Outcome:
    """Each reading gives every row: rows that one does not meet are removed. What lies between two can be read, too."""
    complaints = []
    async with subject.wire.source() as source:
        whole = [stream for stream in subject.streams if stream.whole(source)]
        for stream in whole:
            read = await pages(stream, source)
            missed = set(latest(stream, read)) - set(latest(stream, await pages(stream, source)))
            complaints += [f"{stream.name} misses {quoted(missed)} when it is read again"] if missed else []
            if stream.whole_for and read:
                await pages(stream, source, read[-1].bookmark)
    seen = f"{quoted(stream.name for stream in whole)} read twice"
    return Outcome.of(complaints, seen) if whole else inapplicable("no stream is read whole")


async def versions_are_ordered(subject: Subject) -> Outcome:
    """Instants have a time zone, and what comes later in a reading is not an older version."""
    dated = [stream for stream in subject.streams if stream.modified_at is not undated]
    complaints = []
    for stream in dated:
        newest: dict[str, Any] = {}
        for payload in await subject.payloads(stream):
            key, at = stream.key(payload), stream.modified_at(payload)
            if at is not None and at.tzinfo is None:
                complaints.append(f"{stream.name}: {key} has an instant without a time zone")
            elif at is not None and at < newest.get(key, at):
                complaints.append(f"{stream.name}: an older version of {key} comes after a newer")
            else:
                newest[key] = at or newest.get(key)
    seen = f"{quoted(stream.name for stream in dated)}"
    return Outcome.of(complaints[:3], seen) if dated else inapplicable("no stream says when its rows changed")


async def sweeps_agree(subject: Subject) -> Outcome:
    """All ids, the rows of those ids, and the rows of the pages are the same rows."""
    reread = [stream for stream in subject.streams if stream.among]
    complaints = [f"{each.name} has ids without among" for each in subject.streams if each.ids and not each.among]
    async with subject.wire.source() as source:
        for stream in reread:
            complaints += [f"{stream.name}: {told}" for told in await _sweep_differences(stream, source)]
    seen = f"{len(reread)} stream(s), {sum(stream.ids is not None for stream in reread)} of them with all ids"
    return Outcome.of(complaints[:3], seen) if reread or complaints else inapplicable("no stream is swept")


async def _sweep_differences(stream: Stream[Any], source: Any) -> list[str]:
    read = await pages(stream, source)
    held = {key: row for key, row in latest(stream, read).items() if key not in gone(read)}
    live = {key: row for key, row in held.items() if None in _removals(stream, row)}
    told = []
    if stream.ids is not None:
        ids = {key async for portion in stream.ids(source) for key in portion}
        # Some sources count archived rows among those that are there.
        archived = {key for key, row in held.items() if Removal.ARCHIVED in _removals(stream, row)}
        differing = (live.keys() - ids) | (ids - live.keys() - archived)
        told += [f"ids and pages differ in {quoted(differing)}"] if differing else []
    if stream.among is not None:
        rows = latest(stream, [page async for page in stream.among(source, sorted(live))])
        other = {key for key, row in rows.items() if held.get(key) != row} | (live.keys() - rows.keys())
        told += [f"among gives {quoted(other)} otherwise than the pages"] if other else []
    return told


def _removals(stream: Stream[Any], payload: Payload) -> set[Removal | None]:
    """What became of the rows of the stream's kind that a payload tells of."""
    return {row.removal for row in stream.to_records(payload) if isinstance(row, stream.record)}
