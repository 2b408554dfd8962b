"""Which account id each cluster has, and what is to be stored of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import pyarrow as pa

from hub.graph.identity import kept_ids
from hub.graph.mapping import Mapping
from hub.graph.sql import opened, script


@dataclass(frozen=True, slots=True)
class Placement:
    """Clusters with their ids, as tables of texts."""

    profiles: pa.Table
    """Columns: owner_id, id, name, domain."""
    moves: pa.Table
    """Of records that come to another account than before: record_id, owner_id, was, identity."""


def kept(found: Mapping) -> dict[int, str]:
    """The id that clusters keep, by their numbers; the others need a new one."""
    with opened() as connection:
        connection.register("members", found.members)
        rows = connection.sql("select cluster, identity, count(*) from members where identity is not null group by all")
        return kept_ids({(cluster, identity): count for cluster, identity, count in rows.fetchall()})


def placed(found: Mapping, kept: dict[int, str], minted: Sequence[UUID]) -> Placement:
    """Everything with its id; `minted` are those of the clusters that are not among the `kept`, in their order."""
    new = (number for number in found.numbers if number not in kept)
    ids = kept | dict(zip(new, map(str, minted), strict=True))
    with opened() as connection:
        connection.register("members", found.members)
        connection.register("profiles", found.profiles)
        connection.register(
            "identities", pa.table({"cluster": list(ids), "identity": pa.array(ids.values(), pa.string())})
        )
        connection.execute(script("placement"))
        return Placement(
            connection.sql("from placed_profiles order by owner_id, id").to_arrow_table(),
            connection.sql("from moves order by record_id").to_arrow_table(),
        )
