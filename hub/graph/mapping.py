"""Which records are the same company: the one function that the mapping job calls, and what it answers."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, groupby, product
from operator import itemgetter
from uuid import UUID

import duckdb
import numpy as np
import orjson
import pyarrow as pa
from pyarrow import compute as pc

from hub.graph.candidates import block
from hub.graph.clusters import Piece, Scored, clusters_of
from hub.graph.company import Company
from hub.graph.decisions import Decision, awake
from hub.graph.likeness import compare
from hub.graph.scoring import FAMILY, SAME, UNSURE, VERSION, VETO, score
from hub.graph.sql import opened, script
from hub.graph.standard import RECORDS, standardize
from hub.model import Evidence, Verdict

LARGEST_THIN = 60
"""Traits of a component in which all pairs are compared, where something led only through others."""
_MEMBERS = """
    select record.id, owner, identity, cluster from record join cluster using (record) order by record
"""
_WEIGHS = "x.bits <> 0"
"""Which evidence is told, in SQL."""
_LIMITS = {"same": SAME, "unsure": UNSURE, "veto": VETO, "family": FAMILY}


@dataclass(frozen=True, slots=True)
class Finding:
    """Two records compared. Left is the smaller id."""

    left: UUID
    right: UUID
    bits: float
    verdict: Verdict
    """The rules' own, whatever people decided; UNSURE also where other records speak against what the two say."""
    evidence: list[Evidence]
    """Each reason for or against; their bits sum up to `bits`."""


@dataclass(frozen=True)
class Mapping:
    """What mapping found. Neither part depends on the order of the records."""

    members: pa.Table
    """Of every record its id, its owner, its identity until now and the number of its cluster; ids ascending."""
    profiles: pa.Table
    """Of every cluster and every owner of records in it: what these say is its name and its domain."""
    told: pa.Table
    """The findings, as columns."""
    decided_by: str = VERSION

    @cached_property
    def numbers(self) -> list[int]:
        """Those of the clusters, ascending."""
        found: list[int] = pc.unique(self.members["cluster"]).to_pylist()  # the first record of each gives its number
        return found

    @cached_property
    def clusters(self) -> list[tuple[UUID, ...]]:
        """Every record in exactly one, ids ascending, clusters by their first id."""
        found: dict[int, list[UUID]] = {}
        for id_, cluster in zip(self.members["id"].to_pylist(), self.members["cluster"].to_pylist(), strict=True):
            found.setdefault(cluster, []).append(UUID(id_))
        return [tuple(ids) for ids in found.values()]

    @cached_property
    def findings(self) -> list[Finding]:
        """Pairs of one owner's records, by ids.

        Those that are the same company, may be, are of one family or are kept apart by a veto; and all that people
        decided about.
        """
        return _findings(self.told)


def _findings(told: pa.Table) -> list[Finding]:
    return [
        Finding(
            UUID(row["left"]), UUID(row["right"]), row["bits"], Verdict(row["verdict"]), orjson.loads(row["evidence"])
        )
        for row in told.to_pylist()
    ]


def mapping(companies: Iterable[Company], decisions: Collection[Decision] = ()) -> Mapping:
    """Decide which of `companies` are the same, each record given once; what people decided outranks every rule."""
    return mapped(_given(companies), decisions)


def _given(companies: Iterable[Company]) -> pa.Table:
    rows = [
        {
            "id": str(each.id),
            "owner_id": str(each.owner_id) if each.owner_id else None,
            "name": each.name,
            "website": each.website,
            "domain": each.domain,
            "country": each.country,
            "duns": each.duns,
            "email_domains": " ".join(each.email_domains),
        }
        for each in companies
    ]
    return pa.Table.from_pylist(rows, RECORDS)


def mapped(records: pa.Table, decisions: Collection[Decision] = ()) -> Mapping:
    """The same, of a table like RECORDS."""
    with opened() as connection:
        standardize(connection, records)
        decided = heard(connection, decisions)
        ask(connection, [(each.left, each.right) for each in decided])
        block(connection)
        _score(connection)
        _components(connection)
        _thicken(connection)
        _cluster(connection, decided)
        connection.execute(script("findings").format(**_LIMITS, told=_WEIGHS))
        connection.execute(script("profiles"))
        return Mapping(
            members=connection.sql(_MEMBERS).to_arrow_table(),
            profiles=connection.sql("from profiles order by cluster, owner").to_arrow_table(),
            told=connection.sql("from findings").to_arrow_table(),
        )


def judged(companies: Sequence[Company], pairs: Iterable[tuple[UUID, UUID]]) -> list[Finding]:
    """What the rules say of `pairs`, in the light of all `companies`; by ids.

    Whether anything leads from one to the other or not.
    """
    with opened() as connection:
        standardize(connection, _given(companies))
        ask(connection, list(pairs))
        connection.execute(script("asked"))
        _score(connection)
        return answered(connection)


def answered(connection: duckdb.DuckDBPyConnection, told: str = _WEIGHS) -> list[Finding]:
    """What `scored` says of the pairs that are `asked` about, by ids; evidence x is `told` where that SQL holds."""
    connection.execute("create table cluster as select record, record as cluster from member")
    connection.execute(script("findings").format(**_LIMITS, told=told))
    return _findings(connection.sql("from findings where is_asked").to_arrow_table())


def heard(connection: duckdb.DuckDBPyConnection, decisions: Collection[Decision]) -> list[Decision]:
    """The decisions about two of the records.

    And fill the table `decided` (id): the records that are not left to the rules, as they are where somebody is unsure.
    """
    connection.register("named", _ids({id_ for each in decisions for id_ in (each.left, each.right)}))
    live = connection.sql("select member.id::text from named join member on member.id = named.id::uuid").fetchall()
    found = awake(decisions, {UUID(id_) for (id_,) in live})
    bound = {id_ for each in found if each.verdict is not Verdict.UNSURE for id_ in (each.left, each.right)}
    connection.register("bound", _ids(bound))
    connection.execute("create table decided as select id::uuid as id from bound")
    return found


def ask(connection: duckdb.DuckDBPyConnection, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Fill the table `asked` (left_id, right_id): of these it is told whatever comes of them."""
    columns = {name: [str(pair[side]) for pair in pairs] for side, name in enumerate(("left_id", "right_id"))}
    connection.register("asked", pa.table(columns, pa.schema([(name, pa.string()) for name in columns])))


def _ids(ids: Iterable[UUID]) -> pa.Table:
    return pa.table({"id": pa.array(map(str, ids), pa.string())})


def _score(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the table `scored` from `pairs`, or add to it."""
    compare(connection)
    score(connection)


def _components(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the table `component` (id, label): the traits that accepted pairs tie together, through others or not."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - 100 ms that only mapping should pay
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - as above

    ((count,),) = connection.sql("select count(*) from traits").fetchall()
    edges = connection.sql(f"select one, other from scored where bits >= {SAME} and one <> other").fetchnumpy()  # noqa: S608
    ones = np.ones(len(edges["one"]), dtype=np.int8)
    _, labels = connected_components(
        coo_array((ones, (edges["one"], edges["other"])), shape=(count, count)), directed=False
    )
    connection.register("labeled", pa.table({"id": np.arange(count, dtype=np.int32), "label": labels}))
    connection.execute("create or replace table component as from labeled")
    connection.unregister("labeled")


def _thicken(connection: duckdb.DuckDBPyConnection) -> None:
    """Compare what is in one component only through others: a chain may lead from one company to another."""
    connection.execute(script("components").format(largest=LARGEST_THIN))
    if connection.sql("select count(*) from pairs").fetchall() != [(0,)]:
        _score(connection)


def _cluster(connection: duckdb.DuckDBPyConnection, decisions: Sequence[Decision]) -> None:
    """Fill the table `cluster` (record, cluster)."""
    connection.execute(script("suspects").format(same=SAME, unsure=UNSURE, apart=-10))
    pieces = _pieces(connection)
    scored = _between(pieces, connection.sql("from inner_pairs order by all").fetchall())
    parts = clusters_of([piece for several in pieces.values() for piece in several], scored, decisions)
    ids = [str(id_) for part in parts for id_ in part]
    numbers = [number for number, part in enumerate(parts) for _ in part]
    connection.register("parted", pa.table({"id": pa.array(ids, pa.string()), "part": pa.array(numbers, pa.int32())}))
    connection.execute(script("cluster"))


def _pieces(connection: duckdb.DuckDBPyConnection) -> dict[int, list[Piece]]:
    """The records of suspects in pieces, by their traits: each that people decided about alone, the others together."""
    rows = connection.sql("""
        select trait, duns, seat.id::text, is_decided from seat join traits on traits.id = trait
        where label in (from suspect) and (is_rich or is_first or is_decided) order by trait, record
    """).fetchall()
    found: dict[int, list[Piece]] = {}
    for trait, alike in groupby(rows, key=itemgetter(0)):
        group = [(duns, UUID(id_), is_decided) for _, duns, id_, is_decided in alike]
        others = tuple(id_ for _, id_, is_decided in group if not is_decided)
        alone = [(id_,) for _, id_, is_decided in group if is_decided]
        found[trait] = [Piece(ids, group[0][0]) for ids in ([others] if others else []) + alone]
    return found


def _between(pieces: dict[int, list[Piece]], pairs: Iterable[tuple[int, int, float]]) -> Iterator[Scored]:
    for one, other, bits in pairs:
        both = combinations(pieces[one], 2) if one == other else product(pieces[one], pieces[other])
        for left, right in both:
            yield Scored(left.records[0], right.records[0], bits)
