import random
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sandbox.ids import hubspot_ids, salesforce_ids, with_checksum

SHORT_IDS = st.text(alphabet="0123456789ABCxyzKLMpqr", min_size=15, max_size=15)


@pytest.mark.parametrize(
    ("short", "long"),
    [("001A0000006Vm9r", "001A0000006Vm9rIAC"), ("000000000000000", "000000000000000AAA")],
)
def test_the_checksum_is_that_of_known_ids(short, long):
    assert with_checksum(short) == long


@given(SHORT_IDS, SHORT_IDS)
def test_long_ids_differ_without_regard_to_case_where_short_ones_differ(left, right):
    same = with_checksum(left).casefold() == with_checksum(right).casefold()
    assert same == (left == right)


@given(st.integers())
def test_salesforce_ids_are_long_and_ascend(seed):
    ids = list(islice(salesforce_ids("001", random.Random(seed)), 200))  # noqa: S311 - repeatable on purpose
    assert all(with_checksum(id_[:15]) == id_ and id_.startswith("001") for id_ in ids)
    assert all(left < right for left, right in pairwise(ids))


@given(st.integers(), st.integers(min_value=0, max_value=2000))
def test_hubspot_ids_ascend_and_grow_from_nine_digits_to_at_most_twelve(seed, expected):
    ids = list(islice(hubspot_ids(expected, random.Random(seed)), 3000))  # noqa: S311 - repeatable on purpose
    assert all(int(left) < int(right) for left, right in pairwise(ids))
    assert {len(id_) for id_ in ids} <= {9, 10, 11, 12}
    assert len(ids[0]) == 9
    assert len(ids[-1]) == 12
