from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from hub.graph.identity import assign


def ids(*numbers):
    return tuple(UUID(int=number) for number in numbers)


def held(accounts):
    """record → account, from account → records."""
    return {UUID(int=record): UUID(int=account) for account, records in accounts.items() for record in records}


A, B, C = ids(100, 200, 300)


def test_a_first_mapping_needs_only_new_ids():
    assignment = assign([ids(2, 1), ids(3)], {})
    assert assignment.new == [ids(1, 2), ids(3)]
    assert not assignment.kept


def test_a_merge_keeps_the_id_of_the_larger_part():
    assignment = assign([ids(1, 2, 3)], held({100: [1], 200: [2, 3]}))
    assert assignment.kept == {B: ids(1, 2, 3)}


def test_a_merge_of_equal_parts_keeps_the_oldest_id():
    assert set(assign([ids(1, 2)], held({200: [1], 100: [2]})).kept) == {A}


def test_a_split_keeps_the_id_with_the_larger_part():
    assignment = assign([ids(1), ids(2, 3)], held({100: [1, 2, 3]}))
    assert assignment.kept == {A: ids(2, 3)}
    assert assignment.new == [ids(1)]


def test_an_id_whose_records_all_joined_larger_parts_is_kept_by_none():
    assignment = assign([ids(1, 2, 3, 4), ids(5, 6, 7)], held({100: [1, 2], 200: [3, 4, 5], 300: [6, 7]}))
    assert assignment.kept == {A: ids(1, 2, 3, 4), C: ids(5, 6, 7)}
    assert not assignment.new


RECORDS = st.integers(1, 12)
CLUSTERS = st.lists(RECORDS, unique=True).flatmap(
    lambda records: st.lists(st.integers(0, 4), min_size=len(records), max_size=len(records)).map(
        lambda labels: [
            ids(*(record for record, label in zip(records, labels, strict=True) if label == wanted))
            for wanted in sorted(set(labels))
        ]
    )
)
CURRENT = st.dictionaries(RECORDS, st.integers(100, 105)).map(
    lambda found: {UUID(int=record): UUID(int=account) for record, account in found.items()}
)


def outcome(assignment):
    minted = {UUID(int=1000 + number): records for number, records in enumerate(assignment.new)}
    return {record: account for account, records in (assignment.kept | minted).items() for record in records}


@given(CLUSTERS, CURRENT)
def test_every_record_has_one_account_and_only_ids_that_its_records_had_are_kept(clusters, current):
    assignment = assign(clusters, current)
    placed = [record for records in (*assignment.kept.values(), *assignment.new) for record in records]
    assert sorted(placed) == sorted(record for cluster in clusters for record in cluster)
    assert len(placed) == len(set(placed))
    for account, records in assignment.kept.items():
        assert account in {current.get(record) for record in records}


@given(CLUSTERS, CURRENT, st.randoms())
def test_order_changes_nothing(clusters, current, random):
    shuffled = [random.sample(cluster, len(cluster)) for cluster in clusters]
    random.shuffle(shuffled)
    assert assign(shuffled, current) == assign(clusters, current)


@given(CLUSTERS, CURRENT)
def test_its_own_outcome_changes_nothing(clusters, current):
    settled = outcome(assign(clusters, current))
    again = assign(clusters, settled)
    assert not again.new
    assert outcome(again) == settled
