from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.graph.quality import Score, b_cubed, pairwise


def test_one_wrong_pair_and_one_missed():
    assert pairwise("aab", "xyy") == Score(0.0, 0.0)
    score = pairwise("aaab", "xxyy")
    assert score == Score(pytest.approx(1 / 3), pytest.approx(1 / 2))
    assert score.f1 == pytest.approx(0.4)


def test_b_cubed_counts_records():
    assert b_cubed("aaab", "xxyy") == Score(pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4), pytest.approx(0.75))


def test_nothing_found_is_never_wrong():
    assert pairwise("abc", "xxx") == Score(1.0, 0.0)
    assert Score(0.0, 0.0).f1 == 0
    assert b_cubed("", "") == Score(1.0, 1.0)


LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1)


@given(LABELS)
def test_counting_equals_listing_all_pairs(labels):
    predicted, truth = zip(*labels, strict=True)
    pairs = list(combinations(labels, 2))
    both = sum(left == right for left, right in pairs)
    found, true = (sum(left[side] == right[side] for left, right in pairs) for side in (0, 1))
    assert pairwise(predicted, truth) == Score(both / found if found else 1.0, both / true if true else 1.0)
    assert b_cubed(truth, truth) == pairwise(truth, truth) == Score(1.0, 1.0)
