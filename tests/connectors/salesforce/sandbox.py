"""The imitated org, in the same process and on a clock that tests move."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import httpx

from hub.connectors.base import Grant
from hub.connectors.salesforce.org import Org, Sizes, opened
from hub.sandbox.clock import HISTORY_ENDS, Clock
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.salesforce import credentials, salesforce_app
from hub.sandbox.world import World

from .wire import at_once

LARGE = Sizes()


class Stopped(Clock):
    """A clock that tests move."""

    def __init__(self) -> None:
        self.time = HISTORY_ENDS

    def now(self):
        return self.time


class Sandbox(httpx.ASGITransport):
    """The imitated org, which sends small pages."""

    def __init__(self, accounts: int = 300) -> None:
        self.world: World = made_up_ecosystem(accounts=accounts)
        self.clock = Stopped()
        app = salesforce_app(self.world, self.clock, partner_licences=True)
        self.state: Any = app.state.salesforce
        self.requests = 0
        self.asked: list[httpx.Request] = []
        self.sessions_end_every: int | None = None
        super().__init__(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        request.headers["Sforce-Query-Options"] = "batchSize=200"
        self.requests += 1
        self.asked.append(request)
        if self.sessions_end_every and self.requests % self.sessions_end_every == 0:
            self.state.sessions.expire()
        return await super().handle_async_request(request)

    def opened(
        self, *, sizes: Sizes = LARGE, grant: Grant | None = None, **instead: str
    ) -> AbstractAsyncContextManager[Org]:
        known = credentials()
        config = {"base_url": "http://127.0.0.1", "client_id": known.client_id, "client_secret": known.client_secret}
        return opened(config | instead, grant, transport=self, sleep=at_once, sizes=sizes)

    def later(self, **passed: float) -> None:
        self.clock.time += timedelta(**passed)
