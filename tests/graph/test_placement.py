"""Ids of clusters: which stay, which are new, and what has to be stored of that."""

from uuid import UUID

import pyarrow as pa

from hub.graph.mapping import mapped
from hub.graph.placement import kept, placed
from hub.graph.standard import RECORDS

OURS, ONE, OTHER, NEW = (UUID(int=number) for number in (10, 101, 102, 103))


def found(*records):
    """Mapping of (name, account until now) each."""
    rows = [
        {"id": str(UUID(int=number)), "name": name, "owner_id": str(OURS), "identity": str(was) if was else None}
        for number, (name, was) in enumerate(records)
    ]
    return mapped(pa.Table.from_pylist([dict.fromkeys(RECORDS.names) | row for row in rows], RECORDS))


def moves(placement):
    return {
        UUID(row["record_id"]).int: (row["was"] and UUID(row["was"]), UUID(row["identity"]))
        for row in placement.moves.to_pylist()
    }


def test_where_nothing_changed_nothing_moves():
    mapping = found(("Vexolia", ONE), ("VEXOLIA", ONE), ("Quorvix", OTHER))
    ids = kept(mapping)
    placement = placed(mapping, ids, [])
    assert sorted(ids.values()) == [str(ONE), str(OTHER)]
    assert placement.moves.num_rows == 0
    assert {row["name"]: UUID(row["id"]) for row in placement.profiles.to_pylist()} == {
        "VEXOLIA": ONE,
        "Quorvix": OTHER,
    }


def test_after_a_merge_all_are_where_most_were():
    mapping = found(("Vexolia", ONE), ("VEXOLIA", OTHER), ("Vexolia", OTHER))
    assert moves(placed(mapping, kept(mapping), [])) == {0: (ONE, OTHER)}


def test_after_a_split_the_smaller_part_is_new():
    mapping = found(("Vexolia", ONE), ("Quorvix", ONE), ("Vexolia", ONE))
    assert moves(placed(mapping, kept(mapping), [NEW])) == {1: (ONE, NEW)}


def test_records_without_an_account_come_to_that_of_their_like_or_to_a_new_one():
    mapping = found(("Vexolia", None), ("VEXOLIA", ONE), ("Quorvix", None))
    assert moves(placed(mapping, kept(mapping), [NEW])) == {0: (None, ONE), 2: (None, NEW)}


def test_nothing_has_no_place():
    mapping = found()
    placement = placed(mapping, kept(mapping), [])
    assert (placement.profiles.num_rows, placement.moves.num_rows) == (0, 0)
