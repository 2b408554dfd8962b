"""How well, and how fast, the hub finds out which account records are one company: `make bench-mapping`.

Every figure stands beside what it must reach and beside what simple rules reach on the same data in the same run.
Each labeled set is halved by a hash of its truth: one half was there to tune on, the other was held back.
Exits with 1 where a figure falls short.
"""

import argparse
import sys
import time
from collections.abc import Iterator

from rich.console import Console

from benchmarks.mapping.report import Target, targets_table, tell
from benchmarks.mapping.sets import foundations, made_up, name_pairs, patents, research, schools, third_party
from benchmarks.mapping.speed.report import measured
from benchmarks.mapping.speed.world import LEAST, WHOLE

SETS = {
    "foundations": foundations.report,
    "patents": patents.report,
    "pairs": name_pairs.report,
    "parents": research.hierarchy,
    "three-ways": research.three_ways,
    "strings": research.strings,
    "sandbox": made_up.report,
    "third-party": third_party.report,
    "schools": schools.report,
}

console = Console()


def main() -> int:
    """Measure, tell, and say whether all is as claimed."""
    given = _given()
    targets: list[Target] = []
    if given.only != "speed":
        targets += _quality(given.set or list(SETS), with_misses=given.misses)
    if given.only != "quality" and not given.set:
        targets += measured(console, given.records, with_peers=not given.alone)
    console.print(targets_table(targets))
    short = [target.what for target in targets if target.is_short]
    if short:
        console.print(f"[red]Short:[/red] {'; '.join(short)}", highlight=False)
    return 1 if short else 0


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.mapping", description=__doc__)
    parser.add_argument("--only", choices=("quality", "speed"), help="one of the two parts")
    parser.add_argument("--set", action="append", choices=SETS, help="one labeled set; may be repeated")
    parser.add_argument("--misses", action="store_true", help="list what was got wrong, by kind")
    parser.add_argument("--records", type=int, default=WHOLE, help="for speed (default: %(default)s)")
    parser.add_argument("--alone", action="store_true", help="for speed: without Splink and dedupe")
    given = parser.parse_args()
    if not 10 * LEAST <= given.records <= WHOLE:
        parser.error(f"--records is from {10 * LEAST:,} to {WHOLE:,}")
    return given


def _quality(names: list[str], *, with_misses: bool) -> Iterator[Target]:
    for name in names:
        started = time.perf_counter()
        report = SETS[name]()
        tell(console, report, with_misses=with_misses)
        console.print(f"{time.perf_counter() - started:.1f} s\n")
        yield from report.targets


if __name__ == "__main__":
    sys.exit(main())
