from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from hub.telemetry import Operation
from hub.telemetry.metrics import LONGEST_NAME, MOST_CLIENTS, MOST_NAMES, MOST_TALLIES, Metrics
from hub.telemetry.shared import Shared

ACCOUNTS = Operation("query", "Accounts", "hub_a", "compiled", "f" * 64)


def samples(metrics: Metrics, name: str) -> dict[tuple[str, ...], float]:
    """By the values of their labels, in the order of the labels' names."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        tuple(each.labels[label] for label in sorted(each.labels)): each.value
        for family in families
        for each in family.samples
        if each.name == name
    }


def test_operations_are_counted_by_client_code_kind_name_and_path():
    metrics = Metrics()
    metrics.answered(ACCOUNTS, 0.002, "OK", 0.001)
    metrics.answered(ACCOUNTS, 0.004, "OK", 0.002)
    metrics.answered(ACCOUNTS, 0.001, "BUSY")

    assert samples(metrics, "hub_operations_total") == {
        ("hub_a", "OK", "query", "Accounts", "compiled"): 2,
        ("hub_a", "BUSY", "query", "Accounts", "compiled"): 1,
    }
    assert samples(metrics, "hub_operation_database_seconds_total") == {("query", "Accounts"): 0.003}


def test_durations_fall_into_buckets_that_add_up():
    metrics = Metrics()
    for seconds in (0.001, 0.0011, 0.3, 100):
        metrics.answered(ACCOUNTS, seconds, "OK")

    buckets = samples(metrics, "hub_operation_duration_seconds_bucket")
    by_bound = {bound: count for (_, bound, *_), count in buckets.items()}
    assert (by_bound["0.001"], by_bound["0.0025"], by_bound["0.5"], by_bound["30.0"], by_bound["+Inf"]) == (
        1,
        2,
        3,
        3,
        4,
    )
    assert samples(metrics, "hub_operation_duration_seconds_count") == {("query", "Accounts", "compiled"): 4}


def test_names_of_one_client_are_bounded_and_trusted_documents_are_not():
    metrics = Metrics()
    for number in range(MOST_NAMES + 10):
        metrics.answered(Operation("query", f"Made{number}", "hub_a"), 0.001, "OK")
        metrics.answered(Operation("query", f"doc-{number}", "hub_a", trusted=True), 0.001, "OK")
    metrics.answered(Operation("query", "Mine", "hub_b"), 0.001, "OK")
    metrics.answered(Operation("query", "x" * (LONGEST_NAME + 1), "hub_b"), 0.001, "OK")

    counted = {
        (client, name): count for (client, _, _, name, _), count in samples(metrics, "hub_operations_total").items()
    }
    assert counted["hub_a", "other"] == 10
    assert counted["hub_a", f"doc-{MOST_NAMES + 9}"] == 1
    assert counted["hub_b", "Mine"] == counted["hub_b", "other"] == 1


def test_clients_are_bounded():
    metrics = Metrics()
    for number in range(MOST_CLIENTS + 3):
        metrics.answered(Operation("query", "Q", f"hub_{number}"), 0.001, "OK")
        metrics.refused_for_rate(f"hub_{number}")

    clients = {client: count for (client, *_), count in samples(metrics, "hub_operations_total").items()}
    assert len(clients) == MOST_CLIENTS + 1
    assert clients["other"] == 3
    assert samples(metrics, "hub_rate_limited_total")["other",] == 3


def test_all_of_it_is_bounded_and_nothing_is_lost():
    metrics = Metrics()
    asked = MOST_TALLIES + 500
    for number in range(asked):
        metrics.answered(Operation("query", f"doc-{number}", "hub_a", trusted=True), 0.001, "OK")
    metrics.answered(Operation("query", "doc-1", "hub_a", trusted=True), 0.001, "OK")

    counted = samples(metrics, "hub_operations_total")
    assert len(counted) == MOST_TALLIES + 1
    assert sum(counted.values()) == asked + 1
    assert counted["other", "OK", "query", "other", "none"] == 500
    assert counted["hub_a", "OK", "query", "doc-1", "none"] == 2


def test_what_else_happens_is_counted():
    metrics = Metrics()
    metrics.counted_by("hub_plan_cache_requests", "hit", value=lambda: 3)
    metrics.counted_by("hub_plan_cache_requests", "miss", value=lambda: 1)
    metrics.fell_back("mutation")
    metrics.subscription_opened("sse")
    metrics.subscription_opened("sse")
    metrics.subscription_closed("sse")
    metrics.delivered("sse")
    metrics.synced("file", "accounts", "succeeded", 7)
    metrics.sampled_by("hub_plan_cache_size", value=lambda: 12)

    assert samples(metrics, "hub_plan_cache_requests_total") == {("hit",): 3, ("miss",): 1}
    assert samples(metrics, "hub_plan_fallbacks_total") == {("mutation",): 1}
    assert samples(metrics, "hub_subscriptions_open") == {("sse",): 1}
    assert samples(metrics, "hub_subscription_events_total") == {("sse",): 1}
    assert samples(metrics, "hub_sync_runs_total") == {("file", "succeeded", "accounts"): 1}
    assert samples(metrics, "hub_sync_payloads_total") == {("file", "accounts"): 7}
    assert samples(metrics, "hub_plan_cache_size") == {(): 12}
    assert samples(metrics, "process_resident_memory_bytes")["1",] > 1_000_000


def test_every_process_tells_what_all_of_them_counted(tmp_path: Path):
    one, two = Metrics(Shared(tmp_path, 1)), Metrics(Shared(tmp_path, 2))
    one.answered(ACCOUNTS, 0.002, "OK")
    one.subscription_opened("sse")
    one.publish()
    two.answered(ACCOUNTS, 0.002, "OK")
    two.subscription_opened("sse")

    assert samples(two, "hub_operations_total") == {("hub_a", "OK", "query", "Accounts", "compiled"): 2}
    assert samples(one, "hub_operations_total") == {("hub_a", "OK", "query", "Accounts", "compiled"): 2}
    assert samples(two, "hub_subscriptions_open") == {("sse",): 2}
    assert samples(one, "process_resident_memory_bytes").keys() == {("1",), ("2",)}


def test_a_process_carries_on_with_the_numbers_of_the_one_whose_place_it_takes(tmp_path: Path):
    killed = Metrics(Shared(tmp_path, 1))
    killed.answered(ACCOUNTS, 0.002, "OK")
    killed.counted_by("hub_plan_cache_requests", "hit", value=lambda: 2)
    killed.subscription_opened("sse")
    killed.publish()
    successor = Metrics(Shared(tmp_path, 1))
    successor.answered(ACCOUNTS, 0.002, "OK")
    successor.counted_by("hub_plan_cache_requests", "hit", value=lambda: 1)

    assert samples(successor, "hub_operations_total") == {("hub_a", "OK", "query", "Accounts", "compiled"): 2}
    assert samples(successor, "hub_plan_cache_requests_total") == {("hit",): 3}
    assert samples(successor, "hub_subscriptions_open") == {}
