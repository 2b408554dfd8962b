"""What clients may spend. The clock is given, so that no test waits."""

from datetime import UTC, datetime

import pytest

from hub.schema.budgets import Buckets, Exceeded, Granted, headers, told
from hub.schema.debts import Debts
from hub.schema.limits import LIMITS, Limits, scaled

SMALL = {"PARTNER_TOOL": Limits(budget=100, restored=10), "ADMIN": Limits(budget=1000, restored=100)}


def test_what_is_spent_comes_back_as_time_passes():
    buckets = Buckets(SMALL)

    assert buckets.take("a", "PARTNER_TOOL", 60, 0.0) == Granted(requested=60, remaining=40, limit=100, restored=10)
    assert buckets.take("a", "PARTNER_TOOL", 60, 1.0) == Exceeded(
        requested=60, remaining=50, limit=100, restored=10, retry_after=1
    )
    assert buckets.take("a", "PARTNER_TOOL", 60, 2.0).remaining == 0
    assert buckets.take("a", "PARTNER_TOOL", 60, 1000.0).remaining == 40


def test_a_client_that_is_refused_may_go_on_after_the_seconds_it_was_told():
    buckets = Buckets(SMALL)
    buckets.take("a", "PARTNER_TOOL", 95, 0.0)

    refused = buckets.take("a", "PARTNER_TOOL", 80, 0.0)
    assert isinstance(refused, Exceeded)
    assert refused.retry_after == 8
    assert not isinstance(buckets.take("a", "PARTNER_TOOL", 80, 8.0), Exceeded)


def test_clients_and_roles_have_buckets_of_their_own():
    buckets = Buckets(SMALL)
    buckets.take("a", "PARTNER_TOOL", 100, 0.0)

    assert isinstance(buckets.take("a", "PARTNER_TOOL", 1, 0.0), Exceeded)
    assert buckets.take("b", "PARTNER_TOOL", 1, 0.0).remaining == 99
    assert buckets.take("a", "ADMIN", 1, 0.0).remaining == 999


def test_what_costs_nothing_costs_one():
    assert Buckets(SMALL).take("a", "PARTNER_TOOL", 0, 0.0).requested == 1


def test_the_number_of_buckets_is_bounded_and_the_one_unused_for_longest_goes():
    buckets = Buckets(SMALL, Debts(2))
    for client in ("a", "b", "a", "c"):
        buckets.take(client, "PARTNER_TOOL", 40, 0.0)

    assert buckets.take("a", "PARTNER_TOOL", 1, 0.0).remaining == 19
    assert buckets.take("b", "PARTNER_TOOL", 1, 0.0).remaining == 99


def test_the_headers_are_those_of_the_draft():
    buckets = Buckets(SMALL)

    assert headers(buckets.take("a", "PARTNER_TOOL", 75, 0.0)) == {
        "RateLimit-Policy": '"cost";q=100;w=10',
        "RateLimit": '"cost";r=25;t=8',
    }
    assert headers(buckets.take("a", "PARTNER_TOOL", 90, 0.0))["Retry-After"] == "7"


def test_the_answer_tells_what_was_spent():
    spent = Buckets(SMALL).take("a", "PARTNER_TOOL", 75, 0.0)

    assert told(spent, datetime(2026, 11, 1, 12, tzinfo=UTC)) == {
        "requested": 75,
        "remaining": 25,
        "limit": 100,
        "restoreRate": 10,
        "resetAt": "2026-11-01T12:00:08+00:00",
    }


@pytest.mark.parametrize("role", LIMITS)
def test_any_operation_that_is_allowed_can_be_afforded_whatever_the_scale(role):
    for scale in (0.0001, 1, 1000):
        limits = scaled(LIMITS[role], scale)
        assert limits.budget >= limits.cost
        assert limits.restored >= 1
        assert limits.cost == LIMITS[role].cost
    assert scaled(LIMITS[role], 1) == LIMITS[role]
