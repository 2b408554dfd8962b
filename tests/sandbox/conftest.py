import pytest

from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.world import World


@pytest.fixture(scope="session")
def ecosystem() -> World:
    """The ecosystem that everyone gets who asks for nothing special. Read only."""
    return made_up_ecosystem()
