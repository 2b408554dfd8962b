"""What compared records are to each other, in bits: a Splink model whose weights are data.

The sum is a Fellegi-Sunter score (https://moj-analytical-services.github.io/splink/topic_guides/theory/fellegi_sunter.html)
without the prior, which the thresholds stand for.
"""

import logging
import tomllib
from collections.abc import Mapping, Sequence, Sized
from functools import cache
from importlib import resources
from typing import Any

import duckdb
import pyarrow as pa


from hub.graph.company import Traits
from hub.graph.domains import label
from hub.graph.knowledge import Knowledge, fits
from hub.graph.likeness import LEAST, MOST, weighed
from hub.graph.names import DISTINCTIVE, NUMBER, PLACE, institution
from hub.graph.rarity import rarity

logging.getLogger("splink").setLevel(logging.ERROR)

WEIGHTS: Mapping[str, Any] = tomllib.loads(resources.files(__package__).joinpath("weights.toml").read_text("utf-8"))
VERSION: str = WEIGHTS["version"]
SAME: float = WEIGHTS["same"]
UNSURE: float = WEIGHTS["unsure"]
VETO: float = WEIGHTS["duns"]["other"]
COMPARISONS = ("duns", "domain", "email_domain", "name", "institution", "form", "branch", "country")

TRAITS = pa.schema(
    [
        ("id", pa.int64()),
        ("duns", pa.string()),
        ("domains", pa.list_(pa.string())),
        ("own_domains", pa.list_(pa.string())),
        ("labels", pa.list_(pa.string())),
        ("label", pa.string()),
        ("email_domains", pa.list_(pa.string())),
        ("letters", pa.string()),
        ("words", pa.list_(pa.string())),
        ("weight", pa.int32()),
        ("numbers", pa.string()),
        ("institution", pa.string()),
        ("heads", pa.list_(pa.string())),
        ("form", pa.string()),
        ("places", pa.list_(pa.string())),
        ("country", pa.string()),
        ("is_at_home", pa.bool_()),
        ("is_common", pa.bool_()),
        ("records", pa.int64()),
        # Splink asks the records for each column that a comparison names. This one is the pair's: see _name_levels.
        ("match_key", pa.string()),
    ]
)
"""What is compared of each distinct record."""

_MACROS = """
create or replace macro has_like_label(one, other) as
    least(length(one), length(other)) >= 5 and (contains(one, other) or contains(other, one));
create or replace macro is_abroad(places, others, country) as
    country <> '' and len(places) > 0 and not list_contains(places, country) and not list_has_any(places, others)
"""


def scored(connection: duckdb.DuckDBPyConnection, traits: str, pairs: str) -> pa.Table:
    """The score of each pair, and of each comparison what it adds: left, right, bits, and one column per comparison.

    `traits` is the name of a table like TRAITS; `pairs` that of one with the columns join_key_l, join_key_r.
    """
    from splink import DuckDBAPI, Linker  # noqa: PLC0415 - half a second that only mapping should pay

    connection.execute(_MACROS)
    api = DuckDBAPI(connection)
    linker = Linker(api.register(traits), _settings(), validate_settings=False)
    linker.table_management.register_blocked_pairs_for_predict(api.register(pairs))
    found = linker.inference.predict(warning_mode="never").as_duckdbpyrelation()
    added = ", ".join(f"mw_{each} as {each}" for each in COMPARISONS)
    return found.project(f"id_l as left, id_r as right, match_weight as bits, {added}").to_arrow_table()


@cache
def _settings() -> Any:
    from splink import SettingsCreator, block_on  # noqa: PLC0415 - as above

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        probability_two_random_records_match=0.5,
        comparisons=[_comparison(name, levels) for name, levels in _levels().items()],
        blocking_rules_to_generate_predictions=[block_on("letters")],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )


def _comparison(name: str, levels: list[tuple[str, float | None]]) -> dict[str, Any]:
    return {
        "output_column_name": name,
        "comparison_levels": [_level(condition, bits) for condition, bits in levels],
    }


def _level(condition: str, bits: float | None) -> dict[str, Any]:
    level: dict[str, Any] = {"sql_condition": condition, "label_for_charts": condition}
    if bits is None:
        return level | {"is_null_level": True}
    # Only their ratio counts.
    likely, unlikely = (0.9, 0.9 / 2**bits) if bits > 0 else (0.9 * 2**bits, 0.9)
    return level | {"m_probability": likely, "u_probability": unlikely, "fix_m_probability": True, "fix_u_probability": True}


def _levels() -> dict[str, list[tuple[str, float | None]]]:
    """The levels of each comparison, with their bits; None where nothing can be said."""
    bits = WEIGHTS
    return {
        "duns": [
            ("duns_l = '' or duns_r = ''", None),
            ("duns_l = duns_r", bits["duns"]["same"]),
            ("ELSE", bits["duns"]["other"]),
        ],
        "domain": [
            ("len(domains_l) = 0 or len(domains_r) = 0", None),
            ("list_has_any(own_domains_l, own_domains_r)", bits["domain"]["same"]),
            ("list_has_any(domains_l, domains_r)", bits["domain"]["shared_by_families"]),
            ("list_has_any(labels_l, labels_r)", bits["domain"]["same_label"]),
            ("has_like_label(label_l, label_r)", bits["domain"]["like_label"]),
            ("ELSE", bits["domain"]["other"]),
        ],
        "email_domain": [
            ("len(email_domains_l) = 0 and len(email_domains_r) = 0", None),
            (
                "list_has_any(domains_l, email_domains_r) or list_has_any(email_domains_l, domains_r)",
                bits["email_domain"]["same"],
            ),
            ("ELSE", 0.0),
        ],
        "name": _name_levels(),
        "institution": [
            ("letters_l = '' or letters_r = ''", None),
            ("institution_l <> institution_r and list_has_any(heads_l, heads_r)", bits["institution"]["other"]),
            ("ELSE", 0.0),
        ],
        "form": [
            ("form_l = '' or form_r = ''", None),
            ("form_l <> form_r", bits["form"]["other"]),
            ("ELSE", 0.0),
        ],
        "branch": [
            ("len(places_l) = 0 and len(places_r) = 0", None),
            (
                "is_abroad(places_l, places_r, country_r) or is_abroad(places_r, places_l, country_l)",
                bits["branch"]["abroad"],
            ),
            ("places_l <> places_r and len(domains_l) > 0 and len(domains_r) > 0 and not list_has_any(domains_l, domains_r)", bits["branch"]["elsewhere"]),
            ("ELSE", 0.0),
        ],
        "country": [
            ("country_l = '' or country_r = ''", None),
            ("country_l = country_r", bits["country"]["same"]),
            ("ELSE", bits["country"]["other"]),
        ],
    }


def _name_levels() -> list[tuple[str, float | None]]:
    # Splink carries one column of a pair along, the key it was found by: here, how alike the names are.
    steps = [(f"match_key = '{bits}'", float(bits)) for bits in range(MOST, LEAST, -1)]
    return [("letters_l = '' or letters_r = ''", None), *steps, ("ELSE", float(LEAST))]


def compared(distinct: Sequence[Traits], records: Sequence[Sized], known: Knowledge) -> pa.Table:
    """A table like TRAITS: `distinct` in the light of what is known of all, each with the number of its records."""
    rows = [
        _row(position, each, len(alike), known)
        for position, (each, alike) in enumerate(zip(distinct, records, strict=True))
    ]
    return pa.Table.from_pylist(rows, TRAITS)


def _row(position: int, traits: Traits, records: int, known: Knowledge) -> dict[str, Any]:
    domains = sorted(known.domains(traits))
    return {
        "id": position,
        "duns": traits.duns,
        "domains": domains,
        "own_domains": [domain for domain in domains if domain not in known.busy],
        "labels": [label(domain) for domain in domains],
        "label": next((label(domain) for domain in domains), ""),
        "email_domains": traits.email_domains,
        "letters": traits.letters,
        "words": [weighed(word) for word in traits.words],
        "weight": sum(map(rarity, traits.words)),
        "numbers": " ".join(sorted(word for word in traits.words if word[0] == NUMBER)),
        "institution": institution(traits.words),
        "heads": [word for word in traits.words if word[0] == DISTINCTIVE],
        "form": traits.form,
        "places": [word[1:] for word in traits.words if word[0] == PLACE],
        "country": traits.country,
        "is_at_home": any(fits(traits.letters, domain) for domain in known.homes.get(traits.letters, ())),
        "is_common": traits.letters in known.common,
        "records": records,
    }
