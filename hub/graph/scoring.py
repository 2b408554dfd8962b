"""What two records are to each other, in bits: a Splink model whose weights are data.

The sum is a Fellegi-Sunter score (https://moj-analytical-services.github.io/splink/topic_guides/theory/fellegi_sunter.html)
without the prior, which the thresholds stand for.
"""

import logging
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import duckdb

from hub.graph.likeness import LEAST, MOST

WEIGHTS: Mapping[str, Any] = tomllib.loads(resources.files(__package__).joinpath("weights.toml").read_text("utf-8"))
VERSION: str = WEIGHTS["version"]
SHARED: float = WEIGHTS["shared"]
SAME: float = WEIGHTS["same"]
UNSURE: float = WEIGHTS["unsure"]
VETO: float = WEIGHTS["veto"]
FAMILY: float = WEIGHTS["family"]
_NAME = "name"
COMPARISONS = ("duns", "domain", "email_domain", _NAME, "institution", "form", "branch", "country")


def score(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the table `scored` (one, other, bits, and what each comparison adds) from `compared`."""
    from splink import DuckDBAPI  # noqa: PLC0415 - half a second that only mapping should pay
    from splink.internals.realtime import compare_records  # noqa: PLC0415 - as above

    logging.getLogger("splink").setLevel(logging.ERROR)
    levels = connection.table("compared")
    # Each pair is both sides of a comparison, for what it compares was worked out before: Splink repeats a condition
    # in the SQL wherever its level is named, hundreds of times.
    found = compare_records(
        levels, levels, _settings(), DuckDBAPI(connection), sql_cache_key=VERSION, join_condition="l.pair = r.pair"
    )
    added = ", ".join(f"mw_{each} as {each}" for each in COMPARISONS)
    told = f"select one_l as one, other_l as other, match_weight as bits, {added} from {found.physical_name}"  # noqa: S608
    connection.execute(f"create table if not exists scored as {told} limit 0")
    connection.execute(f"insert into scored {told}")
    connection.execute(f"drop table {found.physical_name}")


@cache
def _settings() -> Any:
    from splink import SettingsCreator, block_on  # noqa: PLC0415 - as above

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="pair",
        probability_two_random_records_match=0.5,
        comparisons=[_comparison(name) for name in COMPARISONS],
        blocking_rules_to_generate_predictions=[block_on("pair")],
        additional_columns_to_retain=["one", "other"],
    )


def _comparison(name: str) -> dict[str, Any]:
    levels = {str(bits): float(bits) for bits in range(LEAST, MOST + 1)} if name == _NAME else WEIGHTS[name]
    return {
        "output_column_name": name,
        "comparison_levels": [
            {"sql_condition": f"{name}_l is null", "label_for_charts": "nothing said", "is_null_level": True},
            *(_level(f"{name}_l = '{level}'", bits) for level, bits in levels.items()),
            _level("ELSE", 0.0),
        ],
    }


def _level(condition: str, bits: float) -> dict[str, Any]:
    # Only their ratio counts.
    likely, unlikely = (0.9, 0.9 / 2**bits) if bits > 0 else (0.9 * 2**bits, 0.9)
    return {
        "sql_condition": condition,
        "label_for_charts": condition,
        "m_probability": likely,
        "u_probability": unlikely,
        "fix_m_probability": True,
        "fix_u_probability": True,
    }
