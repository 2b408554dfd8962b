"""Measuring: answers checked first, then rounds in which every server takes its turn at every query."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import nan

import orjson
import psutil
import psycopg
from database import NAME
from load import Generator, Outcome, Target
from queries import Query, Words, canonical
from reference import Reference
from servers import Server
from tables import ORGANIZATIONS
from world import HOME

CHECKED = 10
"""How many of the things that are asked for are compared with the reference."""

WARM_UP = 1
"""Seconds, before the first round."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one server did at one query in one round."""

    outcome: Outcome
    server_cpu: float
    """Seconds that the server computed for each request."""
    database_cpu: float
    """Seconds that PostgreSQL computed for each request; not a number where it runs elsewhere."""


Turns = dict[tuple[str, str], list[Turn]]
"""By server and query, a turn for each round."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What is measured on: one database with its servers."""

    connection: psycopg.Connection
    generator: Generator
    queries: Sequence[Query]
    subjects: dict[str, list[str | None]]
    turns: Turns = field(default_factory=lambda: defaultdict(list))

    def check(self, server: Server, query: Query) -> None:
        """Compare the server's answers with the reference; ends the program where they differ."""
        viewer = None if server.kind.words is Words.POSTGRAPHILE_OPEN else ORGANIZATIONS[HOME]
        reference = Reference(self.connection, ORGANIZATIONS[HOME], viewer)
        for subject in self.subjects[query.name][:CHECKED]:
            status, told = server.answer(query.body(subject, server.kind.words))
            answer = orjson.loads(told)
            if "errors" in answer or "data" not in answer:
                raise SystemExit(f"{server.kind.name} answers {query.name} with {status}: {told[:600].decode()}")
            right = canonical(reference.answer(query, subject))
            difference = first_difference(right, canonical(answer["data"]))
            if difference:
                raise SystemExit(f"{server.kind.name} answers {query.name} wrongly: {difference}")

    def warm(self, server: Server, query: Query) -> None:
        self.generator.outcome(self.target(server, query), WARM_UP)

    def measure(self, server: Server, query: Query, seconds: float) -> Turn:
        """A turn; ends the program where a request failed or was answered with less than it should be."""
        target = self.target(server, query)
        whole = min(len(server.answer(body)[1]) for body in target.bodies[:CHECKED])
        cpu, before = server.cpu(), self._backends()
        outcome = self.generator.outcome(target, seconds)
        database = [spent - before.get(pid, 0) for pid, spent in self._backends().items()]
        spent = server.cpu() - cpu, sum(database) if database else nan
        if not outcome.requests:
            raise SystemExit(f"{server.kind.name} answered nothing at {query.name} in {seconds} s: say more --seconds.")
        if outcome.failed or outcome.bytes < outcome.requests * whole * 0.9:
            raise SystemExit(f"{server.kind.name} failed at {query.name} under load: {outcome}")
        turn = Turn(outcome, *(seconds / outcome.requests for seconds in spent))
        self.turns[server.kind.name, query.name].append(turn)
        return turn

    def rounds(self, servers: Sequence[Server], count: int, seconds: float, told: Callable[[str], None]) -> None:
        """Each round, every server takes its turn at every query; who begins moves on from turn to turn."""
        for number in range(count):
            for position, query in enumerate(self.queries):
                shift = (number + position) % len(servers)
                for server in (*servers[shift:], *servers[:shift]):
                    if number == 0:
                        self.warm(server, query)
                    told(f"round {number + 1}: {query.name}, {server.kind.name}")
                    self.measure(server, query, seconds)

    def target(self, server: Server, query: Query) -> Target:
        subjects = self.subjects[query.name]
        bodies = [query.body(subject, server.kind.words) for subject in subjects]
        return Target(server.url, server.kind.headers, bodies)

    def _backends(self) -> dict[int, float]:
        """Seconds that each backend of the measured database has computed; empty where they run elsewhere."""
        if not self.connection.info.host.startswith("/"):
            return {}
        pids = self.connection.execute("select pid from pg_stat_activity where datname = %s", [NAME]).fetchall()
        return {pid: sum(psutil.Process(pid).cpu_times()[:2]) for (pid,) in pids if psutil.pid_exists(pid)}


def subjects(connection: psycopg.Connection) -> dict[str, list[str | None]]:
    """What each query asks for, in turn: visible account records from all over; the home organization's connections."""
    home = ORGANIZATIONS[HOME]
    records = connection.execute(
        "select id::text from account_record where removal is null and connection_id in "
        "(select id from connection where owner_id = %s) order by hashtext(id::text), id limit 500",
        [home],
    ).fetchall()
    connections = connection.execute("select id::text from connection where owner_id = %s order by name", [home])
    return {"Q1": [id_ for (id_,) in records], "Q2": [None], "Q3": [id_ for (id_,) in connections], "Q4": [None]}


def first_difference(right: object, told: object, where: str = "") -> str | None:
    """Where two answers differ first, or None."""
    match right, told:
        case dict(), dict() if right.keys() == told.keys():
            pairs = ((f"{where}.{key}", right[key], told[key]) for key in right)
        case list(), list() if len(right) == len(told):
            pairs = ((f"{where}[{place}]", *pair) for place, pair in enumerate(zip(right, told, strict=True)))
        case _:
            return None if right == told else f"at {where[1:]}: {str(right)[:200]!r} is right, not {str(told)[:200]!r}"
    return next(filter(None, (first_difference(left, other, place) for place, left, other in pairs)), None)
