import pytest

from hub.connectors.rate import Rate
from tests.connectors.clock import Clock


async def test_the_rate_lets_a_burst_go_and_then_spaces_requests():
    clock = Clock()
    rate = Rate(per_second=2, burst=3, clock=clock, sleep=clock.sleep)
    for _ in range(5):
        await rate.turn()
    assert clock.naps == [0.5, 0.5]


async def test_those_who_come_at_once_wait_in_a_queue():
    naps = []

    async def noted(seconds: float) -> None:
        naps.append(seconds)

    rate = Rate(per_second=10, burst=1, clock=lambda: 0.0, sleep=noted)
    for _ in range(4):
        await rate.turn()
    assert naps == pytest.approx([0.1, 0.2, 0.3])


async def test_a_rest_earns_no_more_than_a_burst():
    clock = Clock()
    rate = Rate(per_second=1, burst=2, clock=clock, sleep=clock.sleep)
    clock.now = 1000
    for _ in range(3):
        await rate.turn()
    assert clock.naps == [1]
