"""Others' software on the same records: each in a process of its own, from a file to clusters in memory."""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.mapping.speed.memory import watched
from benchmarks.mapping.speed.world import Typed

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
DEDUPE = ROOT / ".venv-bench-dedupe"
PACKAGES = ("dedupe==3.0.3", "zope.index==6.1", "BTrees==6.1")
"""dedupe's last release, and the last of what it builds on that it runs with."""
COLUMNS = ("id", "name", "website", "country")


@dataclass(frozen=True, slots=True)
class Rival:
    """What another needed, training included."""

    seconds: float
    training: float
    memory: int
    labels: Mapping[str, Sequence[Hashable]]
    """The cluster of each record, by the threshold of a match."""


def splink(records: Sequence[Typed]) -> Rival:
    """Plain Splink, of the version that the hub has."""
    rows = [(place, each.name, each.website, each.country) for place, each in enumerate(records)]
    return _ran(Path(sys.executable), "splink_side.py", COLUMNS, rows)


def dedupe(records: Sequence[Typed]) -> Rival:
    """dedupe, whose teacher needs the truth."""
    _set_up()
    rows = [(place, each.name, each.website, each.country, each.truth) for place, each in enumerate(records)]
    return _ran(DEDUPE / "bin" / "python", "dedupe_side.py", (*COLUMNS, "truth"), rows)


def _ran(python: Path, script: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Rival:
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
        file.flush()
        command = [str(python), str(HERE / script), file.name]
        with (
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process,  # noqa: S603 - our own
            watched(psutil.Process(process.pid), shares=True) as peak,
        ):
            said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{script} ended with {process.returncode}; `{' '.join(command)}` says why.")
    told = json.loads(said.splitlines()[-1])
    return Rival(told["seconds"], told["training"], peak.bytes, told["labels"])


def _set_up() -> None:
    """An environment of its own: the project does not depend on it."""
    if (DEDUPE / "ready").exists():
        return
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--allow-existing", str(DEDUPE)], check=True)  # noqa: S603 - our own
    subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(DEDUPE), *PACKAGES], check=True)  # noqa: S603 - our own
    (DEDUPE / "ready").touch()
