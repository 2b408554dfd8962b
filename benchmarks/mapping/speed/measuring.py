"""The hub's mapping measured: PostgreSQL in, PostgreSQL out."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from uuid import UUID

import psutil

from benchmarks.mapping.speed import filling
from benchmarks.mapping.speed.memory import watched
from benchmarks.mapping.speed.world import Typed
from hub.store import embedded

CHANGED = 1_000
"""Records changed at once."""
SINGLES = 5
"""How often one record is changed."""
ROOT = Path(__file__).parents[3]


@dataclass(slots=True)
class Run:
    """Seconds and bytes."""

    seconds: float = 0.0
    memory: int = 0
    """Of the process and all that it started, at most; without PostgreSQL."""
    database_memory: int = 0
    many: float = 0.0
    """Seconds, after so many records as CHANGED changed."""
    one: float = 0.0
    """Seconds, after one record changed: the median."""
    labels: list[UUID] = field(default_factory=list)
    """The account of each record, by its place, before any changed."""


def run(records: Sequence[Typed], *, changes: bool) -> Run:
    """Everything mapped once, and where asked, what changed."""
    with _server() as (url, postmaster):
        filling.migrate(url)
        filling.fill(url, records)
        with _mapper(url) as mapper:
            found = Run()
            with watched(psutil.Process(mapper.pid)) as own, watched(postmaster, shares=True) as database:
                found.seconds = _step(mapper, "all")
            found.memory, found.database_memory = own.bytes, database.bytes
            found.labels = filling.accounts(url)
            if changes:
                found.many = _changed(mapper, url, records, CHANGED)
                found.one = median(_changed(mapper, url, records, 1, seed) for seed in range(SINGLES))
            return found


def _changed(mapper: subprocess.Popen[str], url: str, records: Sequence[Typed], count: int, seed: int = 0) -> float:
    filling.change(url, records, count, f"{count}:{seed}")
    return _step(mapper, "changed")


def _step(mapper: subprocess.Popen[str], step: str) -> float:
    assert mapper.stdin is not None and mapper.stdout is not None  # noqa: S101, PT018 - both are pipes
    mapper.stdin.write(f"{step}\n")
    mapper.stdin.flush()
    if line := mapper.stdout.readline():
        return float(line)
    raise SystemExit(f"Mapping ended with {mapper.wait()}.")


@contextmanager
def _mapper(url: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "benchmarks.mapping.speed.timed", url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            process.stdout.readline()
            yield process
        finally:
            process.terminate()


@contextmanager
def _server() -> Iterator[tuple[str, psutil.Process]]:
    """A PostgreSQL of our own, and its first process."""
    with (
        tempfile.TemporaryDirectory(prefix="hub-mapping-", ignore_cleanup_errors=True) as folder,
        embedded.running(Path(folder)) as url,
    ):
        pid = (Path(folder) / "postgres" / "postmaster.pid").read_text().splitlines()[0]
        yield url, psutil.Process(int(pid))
