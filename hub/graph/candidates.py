"""Which pairs of traits are worth a comparison: those that share a key, and of a large group only neighbors."""

from collections.abc import Iterator

import duckdb

from hub.graph.company import Traits
from hub.graph.domains import label
from hub.graph.names import DISTINCTIVE
from hub.graph.rarity import rarity
from hub.graph.text import sounding

_SMALL_GROUP = 12
_WINDOW = 6
_ENDING = 5
_SHORTEST_WITH_ENDINGS = 7
_LONGEST_SOUND = 20
_RAREST = 2
_LEAST_RARE = 8
_SHORTEST_LABEL = 4
_INITIALS = range(3, 7)

# Sorted from the start, and for keys of endings from the end, so that neighbors are alike.
_PAIRS = f"""
create or replace table pairs as
with placed as (
    select keys.key, keys.id,
           row_number() over (partition by keys.key order by
               case when keys.key[1] = '$' then reverse(traits.letters) else traits.letters end, traits.country, keys.id
           ) as place,
           count(*) over (partition by keys.key) as size,
           first_value(keys.id) over (partition by keys.key order by traits.records desc, keys.id) as heaviest
    from keys join traits on traits.id = keys.id
)
select distinct least(one.id, other.id) as join_key_l, greatest(one.id, other.id) as join_key_r
from placed one join placed other
  on other.key = one.key and other.place > one.place
 and (one.size <= {_SMALL_GROUP} or other.place - one.place <= {_WINDOW})
union
select least(id, heaviest), greatest(id, heaviest) from placed where size > {_SMALL_GROUP} and id <> heaviest
"""


def candidates(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the table `pairs` (join_key_l, join_key_r) from the tables `keys` (id, key) and `traits`.

    Every record takes part in a bounded number of pairs, however large its groups are.
    """
    connection.execute(_PAIRS)


def keys(traits: Traits, domains: frozenset[str]) -> Iterator[str]:
    """What a record is looked up by. `domains` are those of its domains that can be believed."""
    mail = domains.union(traits.email_domains)
    yield from (f"@{domain}" for domain in mail)
    yield from (f"%{label(domain)}" for domain in mail if len(label(domain)) >= _SHORTEST_LABEL)
    if traits.duns:
        yield f"#{traits.duns}"
    if traits.letters:
        yield f"={traits.letters}"
        yield f"%{traits.letters}"
    if len(traits.letters) >= _SHORTEST_WITH_ENDINGS:
        yield f"^{traits.letters[:_ENDING]}"
        yield f"${traits.letters[-_ENDING:]}"
        if traits.letters.isascii():
            yield f"~{sounding(traits.letters[:_LONGEST_SOUND])}"
    yield from _of_words(traits)


def _of_words(traits: Traits) -> Iterator[str]:
    rare = sorted(traits.words, key=lambda word: (-rarity(word), word))
    yield from (f"&{word}" for word in rare[:_RAREST] if rarity(word) >= _LEAST_RARE)
    initials = "".join(word[0] for word in traits.name.split())
    if len(initials) in _INITIALS:
        yield f"*{initials}"
    if len(traits.words) == 1 and traits.words[0][0] == DISTINCTIVE and len(traits.letters) in _INITIALS:
        yield f"*{traits.letters}"
