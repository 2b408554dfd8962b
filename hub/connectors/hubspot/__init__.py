"""HubSpot: companies, people, deals, tickets, and what ties them together."""

from dataclasses import replace

from hub.connectors.base import Connector
from hub.connectors.hubspot.config import SECRETS
from hub.connectors.hubspot.portal import HubSpot, portal
from hub.connectors.hubspot.streams import STREAMS, report
from hub.connectors.hubspot.webhooks import WEBHOOK
from hub.connectors.hubspot.writing import WRITING

CONNECTOR = Connector(
    name="hubspot",
    streams=tuple(replace(stream, writing=WRITING.get(stream.name)) for stream in STREAMS),
    secrets=SECRETS,
    source=portal,
    report=report,
    quota=HubSpot.quota,
    webhook=WEBHOOK,
    learned=HubSpot.learned,
    identity=frozenset({"portal_id"}),
)
