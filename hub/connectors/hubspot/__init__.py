"""HubSpot: companies, people, deals, tickets, and what ties them together."""

from hub.connectors.base import Connector
from hub.connectors.hubspot.config import SECRETS
from hub.connectors.hubspot.portal import HubSpot, portal
from hub.connectors.hubspot.streams import STREAMS, report
from hub.connectors.hubspot.webhooks import WEBHOOK

CONNECTOR = Connector(
    name="hubspot",
    streams=STREAMS,
    secrets=SECRETS,
    source=portal,
    report=report,
    quota=HubSpot.quota,
    webhook=WEBHOOK,
    learned=HubSpot.learned,
)
