"""The speed of mapping, beside that of others on the same records in the same run."""

from collections.abc import Hashable, Iterator, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.mapping.peers import beside
from benchmarks.mapping.report import Target
from benchmarks.mapping.scores import of_clusters
from benchmarks.mapping.speed.measuring import CHANGED, Run, run
from benchmarks.mapping.speed.world import ORGANIZATIONS, WHOLE, Typed, world

SECONDS, MEGABYTES = 30, 2_500
MANY_SECONDS, ONE_SECONDS = 1.5, 0.15
GROWTH = 1.5
"""Of the time for a record, from a tenth of the records to all of them, at most."""
DEDUPED = 2_000
"""Records that dedupe is given: 5,000 took it minutes and gigabytes."""

NOTES = """\
The hub reads from PostgreSQL and stores accounts, evidence and profiles there; the others read a file and keep \
clusters in memory, which is less work. Their seconds include training. Where processes share memory it counts once, \
except with the hub's own.
Published by others, on machines of their own, not measured here:
  Splink: 1,000,000 records on a laptop in about a minute (https://github.com/moj-analytical-services/splink)
  Zingg: 120,000 records in 5 min; 5,000,000 in about 4 h on 4 cores, 10 GB (https://github.com/zinggAI/zingg, \
docs/reference/hardware-sizing-and-benchmarks.md)
  Senzing: about 100 records a second on 8 cores, 48 GB: 1,000,000 in about 2.8 h \
(https://senzing.zendesk.com/hc/en-us/articles/115007301867)"""


def measured(console: Console, count: int, *, with_peers: bool) -> Iterator[Target]:
    """Print how long everything took; what has a target."""
    table = Table("", title=f"Mapping records of {ORGANIZATIONS} organizations", title_justify="left")
    for name in ("records", "seconds", "records/s", "MB", "PostgreSQL MB", "accounts", "P", "R", "F1", "B³"):
        table.add_column(name, justify="right")
    records, small = (list(world(size)) for size in (count, count // 10))
    first = _hub(console, small, changes=False)
    whole = _hub(console, records, changes=True)
    for each, given in ((first, small), (whole, records)):
        table.add_row("hub, from PostgreSQL to PostgreSQL", *_figures(each, given))
    table.add_row(f"hub, {CHANGED:,} records changed", f"{CHANGED:,}", f"{whole.many:,.2f}")
    table.add_row("hub, one record changed", "1", f"{whole.one:,.3f}", end_section=True)
    if with_peers:
        _add_peers(console, table, records)
    console.print(table)
    console.print(NOTES, highlight=False)
    yield from _targets(first, whole, count)


def _hub(console: Console, records: Sequence[Typed], *, changes: bool) -> Run:
    with console.status(f"The hub maps {len(records):,} records …"):
        return run(records, changes=changes)


def _add_peers(console: Console, table: Table, records: Sequence[Typed]) -> None:
    few = list(world(min(DEDUPED, len(records))))
    with console.status(f"Splink maps {len(records):,} records …"):
        _add_rival(table, "Splink, plain", beside.splink(records), records)
    table.add_section()
    table.add_row("hub, from PostgreSQL to PostgreSQL", *_figures(_hub(console, few, changes=False), few))
    with console.status(f"dedupe maps {len(few):,} records …"):
        _add_rival(table, "dedupe", beside.dedupe(few), few)


def _add_rival(table: Table, name: str, found: beside.Rival, records: Sequence[Typed]) -> None:
    for threshold, labels in found.labels.items():
        cost = _cost(found.seconds, found.memory, len(records))
        table.add_row(f"{name}, from a file, {threshold}", *cost, "", *_quality(labels, records))


def _figures(found: Run, records: Sequence[Typed]) -> list[str]:
    cost = _cost(found.seconds, found.memory, len(records))
    return [*cost, f"{found.database_memory / 1e6:,.0f}", *_quality(found.labels, records)]


def _cost(seconds: float, memory: int, count: int) -> list[str]:
    return [f"{count:,}", f"{seconds:,.1f}", f"{count / seconds:,.0f}", f"{memory / 1e6:,.0f}"]


def _quality(labels: Sequence[Hashable], records: Sequence[Typed]) -> list[str]:
    scores = of_clusters(labels, [record.truth for record in records])[None]
    return [f"{len(set(labels)):,}", *(f"{scores[name]:.4f}" for name in ("P", "R", "F1", "B³"))]


def _targets(first: Run, whole: Run, count: int) -> Iterator[Target]:
    """Those of the whole world; of a smaller one, its share of the seconds."""
    share = count / WHOLE
    yield Target(what=f"{count:,} records mapped and stored", reached=whole.seconds, most=SECONDS * share, unit=" s")
    yield Target(what=f"{count:,} records: memory", reached=whole.memory / 1e6, most=MEGABYTES, unit=" MB")
    yield Target(
        what=f"growth from {count // 10:,} records",
        reached=whole.seconds / first.seconds / 10,
        most=GROWTH,
        unit=" times",
    )
    yield Target(what=f"{CHANGED:,} changed records mapped", reached=whole.many, most=MANY_SECONDS, unit=" s")
    yield Target(what="one changed record mapped", reached=whole.one, most=ONE_SECONDS, unit=" s")
