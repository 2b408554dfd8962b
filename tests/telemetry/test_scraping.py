import asyncio
from pathlib import Path

import pytest

from hub.telemetry import Operation
from hub.telemetry.metrics import Metrics
from hub.telemetry.scraping import may_read_metrics, publishing
from hub.telemetry.shared import Shared

TOKEN = "a-token-of-some-length"


def scope(client: str | None = "127.0.0.1", **headers: str) -> dict:
    named = {"host": "localhost:8000", **headers}
    return {
        "type": "http",
        "client": client and (client, 1234),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()],
    }


@pytest.mark.parametrize(
    ("request_", "token", "may"),
    [
        (scope(), None, True),
        (scope("::1", host="[::1]:8000"), None, True),
        (scope("10.0.0.7"), None, False),
        (scope(None), None, False),
        (scope(host="hub.example"), None, False),
        (scope(x_forwarded_for="10.0.0.7"), None, False),
        (scope(authorization=f"Bearer {TOKEN}"), TOKEN, True),
        (scope("10.0.0.7", host="hub.example", authorization=f"bearer {TOKEN}"), TOKEN, True),
        (scope(), TOKEN, False),
        (scope(authorization=f"Bearer {TOKEN}x"), TOKEN, False),
        (scope(authorization=f"Basic {TOKEN}"), TOKEN, False),
        (scope(authorization="Bearer ü"), TOKEN, False),
    ],
)
def test_metrics_are_for_this_machine_or_for_who_has_the_token(request_, token, may):
    assert may_read_metrics(request_, token) is may


async def test_a_process_publishes_what_it_counts_from_its_start_to_its_last(tmp_path: Path):
    metrics = Metrics(Shared(tmp_path, 1))
    async with publishing(metrics):
        await asyncio.sleep(0)
        assert Shared(tmp_path, 1).own().gauges
        metrics.answered(Operation(), 0.1, "OK")

    assert len(Shared(tmp_path, 1).own().operations) == 1


async def test_a_process_alone_publishes_nothing(tmp_path: Path):
    async with publishing(Metrics()):
        pass

    assert Shared(tmp_path, 1).own() == Shared(tmp_path, 1).together()
