"""Whatever a vendor does meanwhile, a hub ends with the truth. `benchmarks/chaos.py` tries many more seeds."""

import pytest

from hub.connectors.registry import CONNECTORS
from tests.chaos.subjects import SUBJECTS
from tests.chaos.trial import Trial


@pytest.mark.parametrize("seed", range(1, 7))
@pytest.mark.parametrize("vendor", SUBJECTS)
async def test_a_hub_that_is_killed_again_and_again_ends_with_the_truth(database, vendor, seed):
    trial = Trial(seed=seed, subject=SUBJECTS[vendor](seed, accounts=12), database=database)

    assert await trial.wrong(rounds=2) == []


@pytest.mark.parametrize("vendor", SUBJECTS)
def test_the_truth_tells_of_every_stream(vendor):
    told = {table.model for table in SUBJECTS[vendor](1, accounts=12).truth()}

    assert {stream.name for stream in CONNECTORS[vendor].streams if stream.record not in told} == set()
