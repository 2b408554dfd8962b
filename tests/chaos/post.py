"""What a portal tells of its own accord, brought as HubSpot may bring it: shuffled, twice, late, or not at all."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

from hub.connectors.base import Delivery
from hub.sandbox.hubspot import Receiver, deliver
from hub.sandbox.hubspot.webhooks import Webhooks

URL = "https://hub.example/webhooks/hubspot?from=sandbox%2Fportal"
LOST = 0.1
LATE = 0.3

Receive = Callable[[Delivery], Awaitable[int]]
"""What the hub does with a delivery; how many rows that tells of."""


class Post:
    """The post of one portal."""

    def __init__(self, webhooks: Webhooks, secret: str, seed: int) -> None:
        self._webhooks = webhooks
        self._secret = secret
        self._rng = Random(f"post {seed}")  # noqa: S311 - repeatable on purpose
        self._late: list[dict[str, Any]] = []

    async def bring(self, receive: Receive) -> None:
        """Some of what happened, with what was late before; the rest is late now, or lost."""
        late, self._late = self._late, []
        self._webhooks.waiting = late + self._sorted_out()
        await self._deliver(receive)

    async def bring_all(self, receive: Receive) -> None:
        """Whatever is still under way."""
        self._webhooks.waiting += self._late
        self._late = []
        await self._deliver(receive)

    def _sorted_out(self) -> list[dict[str, Any]]:
        brought = []
        for event in self._webhooks.waiting:
            chance = self._rng.random()
            if chance >= LOST + LATE:
                brought.append(event)
            elif chance >= LOST:
                self._late.append(event)
        return brought

    async def _deliver(self, receive: Receive) -> None:
        async def post(url: str, body: bytes, headers: dict[str, str]) -> int:
            named = {name.lower(): value for name, value in headers.items()}
            await receive(Delivery(method="POST", uri=url, headers=named, body=body))
            return 204

        # Signatures are dated by the clock on the wall, whatever the portal's says.
        receiver = Receiver(url=URL, secret=self._secret, post=post, now=lambda: datetime.now(UTC))
        await deliver(self._webhooks, receiver, self._rng)
