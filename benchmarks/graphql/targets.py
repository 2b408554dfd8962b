"""What the hub must reach, and the tables that say whether it does.

The target compares the hub with PostGraphile under row-level security, because only that answers the same question:
what may this caller see? Without policies PostGraphile does less than the hub does; its ratio is printed beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from measuring import Turn, Turns
from queries import Query
from rich.table import Table
from servers import Server

HUB, RIVAL, RIVAL_OPEN, LIMIT = "hub", "PostGraphile 5, RLS", "PostGraphile 5", "hand-written"
LEAST_OF_LIMIT = 0.9


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times another server's rate the hub reached at a query, and must reach; None where it need not."""

    query: Query
    other: str
    reached: float
    least: float | None

    @property
    def short(self) -> bool:
        return self.least is not None and self.reached < self.least


def ratios(turns: Turns, queries: Sequence[Query]) -> list[Ratio]:
    """The median over the rounds of the two servers' ratio in the same round: what slows both does not count."""
    return [
        Ratio(query, other, _paired(turns[HUB, query.name], turns[other, query.name]), least)
        for query in queries
        for other, least in ((RIVAL, query.faster), (RIVAL_OPEN, None), (LIMIT, LEAST_OF_LIMIT))
    ]


def _paired(hub: Sequence[Turn], other: Sequence[Turn]) -> float:
    return median(one.outcome.rate / two.outcome.rate for one, two in zip(hub, other, strict=True))


def rates_table(turns: Turns, queries: Sequence[Query], servers: Sequence[Server]) -> Table:
    """Medians over the rounds, with the least and the most."""
    table = Table("query", "server", title="Requests per second")
    for name in ("req/s", "from", "to", "p50 ms", "p99 ms", "server µs", "PostgreSQL µs"):
        table.add_column(name, justify="right")
    for query in queries:
        for server in servers:
            name = server.kind.name
            table.add_row(query.name, name, *_figures(turns[name, query.name]), end_section=server is servers[-1])
    return table


def _figures(turns: Sequence[Turn]) -> list[str]:
    rates = [turn.outcome.rate for turn in turns]
    return [
        *(f"{rate:,.0f}" for rate in (median(rates), min(rates), max(rates))),
        f"{median(turn.outcome.p50 for turn in turns):,.1f}",
        f"{median(turn.outcome.p99 for turn in turns):,.1f}",
        f"{median(turn.server_cpu for turn in turns) * 1e6:,.0f}",
        f"{median(turn.database_cpu for turn in turns) * 1e6:,.0f}",
    ]


def servers_table(servers: Sequence[Server]) -> Table:
    """What each costs."""
    table = Table("server", title="Memory after the load, and the time from start to first answer")
    for name in ("RSS MB", "start-up s"):
        table.add_column(name, justify="right")
    for server in servers:
        table.add_row(server.kind.name, f"{server.memory() / 1e6:,.0f}", f"{server.start_up:.2f}")
    return table


def targets_table(found: Sequence[Ratio]) -> Table:
    """What was reached beside what must be."""
    table = Table("query", "the hub against", title="Targets (ratios of rates, medians of paired rounds)")
    for name in ("reached", "target"):
        table.add_column(name, justify="right")
    table.add_column("")
    for ratio in found:
        verdict = "" if ratio.least is None else "[red]short[/red]" if ratio.short else "[green]met[/green]"
        least = "-" if ratio.least is None else f"≥ {ratio.least:g}"
        table.add_row(ratio.query.name, ratio.other, f"{ratio.reached:.2f}", least, verdict)
    return table
