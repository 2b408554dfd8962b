"""The speed of mapping, beside that of others on the same records in the same run."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.mapping.report import Target
from benchmarks.mapping.scores import of_clusters
from benchmarks.mapping.speed.measuring import CHANGED, Run, run
from benchmarks.mapping.speed.world import ORGANIZATIONS, WHOLE, Typed, world

SECONDS, MEGABYTES = 30, 2_500
MANY_SECONDS, ONE_SECONDS = 1.5, 0.15
GROWTH = 1.5
"""Of the time for a record, from a tenth of the records to all of them."""

PUBLISHED = """\
Published by others, on machines of their own, not measured here:
  Splink: 1,000,000 records on a laptop in about a minute (https://github.com/moj-analytical-services/splink)
  Zingg: 120,000 records in 5 min; 5,000,000 in about 4 h on 4 cores, 10 GB (https://github.com/zinggAI/zingg, \
docs/reference/hardware-sizing-and-benchmarks.md)
  Senzing: about 100 records a second on 8 cores, 48 GB: 1,000,000 in about 2.8 h \
(https://senzing.zendesk.com/hc/en-us/articles/115007301867)"""


def measured(console: Console, count: int) -> Iterator[Target]:
    """Print how long everything took; what has a target."""
    table = Table("", title=f"Mapping records of {ORGANIZATIONS} organizations", title_justify="left")
    for name in ("records", "seconds", "records/s", "MB", "PostgreSQL MB", "accounts", "P", "R", "F1", "B³"):
        table.add_column(name, justify="right")
    small, records = list(world(count // 10)), list(world(count))
    with console.status(f"The hub maps {len(small):,} records …"):
        first = run(small, changes=False)
    with console.status(f"The hub maps {len(records):,} records …"):
        whole = run(records, changes=True)
    for each, given in ((first, small), (whole, records)):
        table.add_row("hub, from PostgreSQL to PostgreSQL", *_figures(each, given))
    table.add_row(f"hub, {CHANGED:,} records changed", f"{CHANGED:,}", f"{whole.many:,.2f}")
    table.add_row("hub, one record changed", "1", f"{whole.one:,.3f}")
    console.print(table)
    console.print(PUBLISHED, highlight=False)
    yield from _targets(first, whole, count)


def _figures(found: Run, records: Sequence[Typed]) -> list[str]:
    scores = of_clusters(found.accounts, [record.truth for record in records])[None]
    return [
        f"{len(records):,}",
        f"{found.seconds:,.1f}",
        f"{len(records) / found.seconds:,.0f}",
        f"{found.memory / 1e6:,.0f}",
        f"{found.database_memory / 1e6:,.0f}",
        f"{len(set(found.accounts)):,}",
        *(f"{scores[name]:.4f}" for name in ("P", "R", "F1", "B³")),
    ]


def _targets(first: Run, whole: Run, count: int) -> Iterator[Target]:
    """Those of the whole world; of a smaller one, its share of the seconds."""
    share = count / WHOLE
    yield Target(what=f"{count:,} records mapped and stored", reached=whole.seconds, most=SECONDS * share, unit=" s")
    yield Target(what=f"{count:,} records: memory", reached=whole.memory / 1e6, most=MEGABYTES, unit=" MB")
    yield Target(what=f"growth from {count // 10:,}", reached=whole.seconds / first.seconds / 10, most=GROWTH, unit=" ×")
    yield Target(what=f"{CHANGED:,} changed records mapped", reached=whole.many, most=MANY_SECONDS, unit=" s")
    yield Target(what="one changed record mapped", reached=whole.one, most=ONE_SECONDS, unit=" s")
