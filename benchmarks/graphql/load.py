"""The load: sixteen clients that keep their connections open and ask again as soon as they are answered."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import orjson

CLIENTS = 16

TIMEOUT = "30s"
"""wrk's own, of two seconds, would count the slowest answers as failures."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to, and what."""

    url: str
    headers: Mapping[str, str]
    bodies: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; latencies in milliseconds."""

    requests: int
    seconds: float
    bytes: int
    failed: int
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class Generator:
    """wrk where it is installed, else autocannon from npm, which takes more of the machine itself."""

    wrk: str | None
    node: Path

    @property
    def name(self) -> str:
        return (
            f"wrk -t1 -c{CLIENTS}"
            if self.wrk
            else f"autocannon with {CLIENTS} connections (install wrk for less noise)"
        )

    def outcome(self, target: Target, seconds: float) -> Outcome:
        """What one target bears."""
        with NamedTemporaryFile("wb", suffix=".txt") as file:
            file.write("".join(f"{name}: {value}\n" for name, value in target.headers.items()).encode() + b"\n")
            file.writelines(body + b"\n" for body in target.bodies)
            file.flush()
            told = subprocess.run(  # noqa: S603 - the programs below
                self._command(target.url, seconds, file.name), capture_output=True, check=True
            ).stdout
        return Outcome(**orjson.loads(told.strip().splitlines()[-1]))

    def outcomes(self, targets: Sequence[Target], seconds: float) -> list[Outcome]:
        """What several targets bear at once, each from clients of its own."""
        with ThreadPoolExecutor(len(targets)) as pool:
            return list(pool.map(lambda target: self.outcome(target, seconds), targets))

    def _command(self, url: str, seconds: float, file: str) -> list[str]:
        folder = Path(__file__).parent
        if self.wrk:
            clients = ["-t1", f"-c{CLIENTS}", f"-d{max(1, round(seconds))}s"]
            return [
                self.wrk,
                *clients,
                "--latency",
                "--timeout",
                TIMEOUT,
                "-s",
                str(folder / "load.lua"),
                url,
                "--",
                file,
            ]
        script = str(folder / "postgraphile" / "load.mjs")
        return [str(self.node), script, url, str(CLIENTS), str(max(1, round(seconds))), file]


def generator(node: Path) -> Generator:
    """The one that this machine has."""
    return Generator(shutil.which("wrk"), node)
