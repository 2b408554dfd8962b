from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from hub.sandbox.salesforce import salesforce_app
from hub.sandbox.world import World
from tests.sandbox.salesforce.builders import HandClock, a_client, a_world


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def app(world: World, clock: HandClock) -> Starlette:
    return salesforce_app(world, clock)


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with a_client(app) as client:
        yield client
