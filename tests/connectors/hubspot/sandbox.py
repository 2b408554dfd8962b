"""A portal of our own: the sandbox with a clock that is moved by hand."""

from datetime import timedelta

import httpx

from hub.connectors.hubspot import CONNECTOR
from hub.connectors.hubspot.portal import portal
from hub.sandbox.clock import HISTORY_ENDS, Clock
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.hubspot import Limits, credentials, hubspot_app
from hub.sandbox.world import Fate

from .wire import at_once

KEY = credentials().service_key
UNLIMITED = {"burst": 10**6, "searches": 10**6}
READABLE = [stream.name for stream in CONNECTOR.streams if stream.name != "leads"]


class Hand(Clock):
    """A clock that is moved by hand."""

    def __init__(self):
        super().__init__()
        self.time = HISTORY_ENDS

    def now(self):
        return self.time


class Sandbox:
    """A portal of our own, and a client that writes to it."""

    def __init__(self, accounts=300, **options):
        self.world = made_up_ecosystem(accounts)
        self.clock = Hand()
        self.app = hubspot_app(self.world, self.clock, limits=Limits(**UNLIMITED), **options)
        self.copy = self.world.hubspot

    def opened(self, **config):
        transport = httpx.ASGITransport(self.app)
        return portal({"access_token": KEY} | config, transport=transport, sleep=at_once)

    async def write(self, method, path, **body):
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://sandbox",
            headers={"Authorization": f"Bearer {KEY}"},
        ) as client:
            response = await client.request(method, f"/crm/objects/2026-03/{path}", json=body or None)
        response.raise_for_status()
        return response.json() if response.content else None


def living(entries):
    return {entry.id: entry for entry in entries if entry.fate is Fate.LIVE}


async def later(sandbox, source, memory, *streams, pause=timedelta(seconds=2)):
    sandbox.clock.time += pause
    await memory.read(source, *streams)
