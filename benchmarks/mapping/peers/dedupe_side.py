"""dedupe, taught by an oracle who knows the truth, as its documentation has a person teach it: prints what it took.

In a process and an environment of its own, with nothing of ours. Its time is that of training and of clustering; the
oracle's answers cost none.
"""

import csv
import json
import re
import sys
import time
from typing import Any

import dedupe
from dedupe import variables

QUESTIONS = 40
"""Pairs that the oracle is asked about."""
THRESHOLD = 0.5
"""The documentation's."""

_HOST = re.compile(r"(?:https?://)?(?:www\.)?([^/:?#]+)")
Record = dict[str, Any]


def records(path: str) -> dict[int, Record]:
    with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123 - of a few lines
        return {int(row["id"]): _record(row) for row in csv.DictReader(file)}


def _record(row: dict[str, str]) -> Record:
    host = _HOST.match(row["website"].lower())
    return {
        "name": row["name"].strip().lower() or None,
        "domain": host[1] if host else None,
        "country": row["country"] or None,
        "truth": row["truth"],
    }


def teach(model: dedupe.Dedupe) -> None:
    for _ in range(QUESTIONS):
        ((left, right),) = model.uncertain_pairs()
        kind = "match" if left["truth"] == right["truth"] else "distinct"
        model.mark_pairs({"match": [], "distinct": []} | {kind: [(left, right)]})


def main() -> None:
    data = records(sys.argv[1])
    fields = [
        variables.String("name", has_missing=True),
        variables.String("domain", has_missing=True),
        variables.Exact("country", has_missing=True),
    ]
    model = dedupe.Dedupe(fields, num_cores=2)
    started = time.perf_counter()
    model.prepare_training(data)
    teach(model)
    model.train()
    trained = time.perf_counter()
    labels: dict[int, int] = {}
    for number, (places, _) in enumerate(model.partition(data, THRESHOLD)):
        labels |= dict.fromkeys(places, number)
    told = {"seconds": time.perf_counter() - started, "training": trained - started}
    print(json.dumps(told | {"labels": {f"at {THRESHOLD}": [labels[place] for place in sorted(data)]}}))


if __name__ == "__main__":
    main()
