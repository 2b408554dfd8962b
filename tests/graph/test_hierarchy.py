"""Groups and their heads, whatever hierarchies sources make up."""

from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.graph.hierarchy import circles, heads
from hub.model import Member, RelationKind, Tie

PARENT, SUCCESSOR, BRAND = RelationKind.PARENT_OF, RelationKind.SUCCESSOR_OF, RelationKind.BRAND_OF
US, THEM = UUID(int=1), UUID(int=2)


def tie(one: int, other: int, kind: RelationKind | None = PARENT, owner: UUID = US) -> Tie:
    return Tie(owner, UUID(int=one), UUID(int=other), kind)


def grouped(*ties: Tie, members: tuple[int, ...] = (), owner: UUID = US) -> dict[int, set[int]]:
    """The accounts of each group, by its head, as an owner knows them."""
    found: dict[int, set[int]] = {}
    for member, head in heads([Member(US, UUID(int=each)) for each in members], ties).items():
        if member.owner_id == owner:
            found.setdefault(head.int, set()).add(member.account_id.int)
    return found


@pytest.mark.parametrize(
    ("ties", "expected", "why"),
    [
        ([tie(9, 5), tie(5, 1), tie(5, 2)], {9: {1, 2, 5, 9}}, "the ultimate parent, however young"),
        ([tie(3, 1, BRAND)], {1: {1, 3}}, "a brand is below its company"),
        ([tie(3, 1, SUCCESSOR)], {3: {1, 3}}, "who continues another is above it"),
        ([tie(3, 1, None)], {1: {1, 3}}, "without direction, the oldest"),
        ([tie(8, 1), tie(8, 2), tie(7, 2), tie(8, 1)], {8: {1, 2, 7, 8}}, "of two parents, the one of more"),
        ([tie(8, 2), tie(7, 2)], {7: {2, 7, 8}}, "of equal parents, the oldest"),
        ([tie(1, 2), tie(2, 1)], {1: {1, 2}}, "a circle has its oldest at the head"),
        ([tie(4, 5), tie(5, 4), tie(5, 1), tie(4, 1), tie(4, 2)], {4: {1, 2, 4, 5}}, "a circle on top"),
        ([tie(4, 5), tie(5, 4), tie(9, 5)], {9: {4, 5, 9}}, "a circle below somebody"),
        ([tie(1, 2), tie(3, 4)], {1: {1, 2}, 3: {3, 4}}, "what nothing ties is two groups"),
    ],
)
def test_a_group_has_at_its_head_who_is_above_all_others(ties, expected, why):
    assert grouped(*ties) == expected, why


def test_an_account_without_ties_is_its_own_head():
    assert grouped(members=(7,)) == {7: {7}}


def test_each_owner_has_groups_of_its_own():
    ties = (tie(1, 2), tie(3, 1, owner=THEM))
    assert grouped(*ties) == {1: {1, 2}}
    assert grouped(*ties, owner=THEM) == {3: {1, 3}}


numbers = st.integers(1, 12)
worlds = st.lists(st.builds(tie, numbers, numbers, st.sampled_from([*RelationKind, None])), max_size=25)


@given(worlds, st.randoms())
def test_whatever_is_tied_is_in_one_group_and_the_order_of_ties_changes_nothing(ties, random: Random):
    found = heads([], ties)
    for each in ties:
        assert found[Member(US, each.from_id)] == found[Member(US, each.to_id)]
    assert all(found[Member(US, head)] == head for head in found.values())
    random.shuffle(ties)
    assert heads([], ties) == found


@pytest.mark.parametrize(
    "ties",
    [
        [tie(1, child) for child in range(2, 50_000)],
        [tie(place, place + 1) for place in range(1, 50_000)],
        [each for place in range(1, 50_000, 2) for each in (tie(place, place + 1), tie(place + 1, place))],
    ],
    ids=["many children", "a long chain", "many circles"],
)
def test_no_hierarchy_is_too_large(ties):
    found = heads([], ties)
    assert {found[Member(US, each.to_id)] for each in ties} <= {each.from_id for each in ties}


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        ({"a": "b", "b": "c"}, []),
        ({"a": "a"}, [["a"]]),
        ({"c": "a", "a": "b", "b": "c", "d": "c", "e": "d"}, [["a", "b", "c"]]),
        ({"x": "y", "y": "x", "b": "a", "a": "b"}, [["a", "b"], ["x", "y"]]),
    ],
)
def test_parents_that_come_back_are_told_as_circles(parents, expected):
    assert circles(parents) == expected
