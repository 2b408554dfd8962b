"""The vendors' apps, served in the running event loop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from hub.listening import listener_on, listening
from hub.sandbox.clock import Clock
from hub.sandbox.hubspot import HubSpotCredentials, Limits, hubspot_app
from hub.sandbox.hubspot import credentials as hubspot_credentials
from hub.sandbox.salesforce import SalesforceCredentials, salesforce_app
from hub.sandbox.salesforce import credentials as salesforce_credentials
from hub.sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """Where the vendors listen, and what they ask a client for."""

    salesforce_url: str
    salesforce: SalesforceCredentials
    hubspot_url: str
    hubspot: HubSpotCredentials

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Per vendor its base URL and its credentials, in JSON terms."""
        return {
            "salesforce": {"base_url": self.salesforce_url, **asdict(self.salesforce)},
            "hubspot": {"base_url": self.hubspot_url, **asdict(self.hubspot)},
        }


@asynccontextmanager
async def serving(
    world: World,
    host: str = "127.0.0.1",
    salesforce_port: int = 0,
    hubspot_port: int = 0,
    hubspot_limits: Limits | None = None,
) -> AsyncIterator[Sandbox]:
    """Both vendors, listening while the context is open; port 0 takes a free one, no limits are HubSpot's own."""
    clock = Clock()
    # The apps send the sandbox's date themselves.
    async with (
        listening(
            salesforce_app(world, clock), listener_on(host, salesforce_port), date_header=False
        ) as salesforce_url,
        listening(
            hubspot_app(world, clock, limits=hubspot_limits), listener_on(host, hubspot_port), date_header=False
        ) as hubspot_url,
    ):
        yield Sandbox(
            salesforce_url=salesforce_url,
            salesforce=salesforce_credentials(),
            hubspot_url=hubspot_url,
            hubspot=hubspot_credentials(),
        )
