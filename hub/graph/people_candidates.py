"""Which pairs of contacts are worth a comparison: those that share a key, and of a large group only neighbors."""

from collections.abc import Iterator, Sequence

import duckdb
import pyarrow as pa

from hub.graph.people_knowledge import Traits
from hub.graph.people_names import plain

_SMALL_GROUP = 12
_WINDOW = 6
_MOST_COMPANIES = 8
_HEAD = 3
_SHORTEST_MAILBOX = 5

_CONTACTS = pa.schema(
    [
        ("id", pa.int32()),
        ("name", pa.string()),
        ("heads", pa.list_(pa.string())),
        ("companies", pa.list_(pa.string())),
        ("email", pa.string()),
        ("mailbox", pa.string()),
        ("phone", pa.string()),
    ]
)

# By the name, so that neighbors are alike; those who share one name and no more are compared with few of each other.
_PAIRS = f"""
with keys as (
    select id, name, hash('@', email) as key from contacts where email is not null
    union all select id, name, hash('~', mailbox) from contacts where mailbox is not null
    union all select id, name, hash('#', phone) from contacts where phone is not null
    union all select id, name, hash('=', company, head)
    from (select id, name, company, unnest(heads) as head from (
        select id, name, heads, unnest(companies) as company from contacts))
),
shared as (from keys where key in (select key from keys group by key having count(*) > 1)),
placed as (
    select key, id, row_number() over (partition by key order by name, id) as place,
           count(*) over (partition by key) as size
    from shared
)
select distinct least(one.id, other.id) as one, greatest(one.id, other.id) as other
from placed one join placed other
  on other.key = one.key and other.place > one.place
 and (one.size <= {_SMALL_GROUP} or other.place <= one.place + {_WINDOW})
where one.id <> other.id
order by 1, 2
"""


def candidates(contacts: Sequence[Traits]) -> Iterator[tuple[int, int]]:
    """Pairs of positions in `contacts`, smaller first.

    Every contact takes part in a bounded number of pairs, however many share its name, its number or its company.
    """
    with duckdb.connect() as connection:
        connection.register("contacts", _table(contacts))
        found = connection.sql(_PAIRS).to_arrow_table()
    yield from zip(found["one"].to_pylist(), found["other"].to_pylist(), strict=True)


def _table(contacts: Sequence[Traits]) -> pa.Table:
    columns = [
        range(len(contacts)),
        [each.name.key if each.name else "" for each in contacts],
        [_heads(each) for each in contacts],
        [each.companies[:_MOST_COMPANIES] for each in contacts],
        [each.address.key if each.address else None for each in contacts],
        [_mailbox(each) for each in contacts],
        [each.phone.number if each.phone else None for each in contacts],
    ]
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, _CONTACTS, strict=True)], _CONTACTS)


def _heads(traits: Traits) -> list[str]:
    """The beginning of each word that is no initial, so that one slip further on changes nothing."""
    words = traits.name.words if traits.name else ()
    return list(dict.fromkeys(plain(word)[:_HEAD] for word in words if len(word) > 1))


def _mailbox(traits: Traits) -> str | None:
    mailbox = traits.address.mailbox if traits.address else ""
    return mailbox if len(mailbox) >= _SHORTEST_MAILBOX and "." not in mailbox else None
