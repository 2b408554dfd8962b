"""The vendors' apps, served in the running event loop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp

from hub.listening import listener_on, listening
from hub.sandbox.chaos import HUBSPOT, SALESFORCE, Chaos, hubspot_life, salesforce_life
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
    chaos: int | None = None,
) -> AsyncIterator[Sandbox]:
    """Both vendors, listening while the context is open; port 0 takes a free one, no limits are HubSpot's own.

    `chaos` is the seed of their faults, and of what happens to their rows between requests; None: neither.
    """
    clock = Clock()
    # Who has a partner program has the licenses for it.
    salesforce = salesforce_app(world, clock, partner_licences=True)
    hubspot = hubspot_app(world, clock, limits=hubspot_limits)
    # The apps send the sandbox's date themselves.
    async with (
        listening(
            _troubled_org(salesforce, chaos), listener_on(host, salesforce_port), date_header=False
        ) as salesforce_url,
        listening(_troubled_portal(hubspot, chaos), listener_on(host, hubspot_port), date_header=False) as hubspot_url,
    ):
        yield Sandbox(
            salesforce_url=salesforce_url,
            salesforce=salesforce_credentials(),
            hubspot_url=hubspot_url,
            hubspot=hubspot_credentials(),
        )


def _troubled_org(app: Starlette, seed: int | None) -> ASGIApp:
    if seed is None:
        return app
    return Chaos(app, SALESFORCE, seed, before=salesforce_life(app.state.salesforce.org, seed).go_on)


def _troubled_portal(app: Starlette, seed: int | None) -> ASGIApp:
    if seed is None:
        return app
    return Chaos(app, HUBSPOT, seed, before=hubspot_life(app.state.portal, app.state.staff, seed).go_on)
