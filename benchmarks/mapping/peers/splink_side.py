"""Plain Splink on DuckDB, set up as its documentation sets up a deduplication: prints what it took and found.

In a process of its own. Its time begins with the records in a file and ends with clusters in memory: no database is
read or written, and ids do not have to stay what they were.
"""

import json
import sys
import time
from typing import Any

import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

PROBABILITIES = (0.95, 0.5)
"""Of a match, for clusters: the documentation's, and a laxer one."""

# A website as a domain and a country as it is: what an analyst does in one line.
CLEANED = r"""
create table records as
select id, nullif(lower(trim(name)), '') as name, country,
       nullif(regexp_extract(lower(website), '(?:https?://)?(?:www\.)?([^/:?#]+)', 1), '') as domain
from read_csv(?, header = true, all_varchar = true)
"""


def linker(api: DuckDBAPI) -> Linker:
    """https://moj-analytical-services.github.io/splink/demos/examples/duckdb/deduplicate_50k_synthetic.html ."""
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("domain").configure(term_frequency_adjustments=True),
            cl.ExactMatch("country"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("name"),
            block_on("domain"),
            block_on("substr(name, 1, 8)", "country"),
        ],
    )
    return Linker(api.register("records"), settings, log_level=None)


def train(model: Linker) -> None:
    """As the documentation does: u by random pairs, m by expectation maximization, blocked one way and the other."""
    model.training.estimate_probability_two_random_records_match([block_on("name", "domain")], recall=0.6)
    model.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    model.training.estimate_parameters_using_expectation_maximisation(block_on("name"))
    model.training.estimate_parameters_using_expectation_maximisation(block_on("domain"))


def main() -> None:
    api, started = DuckDBAPI(), time.perf_counter()
    connection = api._con  # noqa: SLF001 - Splink names no other way to fill the database it is given
    connection.execute(CLEANED, [sys.argv[1]])
    model = linker(api)
    train(model)
    trained = time.perf_counter()
    found = model.inference.predict(threshold_match_probability=min(PROBABILITIES))
    told: dict[str, Any] = {"training": trained - started, "labels": {}}
    for probability in PROBABILITIES:
        clusters = model.clustering.cluster_pairwise_predictions_at_threshold(found, probability)
        told.setdefault("seconds", time.perf_counter() - started)
        rows = connection.execute(
            f"select cluster_id from {clusters.physical_name} order by id::bigint"  # noqa: S608 - a name of Splink's
        ).fetchall()
        told["labels"][f"at {probability}"] = [label for (label,) in rows]
    print(json.dumps(told))


if __name__ == "__main__":
    main()
