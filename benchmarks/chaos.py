"""Syncs vendors that misbehave while their rows change and the syncing is killed, and compares with the truth.

Each seed is one trial with each vendor. Exits with 1 where a hub held anything that is not so; `--seed N --seeds 1`
repeats a trial.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import structlog

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from hub.settings import Settings  # noqa: E402 - found by the line above
from hub.store import embedded  # noqa: E402
from hub.store.database import opened  # noqa: E402
from tests.chaos.subjects import SUBJECTS  # noqa: E402
from tests.chaos.trial import Trial  # noqa: E402
from tests.conftest import fresh_database  # noqa: E402

MEMORY = Path("/dev/shm")  # noqa: S108 - made by the system, and what is put there has names of our own


def main() -> int:
    """Try all seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the first")
    parser.add_argument("--vendor", choices=SUBJECTS, help="one only")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL + 1)  # says which connections were cut off
    vendors = [given.vendor] if given.vendor else list(SUBJECTS)
    with _server() as server, fresh_database(server) as template:
        asyncio.run(_migrated(template))
        name = template.rpartition("/")[2].partition("?")[0]
        return _tried(server, name, range(given.seed, given.seed + given.seeds), vendors)


@contextmanager
def _server() -> Iterator[str]:
    place = str(MEMORY) if MEMORY.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="hub-chaos-", dir=place, ignore_cleanup_errors=True) as folder,
        embedded.running(Path(folder)) as url,
    ):
        yield url


async def _migrated(url: str) -> None:
    async with opened(Settings.from_env({"HUB_DATABASE_URL": url})):
        pass


def _tried(server: str, template: str, seeds: range, vendors: Sequence[str]) -> int:
    counts: Counter[str] = Counter()
    failed: list[str] = []
    began = time.monotonic()
    for number, (seed, vendor) in enumerate([(seed, vendor) for seed in seeds for vendor in vendors], start=1):
        with fresh_database(server, template) as url:
            wrong = asyncio.run(_wrong(url, vendor, seed, counts))
        if wrong:
            failed.append(f"--vendor {vendor} --seed {seed} --seeds 1")
            print("\n".join((f"\n{vendor}, seed {seed}:", *(f"  {each}" for each in wrong))), flush=True)
        pace = (time.monotonic() - began) / number
        print(
            f"\r{number}/{len(seeds) * len(vendors)} trials, {len(failed)} wrong, {pace:.1f} s each", end="", flush=True
        )
    told = ", ".join(f"{count:,} {what}" for what, count in counts.items())
    print(f"\n{told}.", *failed, sep="\n")
    return 1 if failed else 0


async def _wrong(url: str, vendor: str, seed: int, counts: Counter[str]) -> list[str]:
    async with opened(Settings.from_env({"HUB_DATABASE_URL": url})) as database:
        trial = Trial(seed=seed, subject=SUBJECTS[vendor](seed), database=database)
        try:
            wrong = await trial.wrong()
        except AssertionError as error:
            wrong = [str(error)]
    faults = sum(trial.chaos.met.values())
    changes = trial.subject.life.count
    counts.update(requests=trial.requests, faults=faults, changes=changes, syncs=trial.syncs, kills=trial.kills)
    counts.update(reconnections=trial.reconnections, heard=trial.heard)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
