"""How much one client is slowed while another floods the hub with documents that are made to work it.

`make bench-hostile`. One process of the hub, two keys: one asks for ten accounts over four connections, the other sends
what tests/schema/test_hostile_documents.py sends, over eight, as fast as it is answered and whatever it is told.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import database
import httpx
import orjson
from queries import queries
from rich.console import Console
from rich.table import Table
from servers import hub, running
from world import World

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.schema.test_hostile_documents import DOCUMENTS

ASKED = {"query": "query Ten { accounts(first: 10) { nodes { id name domain } } }"}
SECONDS, PAUSE, ROUNDS = 10, 1, 3
LINES, HOSTILE_LINES = 4, 8
MOST_SLOWED = 3.0
"""How many times the usual time half of the other client's answers may take, once the hostile one is held."""

console = Console()


@dataclass(frozen=True, slots=True)
class Figures:
    """How one client was answered."""

    name: str
    times: Sequence[float]

    @property
    def row(self) -> tuple[str, ...]:
        """Cells of the table."""
        rate = f"{len(self.times) / SECONDS:,.0f}"
        return (self.name, rate, f"{median(self.times) * 1e3:.1f}", f"{quantiles(self.times, n=100)[-1] * 1e3:.1f}")


def main() -> int:
    """0 where the other client is slowed no more than it may be."""
    with (
        TemporaryDirectory(prefix="hub-bench-") as folder,
        database.server(None, Path(folder)) as place,
        database.loaded(place, World(2_000, 4), Path(folder), lambda _: None),
    ):
        good, bad = (hub(place, Path(folder), name, scale=1) for name in ("good", "bad"))
        with running(good, queries(10)[1], None) as server:
            found = asyncio.run(measured(server.url, good.headers, bad.headers))
    table = Table("", "answers/s", "p50 ms", "p99 ms", title="One client, while another sends hostile documents")
    for each in found:
        table.add_row(*each.row)
    console.print(table)
    slowed = median(found[-1].times) / median(found[0].times)
    console.print(f"Slowed {slowed:.2f} times; {MOST_SLOWED:g} are allowed.")
    return int(slowed > MOST_SLOWED)


async def measured(url: str, good: dict[str, str], bad: dict[str, str]) -> list[Figures]:
    """Alone; while the flood begins; and when its sender owes more than the hub has patience for."""
    await asked(url, good, PAUSE)
    alone = await asked(url, good, SECONDS)
    flood = subprocess.Popen([sys.executable, __file__, url, bad["Authorization"]])  # noqa: S603, ASYNC220 - ourselves
    try:
        await asyncio.sleep(PAUSE)
        begun = await asked(url, good, SECONDS)
        await asyncio.sleep(ROUNDS * SECONDS)
        held = await asked(url, good, SECONDS)
    finally:
        flood.kill()
    return [Figures("alone", alone), Figures("as the flood begins", begun), Figures("when it is held", held)]


async def asked(url: str, headers: dict[str, str], seconds: float) -> list[float]:
    """How long each answer took, in seconds."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    async with httpx.AsyncClient(headers=headers) as http:

        async def line() -> None:
            while time.perf_counter() < until:
                began = time.perf_counter()
                response = await http.post(url, content=orjson.dumps(ASKED))
                response.raise_for_status()
                times.append(time.perf_counter() - began)

        await asyncio.gather(*(line() for _ in range(LINES)))
    return times


async def flood(url: str, key: str) -> None:
    """Send what is hostile, never the same twice, until somebody ends us."""
    headers = {"Authorization": key, "Content-Type": "application/json"}
    numbered = enumerate(cycle(text for text, _ in DOCUMENTS.values()))
    async with httpx.AsyncClient(headers=headers, timeout=60) as http:

        async def line() -> None:
            for number, text in numbered:
                await http.post(url, content=orjson.dumps({"query": f"{text} # {number}"}))

        await asyncio.gather(*(line() for _ in range(HOSTILE_LINES)))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(flood(sys.argv[1], sys.argv[2]))
    else:
        sys.exit(main())
