"""How well mapping does: `python benchmarks/mapping_quality.py --data DIRECTORY`, a directory of labeled lists.

The lists are not part of this repository: the Linux Foundation and CNCF landscapes (Apache-2.0, CC-BY-4.0), the
KU Leuven patent applicants (MIT), the OpenSanctions name pairs (MIT) and the Research Organization Registry (CC0).
"""

import argparse
import csv
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from hub.graph.company import Company
from hub.graph.mapping import mapping
from hub.graph.quality import b_cubed, pairwise
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.world import Fate

FILES = (
    "foundation_members.csv",
    "adjudicated_lf_cncf.csv",
    "patstat_reference.csv",
    "organization_name_pairs.csv",
    "ror_organizations.csv",
    "listed_companies.csv",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the directory that holds the lists")
    data = parser.parse_args().data
    missing = [name for name in FILES if not (data / name).is_file()]
    if missing:
        sys.exit(f"{data} lacks {', '.join(missing)}.")
    for measure in (foundations,patents,hierarchy):
        started = time.perf_counter()
        for line in measure(data):
            print(line)
        print(f"{'':48}{time.perf_counter() - started:6.1f} s")


def sandbox(_: Path) -> Iterator[str]:
    """The made-up ecosystem, which knows the truth."""
    world = made_up_ecosystem(20_000)
    lists = [world.salesforce.accounts, world.hubspot.accounts, *(partner.accounts for partner in world.partners)]
    entries = [entry for entries in lists for entry in entries if entry.fate is Fate.LIVE]
    companies = [
        Company(
            id=UUID(int=i),
            name=entry.name,
            website=entry.website,
            domain=entry.domain,
            country=entry.country,
            duns=entry.duns,
        )
        for i, entry in enumerate(entries)
    ]
    labels, truth = labeled(companies), [entry.truth for entry in entries]
    for name, score in (("pairs", pairwise(labels, truth)), ("B3", b_cubed(labels, truth))):
        yield table(f"made-up ecosystem, {len(entries)} records, {name}", score.precision, score.recall)


def foundations(data: Path) -> Iterator[str]:
    """Pairs across the two lists; the crunchbase slug is the truth, except where people judged otherwise."""
    members = [row for row in rows(data, "foundation_members.csv") if row["gold_crunchbase_slug"]]
    labels = labeled(
        [Company(id=UUID(int=i), name=row["name"], website=row["homepage_url"]) for i, row in enumerate(members)]
    )
    found, true = across(members, labels), across(members, [row["gold_crunchbase_slug"] for row in members])
    for row in rows(data, "adjudicated_lf_cncf.csv"):
        pair = row["lf_name"], row["cncf_name"]
        verdict = row["verdict"].split()[0]
        if verdict == "same":
            true.add(pair)
        else:
            true.discard(pair)
        if verdict == "unsure":
            found.discard(pair)
    yield table("LF x CNCF, adjudicated", len(found & true) / len(found), len(found & true) / len(true))
    for pair in sorted(found - true):
        yield f"    wrong   {pair[0]} = {pair[1]}"
    for pair in sorted(true - found):
        yield f"    missed  {pair[0]} = {pair[1]}"


def across(members: list[dict[str, str]], labels: list[object]) -> set[tuple[str, str]]:
    sides: dict[object, tuple[set[str], set[str]]] = {}
    for row, label in zip(members, labels, strict=True):
        if label != "":
            sides.setdefault(label, (set(), set()))[row["list"] == "cncf_members"].add(row["name"])
    return {(left, right) for lefts, rights in sides.values() for left in lefts for right in rights}


def patents(data: Path) -> Iterator[str]:
    applicants = list(rows(data, "patstat_reference.csv"))
    labels = labeled([Company(id=UUID(int=i), name=row["person_name"]) for i, row in enumerate(applicants)])
    truth = [row["leuven_id"] for row in applicants]
    for name, score in (("pairs", pairwise(labels, truth)), ("B3", b_cubed(labels, truth))):
        yield table(f"patent applicants, {name}", score.precision, score.recall)


def name_pairs(data: Path) -> Iterator[str]:
    counts = {(truth, found): 0 for truth in (True, False) for found in (True, False)}
    for row in rows(data, "organization_name_pairs.csv"):
        pair = [Company(id=UUID(int=i), name=row[f"name{i}"]) for i in (1, 2)]
        counts[row["is_match"] == "true", len(mapping(pair).clusters) == 1] += 1
    right, wrong = counts[True, True], counts[False, True]
    yield table("name pairs", right / max(1, right + wrong), right / (right + counts[True, False]))
    yield f"    specificity {counts[False, False] / (wrong + counts[False, False]):.3f}"


def hierarchy(data: Path) -> Iterator[str]:
    """Parents and children are related, never the same."""
    organizations = list(rows(data, "ror_organizations.csv"))
    label = dict(zip((row["ror_id"] for row in organizations), labeled(ror_companies(organizations)), strict=True))
    pairs = [(row["ror_id"], child) for row in organizations for child in row["children"].split("|") if child in label]
    kept = sum(label[parent] != label[child] for parent, child in pairs)
    yield f"{'ROR parent and child kept apart':48}{kept} of {len(pairs)} ({kept / len(pairs):.3f})"
    yield f"    {len(label)} organizations in {len(set(label.values()))} accounts"


def ror_companies(organizations: list[dict[str, str]]) -> list[Company]:
    return [
        Company(id=UUID(int=i), name=row["display_name"], website=row["website"], country=row["country"])
        for i, row in enumerate(organizations)
    ]


def speed(data: Path) -> Iterator[str]:
    """100,000 records: the listed companies and what several systems might make of them."""
    listed = [row for row in rows(data, "listed_companies.csv") if row["name"]]
    companies = [
        Company(
            id=UUID(int=i),
            name=listed[i % len(listed)]["name"] + (" Inc", "", " GmbH")[i // len(listed)],
            website=listed[i % len(listed)]["website"] if i % 7 else None,
            country=listed[i % len(listed)]["country"] if i % 5 else None,
        )
        for i in range(100_000)
    ]
    started = time.perf_counter()
    found = mapping(companies)
    seconds, peak = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    yield f"{len(companies)} records → {len(found.clusters)} accounts, {len(found.findings)} findings"
    yield f"    {seconds:.1f} s, {len(companies) / seconds:.0f} records/s, {peak} MB at most"


def rows(data: Path, name: str) -> Iterator[dict[str, str]]:
    with (data / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def labeled(companies: list[Company]) -> list[object]:
    """The account number of each company; their ids are their positions."""
    clusters = mapping(companies).clusters
    labels = {record: number for number, cluster in enumerate(clusters) for record in cluster}
    return [labels[company.id] for company in companies]


def table(name: str, precision: float, recall: float) -> str:
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"{name:48}P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}"


if __name__ == "__main__":
    main()
