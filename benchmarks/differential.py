"""Asks generated documents both ways, compiled and by graphql-core, and says how many were compiled.

Exits with 1 and the seed at the first answer that differs: `--seed N --documents 1` asks that document again.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

import structlog

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from hub.settings import Settings  # noqa: E402 - found by the line above
from hub.store import embedded  # noqa: E402
from hub.store.database import opened  # noqa: E402
from tests.schema.agreement import Outcome, Questioner, questioning  # noqa: E402
from tests.schema.documents import document  # noqa: E402
from tests.schema.world import World, made  # noqa: E402

ROUNDS = 3


def main() -> int:
    """Ask them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=20_000, help="how many to make (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the first document")
    given = parser.parse_args()
    # Some answers have errors on purpose, which the hub would log one by one.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with (
        tempfile.TemporaryDirectory(prefix="hub-differential-", ignore_cleanup_errors=True) as folder,
        embedded.running(Path(folder)) as url,
        asyncio.Runner() as runner,
    ):
        runner.run(_migrated(url))
        world = made(url)
        with questioning(url, runner) as questioner:
            return _asked(world, questioner, range(given.seed, given.seed + given.documents))


async def _migrated(url: str) -> None:
    async with opened(Settings.from_env({"HUB_DATABASE_URL": url})):
        pass


def _asked(world: World, questioner: Questioner, seeds: range) -> int:
    seen: Counter[str] = Counter()
    began = time.monotonic()
    for seed in seeds:
        try:
            seen.update(_counted(world, questioner, seed))
        except AssertionError as difference:
            print(f"Seed {seed}: the answers differ{difference}")
            return 1
    seconds = time.monotonic() - began
    print(
        f"{len(seeds):,} documents, asked {seen['asked']:,} times both ways in {seconds:,.0f} s, answered alike. "
        f"{seen['clean']:,} answers without errors, {seen['compiled'] / max(1, seen['clean']):.1%} of them compiled; "
        f"{seen['invalid']:,} documents refused."
    )
    return 0


def _counted(world: World, questioner: Questioner, seed: int) -> Counter[str]:
    random = Random(seed)  # noqa: S311 - not a secret
    asked = document(random, world)
    viewer = random.choice(world.viewers)
    seen: Counter[str] = Counter()
    for _ in range(ROUNDS):
        outcome = questioner.ask(asked, viewer)
        seen.update(_kinds(outcome))
        if not outcome.clean or not asked.lists:
            break
        asked = asked.paged(outcome.data, random)
    return seen


def _kinds(outcome: Outcome) -> list[str]:
    compiled = ["compiled"] if outcome.clean and outcome.compiled else []
    clean = ["clean"] if outcome.clean else []
    return [*clean, *compiled, "invalid" if outcome.answer is None else "asked"]


if __name__ == "__main__":
    sys.exit(main())
