"""What several processes count, in one directory: a file for each place among them.

Whoever is asked writes its own file first and then reads all of them, so no counter ever goes back: a process that
takes the place of one that died carries on with its numbers. A killed process loses at most what it counted since
it last wrote, which is every second.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import orjson

from hub.telemetry.exposition import Snapshot, summed


@dataclass(frozen=True, slots=True)
class Shared:
    """A place among processes that are seen from outside as one."""

    directory: Path
    place: int

    def own(self) -> Snapshot:
        """What was counted in this place before."""
        return _read(self._file) if self._file.exists() else Snapshot()

    def publish(self, snapshot: Snapshot) -> None:
        """Let the others see what this process counted."""
        unfinished = self._file.with_suffix(".new")
        unfinished.write_bytes(
            orjson.dumps([list(each.items()) for each in (snapshot.operations, snapshot.counts, snapshot.gauges)])
        )
        os.replace(unfinished, self._file)  # noqa: PTH105 - atomic, and this says so

    def together(self) -> Snapshot:
        """What all of them counted."""
        return summed(map(_read, self.directory.glob("*.json")))

    @property
    def _file(self) -> Path:
        return self.directory / f"{self.place}.json"


def _read(file: Path) -> Snapshot:
    operations, counts, gauges = (
        {tuple(key): value for key, value in part} for part in orjson.loads(file.read_bytes())
    )
    return Snapshot(operations, counts, gauges)
