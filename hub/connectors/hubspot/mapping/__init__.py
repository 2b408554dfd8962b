"""What HubSpot's payloads say, in our words. Pure."""

from hub.connectors.hubspot.mapping.accounts import account
from hub.connectors.hubspot.mapping.deals import opportunity, opportunity_line, product
from hub.connectors.hubspot.mapping.links import (
    LINKS_FIELDS,
    contact_accounts,
    links_key,
    opportunity_accounts,
    opportunity_contacts,
    ticket_accounts,
    ticket_contacts,
    ticket_opportunities,
)
from hub.connectors.hubspot.mapping.merges import merged_away
from hub.connectors.hubspot.mapping.people import OWNER_FIELDS, contact, lead, sales_user
from hub.connectors.hubspot.mapping.pipelines import PIPELINE_FIELDS, pipeline, stages
from hub.connectors.hubspot.mapping.record import RECORD_FIELDS, modified_at, record_key
from hub.connectors.hubspot.mapping.tickets import ticket

__all__ = [
    "LINKS_FIELDS",
    "OWNER_FIELDS",
    "PIPELINE_FIELDS",
    "RECORD_FIELDS",
    "account",
    "contact",
    "contact_accounts",
    "lead",
    "links_key",
    "merged_away",
    "modified_at",
    "opportunity",
    "opportunity_accounts",
    "opportunity_contacts",
    "opportunity_line",
    "pipeline",
    "product",
    "record_key",
    "sales_user",
    "stages",
    "ticket",
    "ticket_accounts",
    "ticket_contacts",
    "ticket_opportunities",
]
