"""How fast, and in how much memory, the hub copies CRMs, beside dlt's REST source.

The vendors run in a process of their own, without faults and limits, each with half of the records. The hub reads all
of them once, and its memory is watched. Then, in rounds, the hub and dlt read each vendor's accounts one after the
other, from nothing, into the same PostgreSQL. Exits with 1 where a figure falls short of its target.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from hub.settings import Settings  # noqa: E402 - found by the line above
from hub.store import embedded  # noqa: E402
from hub.store.database import opened  # noqa: E402
from tests.conftest import fresh_database  # noqa: E402

HERE = Path(__file__).parent
PEER = ROOT / ".venv-bench"
DLT = "1.31.0"
STREAMS = ("accounts", "contacts", "opportunities")
RATIO = 1.0
"""Our pace by dlt's, at least."""
GROWTH = 1.5
"""The peak of our memory by what it was when a tenth was read, at most."""

Task = Mapping[str, Any]


def main() -> int:
    """Measure, tell, and say whether all is as claimed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000, help="in all (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="beside dlt (default: %(default)s)")
    given = parser.parse_args()
    _set_up_peer()
    with _server() as server, _vendors(given.records) as vendors:
        flat = [_memory(server, vendor, vendors[vendor]) for vendor in vendors]
        fast = [_pace(server, vendor, vendors[vendor], given.rounds) for vendor in vendors]
    return 0 if all((*flat, *fast)) else 1


def _memory(server: str, vendor: str, access: Task) -> bool:
    with fresh_database(server) as url:
        asyncio.run(_migrated(url))
        found = _run(sys.executable, "hub_side.py", access | {"database_url": url, "streams": STREAMS})
    records = found["records"]
    tenths = [_highest(found["memory"], records * tenth / 10) for tenth in range(1, 11)]
    growth = tenths[-1] / tenths[0]
    series = " ".join(f"{each:.0f}" for each in tenths)
    print(f"{vendor}: {records:,} records in {found['seconds']:.0f} s, {records / found['seconds']:,.0f} a second")
    print(
        f"{vendor}: MB by tenths {series}: x {growth:.2f} (target <= {GROWTH}) {_verdict(growth <= GROWTH)}", flush=True
    )
    return growth <= GROWTH


def _highest(samples: list[tuple[int, float]], records: float) -> float:
    return max(megabytes for read, megabytes in samples if read <= records)


def _pace(server: str, vendor: str, access: Task, rounds: int) -> bool:
    paces: dict[str, list[float]] = {"hub": [], "dlt": []}
    for number in range(rounds):
        for side in sorted(paces, reverse=number % 2 == 0):
            paces[side].append(_read(server, side, access))
    ratio = median(ours / theirs for ours, theirs in zip(paces["hub"], paces["dlt"], strict=True))
    for side, found in paces.items():
        spread = f"{min(found):,.0f} to {max(found):,.0f}"
        print(f"{vendor} accounts, {side}: {median(found):,.0f} records a second ({spread})")
    print(f"{vendor}: x {ratio:.2f} (target >= {RATIO}) {_verdict(ratio >= RATIO)}", flush=True)
    return ratio >= RATIO


def _verdict(is_met: bool) -> str:  # noqa: FBT001 - the question it answers
    return "ok" if is_met else "FALLS SHORT"


def _read(server: str, side: str, access: Task) -> float:
    with fresh_database(server) as url:
        if side == "hub":
            asyncio.run(_migrated(url))
        python, script = (sys.executable, "hub_side.py") if side == "hub" else (str(PEER / "bin/python"), "dlt_side.py")
        found = _run(python, script, access | {"database_url": url, "streams": STREAMS[:1]})
    return float(found["records"] / found["seconds"])


def _run(python: str, script: str, task: Task) -> Any:
    command = [python, str(HERE / script), json.dumps(task)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own script
    return json.loads(done.stdout.splitlines()[-1])


async def _migrated(url: str) -> None:
    async with opened(Settings.from_env({"HUB_DATABASE_URL": url})):
        pass


@contextmanager
def _server() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="hub-connectors-", ignore_cleanup_errors=True) as folder,
        embedded.running(Path(folder)) as url,
    ):
        yield url


@contextmanager
def _vendors(records: int) -> Iterator[dict[str, Task]]:
    """What a client needs for each vendor."""
    started = time.perf_counter()
    command = [sys.executable, str(HERE / "serving.py"), str(records)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own script
        try:
            told = json.loads(process.stdout.readline() if process.stdout else "")
            print(f"a world of {records:,} records, made in {time.perf_counter() - started:.0f} s", flush=True)
            yield {name: _access(name, known) for name, known in told.items()}
        finally:
            process.terminate()


def _access(vendor: str, known: Mapping[str, str]) -> Task:
    if vendor == "hubspot":
        secrets = {"access_token": known["service_key"]}
        return {"vendor": vendor, "config": {"base_url": known["base_url"]}, "secrets": secrets}
    config = {"base_url": known["base_url"], "client_id": known["client_id"]}
    return {"vendor": vendor, "config": config, "secrets": {"client_secret": known["client_secret"]}}


def _set_up_peer() -> None:
    """dlt, in an environment of its own: the project does not depend on it."""
    if (PEER / "ready").exists():
        return
    print(f"Setting up {PEER.name} with dlt {DLT} …", flush=True)
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--allow-existing", str(PEER)], check=True)  # noqa: S603 - our own
    install = ["pip", "install", "--quiet", "--python", str(PEER), f"dlt[postgres]=={DLT}"]
    subprocess.run([*uv, *install], check=True)  # noqa: S603 - our own
    (PEER / "ready").touch()


if __name__ == "__main__":
    sys.exit(main())
